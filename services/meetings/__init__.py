"""The sign-in service and the rhythm of groups: who works here, groups, their meetings, and who was there."""
