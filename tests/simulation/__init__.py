"""A month of groups played in an installation of its own, and a referee who explains every message that came of
it."""
