"""The self-help landscape of a whole country, invented, to see how pages hold at that size.

How many groups and people each of 17 organisations has is from "De echo van het eigen verhaal", appendix 1: the
Netherlands in 2008, in `self_help_2008.csv`. Names of organisations, groups, places and people are made up.
"""
