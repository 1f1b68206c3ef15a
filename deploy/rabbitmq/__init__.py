"""The broker of the real town: what it allows itself, and what it allows each service."""
