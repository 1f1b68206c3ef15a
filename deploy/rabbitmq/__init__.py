"""The broker of the real installation: what it allows itself, and what it allows each service."""
