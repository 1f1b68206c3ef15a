"""Removing backups that are older than the days that people were promised."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from deploy.local.manifest import FILE, backups_in, made_at_of
from deploy.local.processes import inform
from shared import clock


def expire(backups: Path, keep_days: int) -> None:
    """Remove older backups; what cannot be read as one is named, and left for a person."""
    before = clock.wall() - timedelta(days=keep_days)
    for folder in backups_in(backups):
        made_at = made_at_of(folder)
        if made_at is None:
            inform(f"{folder.name} is niet te lezen als reservekopie en blijft staan. Kijk zelf of zij weg mag.")
            continue
        if made_at < before:
            # The manifest goes first: what is broken off after that can never be taken for a whole backup.
            (folder / FILE).unlink()
            shutil.rmtree(folder)
            inform(f"{folder.name} was ouder dan {keep_days} dagen en is weg.")
