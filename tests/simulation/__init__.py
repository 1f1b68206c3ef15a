"""A month of groups played in an installation of its own, and an oracle that explains every message that came of
it."""
