"""What is kept of a secret that we made and handed out."""

from __future__ import annotations

import hashlib


def hash_of(secret: str) -> str:
    """It is random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
