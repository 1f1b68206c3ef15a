"""Whoever was erased is erased again when a backup is put back, before anything serves.

The log of erasures lies apart from the stores, in the folder of the installation, with a copy beside its backups.
A restore reads both, so that also on an empty machine it knows whose erasure was asked after the backup was made.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from deploy.local.installation import Installation
from services.intake.commands.erasure import erase_again as in_intake
from services.intake.commands.erasure_log import Entry, append, read_log
from services.meetings.commands.erasure import erase_again as in_meetings
from services.notifications.commands.erasure import erase_again as in_notifications
from services.questionnaires.commands.erasure import erase_again as in_questionnaires
from shared.cli import Application

NAME = "erasures"
_ERASE_IN = {
    "meetings": in_meetings,
    "questionnaires": in_questionnaires,
    "notifications": in_notifications,
}


def entries_of(installation: Installation, backup: Path) -> list[Entry]:
    """List everybody in the log of an installation or in the one beside a backup, oldest first."""
    entries = {
        entry.participant_id: entry
        for path in (backup.parent / NAME, installation.erasure_log)
        for entry in read_log(path)
    }
    return sorted(entries.values(), key=lambda entry: (entry.asked_at, entry.participant_id))


def add_missing(path: Path, entries: Iterable[Entry]) -> None:
    """Add whoever is not in this log yet."""
    known = {entry.participant_id for entry in read_log(path)}
    fresh = [entry for entry in entries if entry.participant_id not in known]
    if fresh:
        append(path, fresh)


def copy_beside(installation: Installation, backups: Path) -> None:
    """Copy the log of an installation beside its backups, unless it is empty."""
    add_missing(backups / NAME, read_log(installation.erasure_log))


def erase_again(application: Application, entries: Iterable[Entry]) -> None:
    """Erase these people from the open store of this service, and from what its files keep of deleted rows."""
    for entry in entries:
        if application.name == "intake":
            in_intake(entry.participant_id, entry.organisation_id, entry.asked_at)
        else:
            _ERASE_IN[application.name](entry.participant_id, entry.organisation_id)
    application.service.database.engine.wipe()
