"""Removing backups that are older than the days that people were promised."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from deploy.local.manifest import FILE
from deploy.local.processes import inform
from shared import clock

_NAMES = "houvast-*"


def expire(backups: Path, keep_days: int) -> None:
    """Remove older backups; what cannot be read as one is named, and left for a person."""
    before = clock.wall() - timedelta(days=keep_days)
    for folder in sorted(backups.glob(_NAMES)):
        made_at = _made_at(folder)
        if made_at is None:
            inform(f"{folder.name} is niet te lezen als reservekopie en blijft staan. Kijk zelf of zij weg mag.")
            continue
        if made_at < before:
            # The manifest goes first: what is broken off after that can never be taken for a whole backup.
            (folder / FILE).unlink()
            shutil.rmtree(folder)
            inform(f"{folder.name} was ouder dan {keep_days} dagen en is weg.")


def _made_at(folder: Path) -> datetime | None:
    try:
        made_at = datetime.fromisoformat(json.loads((folder / FILE).read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return made_at if made_at.tzinfo else None
