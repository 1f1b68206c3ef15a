"""Then and now: who is asked to fill in which list, and what they answered, for their own eyes."""
