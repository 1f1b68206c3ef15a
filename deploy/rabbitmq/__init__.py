"""The broker of a distributed installation: what it allows itself, and what it allows each service."""
