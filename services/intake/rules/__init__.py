"""The decisions of intake: no database, clock, network or environment; every value is passed in."""
