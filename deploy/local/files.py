"""Writing files so that they are there whole or not at all, also when the power goes."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write or replace a file of mode 0600."""
    fresh = path.with_name(path.name + ".fresh")
    write_secret(fresh, text)
    fresh.replace(path)
    sync(path.parent)


def write_secret(path: Path, text: str) -> None:
    """Write a file of mode 0600 in place, and flush it to the disk."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sync(path: Path) -> None:
    """Flush what is in a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_name(path: Path) -> Path:
    """Return this name, or one with a number behind it when that is taken."""
    number, name = 1, path
    while name.exists():
        number += 1
        name = path.with_name(f"{path.name}-{number}")
    return name
