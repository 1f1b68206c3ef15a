"""The erasure log: opaque ids of erased people, in a file apart from every store and its backups.

A backup lacks the requests that came after it: a restore reads the log and erases again, before anything serves.
An entry is on the disk before the store says so; written twice it counts once.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.intake.commands.erasure import erase_again
from services.intake.models import ErasureRequest, service
from shared import clock
from shared.ids import is_id


@dataclass(frozen=True)
class Entry:
    """Somebody who was erased, by opaque ids."""

    participant_id: str
    organisation_id: str
    asked_at: datetime


class ErasureLogJob:
    """The job of the erasure log: erase again whom only the log has, then add whom it lacks."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_read = False

    def step(self) -> bool:
        """Do so once; return whether anybody was added."""
        if self._path is None:
            return False
        if not self._is_read:
            known = {row.participant_id for row in ErasureRequest.select(ErasureRequest.participant_id)}
            for entry in read_log(self._path):
                if entry.participant_id not in known:
                    erase_again(entry.participant_id, entry.organisation_id, entry.asked_at)
            self._is_read = True
        return write_new_entries(self._path)


def read_log(path: Path) -> list[Entry]:
    """Return every entry once; none without a log. A line that was broken off is skipped: it was written again."""
    if not path.exists():
        return []
    entries: dict[str, Entry] = {}
    for line in path.read_text("ascii", errors="replace").splitlines():
        entry = _read(line)
        if entry is not None:
            entries[entry.participant_id] = entry
    return list(entries.values())


def write_new_entries(path: Path) -> bool:
    """Add whom a restore must erase again; return whether there was anybody."""
    rows = list(
        ErasureRequest.select().where(ErasureRequest.logged_at.is_null()).order_by(ErasureRequest.asked_at)
    )
    if not rows:
        return False
    append(path, [Entry(row.participant_id, row.organisation_id, row.asked_at) for row in rows])
    with service.transaction():
        ids = [row.participant_id for row in rows]
        ErasureRequest.update(logged_at=clock.now()).where(ErasureRequest.participant_id.in_(ids)).execute()
    return True


def append(path: Path, entries: list[Entry]) -> None:
    """Add entries to a log; a line that was broken off before is ended first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
        is_broken = end > 0 and file.read(1) != b"\n"
        lines = "".join(json.dumps(_to_json(entry)) + "\n" for entry in entries)
        file.write((b"\n" if is_broken else b"") + lines.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def _to_json(entry: Entry) -> dict[str, str]:
    return {
        "participant_id": entry.participant_id,
        "organisation_id": entry.organisation_id,
        "asked_at": entry.asked_at.isoformat(),
    }


def _read(line: str) -> Entry | None:
    try:
        fields = json.loads(line)
        asked_at = datetime.fromisoformat(fields["asked_at"])
        entry = Entry(fields["participant_id"], fields["organisation_id"], asked_at)
    except (ValueError, KeyError, TypeError):
        return None
    return (
        entry if is_id(entry.participant_id) and is_id(entry.organisation_id) and entry.asked_at.tzinfo else None
    )
