"""The erasure ledger: opaque ids of whoever was forgotten, in a file apart from every store and its backups.

A backup is older than what was asked since. Whoever puts one back reads the ledger and forgets again, before
anything serves. A line is on the disk before it is said to be there; written twice it counts once.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.intake.commands.erasing import erase_again
from services.intake.models import ErasureRequest, service
from shared import clock
from shared.ids import is_id


@dataclass(frozen=True)
class Entry:
    """Somebody who was forgotten; the ids are of nobody any more."""

    participant_id: str
    organisation_id: str
    asked_at: datetime


class Ledger:
    """The ledger of this installation as a job: first whom our store does not know of, then who is new in it."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_read = False

    def step(self) -> bool:
        """Forget again whom only the ledger knows, then write down who is not in it yet; True for any."""
        if self._path is None:
            return False
        if not self._is_read:
            known = {row.participant_id for row in ErasureRequest.select(ErasureRequest.participant_id)}
            for entry in read_ledger(self._path):
                if entry.participant_id not in known:
                    erase_again(entry.participant_id, entry.organisation_id, entry.asked_at)
            self._is_read = True
        return note_in_ledger(self._path)


def read_ledger(path: Path) -> list[Entry]:
    """Everybody in it, each once; none when there is no ledger. What was broken off was written again."""
    if not path.exists():
        return []
    found: dict[str, Entry] = {}
    for line in path.read_text("ascii", errors="replace").splitlines():
        entry = _read(line)
        if entry is not None:
            found[entry.participant_id] = entry
    return list(found.values())


def note_in_ledger(path: Path) -> bool:
    """Write down whom a backup must forget again; True when there was somebody."""
    fresh = list(
        ErasureRequest.select().where(ErasureRequest.noted_at.is_null()).order_by(ErasureRequest.asked_at)
    )
    if not fresh:
        return False
    append(path, [Entry(one.participant_id, one.organisation_id, one.asked_at) for one in fresh])
    with service.transaction():
        ids = [one.participant_id for one in fresh]
        ErasureRequest.update(noted_at=clock.now()).where(ErasureRequest.participant_id.in_(ids)).execute()
    return True


def append(path: Path, entries: list[Entry]) -> None:
    """Add to a ledger; a line that was broken off before is ended first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
        is_broken = end > 0 and file.read(1) != b"\n"
        lines = "".join(json.dumps(_told(entry)) + "\n" for entry in entries)
        file.write((b"\n" if is_broken else b"") + lines.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())


def _told(entry: Entry) -> dict[str, str]:
    return {
        "participant_id": entry.participant_id, "organisation_id": entry.organisation_id,
        "asked_at": entry.asked_at.isoformat(),
    }  # fmt: skip


def _read(line: str) -> Entry | None:
    try:
        told = json.loads(line)
        entry = Entry(told["participant_id"], told["organisation_id"], datetime.fromisoformat(told["asked_at"]))
    except (ValueError, KeyError, TypeError):
        return None
    return (
        entry if is_id(entry.participant_id) and is_id(entry.organisation_id) and entry.asked_at.tzinfo else None
    )
