"""Reaching people kindly: every message with its whole life, sent once, and only while it is still true."""
