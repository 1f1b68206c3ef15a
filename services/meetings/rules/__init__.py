"""The decisions of meetings: no database, clock, network or environment; every value is passed in."""
