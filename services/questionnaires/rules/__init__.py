"""The decisions of questionnaires: no database, clock, network or environment; every value is passed in."""
