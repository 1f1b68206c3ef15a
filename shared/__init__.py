"""Mechanism without meaning, used by every service."""
