"""The sign-in service and the rhythm: organisations, staff, signing in, groups, their meetings and who was
there.
"""
