"""Somebody who does everything that one can do here, with words that nobody else uses; and a search for them."""

from __future__ import annotations

import json
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import peewee

from deploy.local.installation import APPLICATIONS
from services.intake.commands import erasure as in_intake
from services.intake.commands import placements, signups, talks
from services.intake.models import Organisation, Participant, Signup
from services.meetings.commands import attendance, erasure
from services.meetings.models import Group, GroupFacilitator, Meeting, Membership, StaffRole
from services.notifications.commands import erasure as in_notifications
from services.questionnaires.commands import answers
from services.questionnaires.commands import erasure as in_questionnaires
from services.questionnaires.models import Measurement
from services.questionnaires.queries.answers import get_sheet
from shared import clock
from shared.ids import new_id
from shared.security.actor import PUBLIC, Actor
from tests.journeys.operating import everything
from tests.support.inline_installation import InlineInstallation

NAME, EMAIL, MOBILE = "Zilverlijster", "zilverlijster@regenwulp.example", "+31687654321"
HOME = "bij Noor thuis, Kwartelhof 7"
HELP_QUESTION = "sinds mijn Regenwulp er niet meer is, wil ik niet alleen zijn"
PLAIN = (NAME, EMAIL, "87654321", "Regenwulp", "regenwulp", "Kwartelhof")
PERSONAL_DATA = {
    "intake": in_intake.PERSONAL_DATA,
    "meetings": erasure.PERSONAL_DATA,
    "questionnaires": in_questionnaires.PERSONAL_DATA,
    "notifications": in_notifications.PERSONAL_DATA,
}
# Where an opaque id may still stand: who was skipped, the proof, the access log, and the heads of events.
MAY_NAME = {
    "erased.id",
    "erasure.person_id",
    "erasure_request.participant_id",
    "erasure_answer.participant_id",
    "audit_entry.about_id",
    "audit_entry.actor_id",
    "idempotency_key.actor_id",
    "outbox.subject",
    "inbox.subject",
    "inbox_version.subject",
    "outbox_version.subject",
    "inbox_retry.subject",
    "dead_letter.subject",
    "message_step.message_id",
}
# Columns with a blind index or a hash, beside those whose name ends in _index.
_BLIND = {"blind", "block", "fingerprint", "number", "secret_hash"}
OF_ERASING = re.compile(r"\.erasure_(requested|completed)\.")


@dataclass
class Traces:
    """What is to be searched for. ids: opaque; secrets: what was sealed or can be found by, as it was stored."""

    participant_id: str
    ids: set[str] = field(default_factory=set)
    secrets: set[bytes] = field(default_factory=set)


def actor_of(role: str, group_id: str | None = None) -> Actor:
    """Return somebody who works at De Kade; who leads a group when that is given."""
    organisation = Organisation.get(Organisation.slug == "de-kade").id
    if group_id is not None:
        staff_id = GroupFacilitator.get(GroupFacilitator.group == group_id).staff_id
    else:
        staff_id = StaffRole.get(StaffRole.role == role, StaffRole.organisation == organisation).staff_id
    return Actor(staff_id, "staff", grants={organisation: frozenset({role})})


def live(installation: InlineInstallation) -> Traces:
    """Let somebody sign up, fill in a list and come to a meeting, with every message that goes with it."""
    organisation = Organisation.get(Organisation.slug == "de-kade").id
    group_id = Group.get(Group.name == "Dinsdaggroep").id
    signup_id = signups.register_signup(
        PUBLIC,
        organisation_id=organisation,
        call_name=NAME,
        email=EMAIL,
        mobile=MOBILE,
        purposes=["reminders", "questionnaires", "missed_you"],
        help_question=HELP_QUESTION,
        request_id=new_id(),
    )
    installation.settle()
    participant_id = str(Signup.get_by_id(signup_id).participant_id)
    worker = actor_of("intro_worker")
    talk(installation, worker, signup_id, group_id)
    placements.place_participant(worker, signup_id=signup_id, group_id=group_id, request_id=new_id())
    installation.settle()
    fill_in(participant_id)
    _meet(installation, group_id, participant_id)
    assert NAME.encode() in mailbox_bytes(installation.installation.data)
    return traces_of(participant_id)


def talk(installation: InlineInstallation, worker: Actor, signup_id: str, group_id: str) -> str:
    """They talk tomorrow, and the group fits; gives the id of the talk."""
    tomorrow = clock.today() + timedelta(days=1)
    at = clock.local(clock.now()).time().replace(hour=14, minute=0, second=0, microsecond=0)
    talk_id = talks.schedule_intro_talk(
        worker,
        signup_id=signup_id,
        on=tomorrow,
        at=at,
        minutes=45,
        form="live_single",
        place=HOME,
        host_staff_id=worker.id,
        request_id=new_id(),
    )
    installation.settle()
    clock.move_to(clock.instant(tomorrow, at))
    talks.complete_intro_talk(worker, talk_id=talk_id, outcome="joins", group_id=group_id, request_id=new_id())
    installation.settle()
    return str(talk_id)


def fill_in(participant_id: str) -> None:
    """Fill in the list that they were sent."""
    measurement = Measurement.get(Measurement.participant_id == participant_id)
    by_link = Actor(f"link:{measurement.id}", "link")
    sheet = get_sheet(measurement.id)
    assert sheet.item is not None
    answers.answer_item(
        by_link, measurement_id=measurement.id, item_key=sheet.item.key, value=3, request_id=new_id()
    )
    answers.finish_measurement(by_link, measurement_id=measurement.id, request_id=new_id())


def _meet(installation: InlineInstallation, group_id: str, participant_id: str) -> None:
    """Hold the first meeting that they are reminded of a day before: one of this evening is too soon for that."""
    mine = Membership.get(Membership.participant_id == participant_id)
    coming = Meeting.select().where(
        Meeting.group == group_id, Meeting.state == "planned", Meeting.on > max(mine.starts_on, clock.today())
    )
    meeting = coming.order_by(Meeting.on).first()
    starts_at = clock.instant(meeting.on, meeting.at, meeting.zone)
    clock.move_to(starts_at - timedelta(hours=24))
    installation.settle()
    clock.move_to(starts_at + timedelta(minutes=10))
    sam = actor_of("facilitator", group_id)
    attendance.record_attendance(
        sam, meeting_id=meeting.id, membership_id=mine.id, mark="present", request_id=new_id()
    )
    attendance.close_meeting(sam, meeting_id=meeting.id, request_id=new_id())
    installation.settle()


def traces_of(participant_id: str, *, at_least: int = 9) -> Traces:
    """Collect all ids of somebody, and every sealed value and blind index of theirs in the open stores."""
    traces = Traces(participant_id)
    for application in APPLICATIONS:
        personal_data = PERSONAL_DATA[application.name]
        ids = application.service.erasures.ids_of(participant_id, personal_data)
        traces.ids |= ids
        for table in personal_data.tables:
            rows = personal_data.rows(table, ids)
            if rows is not None:
                for row in table.select().where(rows).dicts():
                    traces.secrets |= set(_hidden_in(table, row))
        for row in application.service.outbox.Outbox.select():
            if any(opaque_id in row.data or opaque_id in row.subject for opaque_id in ids):
                sealed = json.loads(row.data).get("personal", {}).values()
                traces.secrets |= {value.encode() for value in sealed}
    assert len(traces.secrets) >= at_least
    return traces


def _hidden_in(table: Any, row: dict[str, Any]) -> Iterable[bytes]:
    for name, value in row.items():
        if value is None:
            continue
        if isinstance(table._meta.fields[name], peewee.BlobField):
            yield bytes(value)
        elif isinstance(value, str) and (name.endswith("_index") or name in _BLIND):
            yield value.encode()


def found_in(text: bytes, traces: Traces, *, ids_too: bool = False, words: Iterable[str] = PLAIN) -> list[bytes]:
    """List what of somebody stands in these bytes; ids only when they are asked for."""
    wanted = [word.encode() for word in words] + sorted(traces.secrets)
    wanted += [secret.hex().encode() for secret in sorted(traces.secrets)]
    if ids_too:
        wanted += [opaque_id.encode() for opaque_id in sorted(traces.ids)]
    return [opaque_id for opaque_id in wanted if opaque_id in text]


def named_in(data: Path, traces: Traces) -> set[str]:
    """`table.column` of every place in all four stores where one of somebody's ids stands and should not."""
    places = set()
    for table, rows in everything(data).items():
        for row in rows:
            if table.endswith(".outbox") and OF_ERASING.search(row["type"]):
                continue
            for column, value in row.items():
                place = f"{table.partition('.')[2]}.{column}"
                text = json.dumps(value, default=str)
                if place not in MAY_NAME and any(opaque_id in text for opaque_id in traces.ids):
                    places.add(f"{table}.{column}")
    return places


def store_bytes(data: Path) -> bytes:
    """Read all that is in the stores, byte for byte where they are files: used and free pages, and the logs."""
    files = b"".join(path.read_bytes() for path in sorted((data / "stores").glob("*")) if path.is_file())
    return files + "\n".join(_texts(data)).encode()


def _texts(data: Path) -> Iterable[str]:
    for table, rows in everything(data).items():
        for row in rows:
            yield f"{table} " + json.dumps(
                {name: value.hex() if isinstance(value, bytes) else str(value) for name, value in row.items()},
                ensure_ascii=False,
            )


def mailbox_bytes(data: Path) -> bytes:
    """Read everything that was delivered on this machine, as text."""
    return b"".join(
        quopri.decodestring(path.read_bytes()) for path in (data / "mailbox").rglob("*") if path.is_file()
    )


def participants() -> set[str]:
    """Everybody whom intake knows."""
    return {row.id for row in Participant.select(Participant.id)}
