"""A month of groups played in a town of its own, and a referee who explains every message that came of it."""
