"""Everything that touches a real machine."""
