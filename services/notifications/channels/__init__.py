"""The channels: each sends in two halves, so that a crash in between is never a guess."""
