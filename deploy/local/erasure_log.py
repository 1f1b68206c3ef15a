"""Whoever was forgotten is forgotten again when a backup is put back, before anything serves.

The ledger lies apart from the stores, in the folder of the installation, and a copy of it beside its backups. A
restore reads both, so that also a backup on an empty machine knows whom was asked about after it was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deploy.local.installation import Installation
from services.intake.commands.erasing import erase_again as in_intake
from services.intake.commands.ledger import Entry, append, read_ledger
from services.meetings.commands.erasure import erase_again as in_meetings
from services.notifications.commands.erasure import erase_again as in_notifications
from services.questionnaires.commands.erasing import erase_again as in_questionnaires
from shared.cli import Application

NAME = "erasures"
_ELSEWHERE = {
    "meetings": in_meetings,
    "questionnaires": in_questionnaires,
    "notifications": in_notifications,
}


def entries_of(installation: Installation, backup: Path) -> list[Entry]:
    """Everybody who is in the ledger of an installation, or in the one beside a backup."""
    found = {
        one.participant_id: one
        for path in (backup.parent / NAME, installation.erasure_log)
        for one in read_ledger(path)
    }
    return sorted(found.values(), key=lambda one: (one.asked_at, one.participant_id))


def add_missing(path: Path, entries: Iterable[Entry]) -> None:
    """Add to a ledger whoever is not in it yet."""
    known = {one.participant_id for one in read_ledger(path)}
    fresh = [one for one in entries if one.participant_id not in known]
    if fresh:
        append(path, fresh)


def copy_beside(installation: Installation, backups: Path) -> None:
    """A copy of the ledger of an installation beside its backups, when there is anybody in it."""
    add_missing(backups / NAME, read_ledger(installation.erasure_log))


def erase_again(application: Application, entries: Iterable[Entry]) -> None:
    """In the store that is open as that of this service; nothing of them is in its files after this."""
    for one in entries:
        if application.name == "intake":
            in_intake(one.participant_id, one.organisation_id, one.asked_at)
        else:
            _ELSEWHERE[application.name](one.participant_id, one.organisation_id)
    application.service.database.engine.wipe()
