"""Getting to know somebody: from a first sign-up to a place in the group that fits."""
