"""The decisions of questionnaires: what a list is, what may be answered and counted, how long it is open."""
