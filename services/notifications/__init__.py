"""Reaching people kindly: every message with all that became of it, sent once, and only while it is still true."""
