"""A month of groups simulated in an installation of its own, and an oracle that explains every
message of it."""
