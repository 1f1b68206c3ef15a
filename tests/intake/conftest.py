"""Intake by itself: its own store and pages, and neighbours of which only the outbox is real."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from services.intake.app import application
from services.intake.commands import placements, signups
from services.intake.models import service as intake
from services.meetings import events as meetings_events
from services.notifications import events as notifications_events
from shared import log
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.envelope import EventType
from shared.security.actor import PUBLIC, Actor
from tests.support.service_harness import URL, ServiceHarness
from tests.support.visitor import Visitor

MONDAY, TUESDAY = "2031-11-24", "2031-11-25"


class RawVisitor(Visitor):
    """Somebody whose browser shows what came back as it is; the form on a page is sent with other fields."""

    actor: Actor | None = None
    forwarded_for = ""

    def open(self, path: str) -> TestResponse:  # type: ignore[override]
        return self.client.get(path, base_url=URL)

    def send(  # type: ignore[override]
        self, path: str, data: dict[str, Any], *, page: str | None = None, again: str = ""
    ) -> TestResponse:
        """Post to `path` from the form on `page` (else the same path); `again`: a request_id to repeat."""
        text = self.open(page or path).text
        form = text.split(f'action="{path}"', 1)[1] if f'action="{path}"' in text else text
        hidden = {
            name: field[1]
            for name in ("csrf_token", "request_id")
            if (field := re.search(rf'name="{name}" value="([^"]*)"', form))
        }
        if again:
            hidden["request_id"] = again
        environ = {"REMOTE_ADDR": self.network}
        if self.forwarded_for:
            environ["HTTP_X_FORWARDED_FOR"] = self.forwarded_for
        return self.client.post(path, base_url=URL, data=hidden | data, environ_base=environ)


class IntakeHarness(ServiceHarness):
    """Intake, and what the others publish about organisations, groups and people."""

    monday, tuesday = MONDAY, TUESDAY
    visitor_class = RawVisitor

    def visitor(self, *roles: str, organisation_id: str = "") -> RawVisitor:  # type: ignore[override]
        """Give somebody at the pages; signed in when there are roles."""
        return self.visitor_of(self.actor(*roles, organisation_id=organisation_id) if roles else None)

    def visitor_of(self, actor: Actor | None) -> RawVisitor:
        """Give somebody at the pages who is this actor; None is nobody known."""
        visitor: RawVisitor = super().visitor(actor)
        visitor.actor = actor
        return visitor

    def actor(self, *roles: str, organisation_id: str = "", staff_id: str = "") -> Actor:
        return Actor(
            staff_id or new_id(),
            "staff",
            "Kim",
            {organisation_id: frozenset(roles)},
            (("Vandaag", "/"), ("Kennismaking", "/kennismaking")),
        )

    def publish(  # type: ignore[override]
        self, event_type: EventType, subject_id: str, data: dict[str, Any], personal: Any = None
    ) -> None:
        """Have a neighbour publish just this."""
        neighbour = self.neighbours[event_type.service]
        with neighbour.transaction():
            neighbour.publish(event_type, subject_id, data, personal)

    def consume_backwards(self, name: str) -> None:
        """Handle all that one neighbour published, the last event first."""
        for _, text in reversed(self.neighbours[name].outbox.after(0, 1000)):
            with intake.transaction():
                application.subscriptions.handle(envelope.read(text))

    def signed_up(self, organisation_id: str, call_name: str = "Noor", **fields: Any) -> str:
        """Register a sign-up by somebody themselves; return its id."""
        fields = {"request_id": new_id()} | fields
        return signups.register_signup(PUBLIC, organisation_id=organisation_id, call_name=call_name, **fields)

    def agreed(self, host_staff_id: str, **changed: Any) -> dict[str, Any]:
        """Return a talk next day at two, as a command wants it."""
        usual = {
            "on": date.fromisoformat(TUESDAY),
            "at": time(14),
            "minutes": 45,
            "form": "live_single",
            "host_staff_id": host_staff_id,
            "place": "Buurthuis De Brug",
            "request_id": new_id(),
        }
        return usual | changed

    def place(self, actor: Actor, signup_id: str, group_id: str) -> str:
        return placements.place_participant(actor, signup_id=signup_id, group_id=group_id, request_id=new_id())

    def organisation(
        self, name: str = "De Kade", slug: str = "de-kade", profile: dict[str, Any] | None = None, **changed: Any
    ) -> str:
        organisation_id = changed.get("organisation_id") or new_id()
        example = meetings_events.ORGANISATION_CHANGED.example
        empty = dict.fromkeys(example["profile"], "") | {"answer_within_days": None}
        data = example | {
            "profile": empty | (profile or {}),
            "organisation_id": organisation_id,
            "name": name,
            "slug": slug,
        }
        self.publish(meetings_events.ORGANISATION_CHANGED, organisation_id, data)
        self.consume()
        return organisation_id

    def staff(self, organisation_id: str, name: str = "Vos", roles: tuple[str, ...] = ("facilitator",)) -> str:
        staff_id = new_id()
        data = {
            "staff_id": staff_id,
            "is_active": True,
            "group_ids": [],
            "grants": [{"organisation_id": organisation_id, "roles": list(roles)}],
        }
        sealed = {"intake": {"name": name}, "notifications": {"name": name, "email": "vos@example.org"}}
        self.publish(meetings_events.STAFF_CHANGED, staff_id, data, sealed)
        self.consume()
        return staff_id

    def group(self, organisation_id: str, name: str = "Dinsdaggroep", **changed: Any) -> str:
        group_id = changed.pop("group_id", None) or new_id()
        example = meetings_events.GROUP_CHANGED.example
        rules = example["rules"] | changed.pop("rules", {})
        data = example | {"group_id": group_id, "organisation_id": organisation_id, "name": name, "rules": rules}
        self.publish(meetings_events.GROUP_CHANGED, group_id, data | changed)
        self.consume()
        return group_id

    def meeting(self, organisation_id: str, group_id: str, on: str, **changed: Any) -> str:
        meeting_id = new_id()
        data = meetings_events.MEETING_CHANGED.example | {
            "meeting_id": meeting_id,
            "group_id": group_id,
            "organisation_id": organisation_id,
            "on": on,
        }
        self.publish(meetings_events.MEETING_CHANGED, meeting_id, data | changed)
        self.consume()
        return meeting_id

    def membership(self, organisation_id: str, group_id: str, **changed: Any) -> str:
        membership_id = changed.pop("membership_id", None) or new_id()
        data = meetings_events.MEMBERSHIP_CHANGED.example | {
            "membership_id": membership_id,
            "group_id": group_id,
            "organisation_id": organisation_id,
            "participant_id": new_id(),
            "placement_id": None,
        }
        self.publish(meetings_events.MEMBERSHIP_CHANGED, membership_id, data | changed)
        return membership_id

    def returned(self, placement_id: str, reason: str = "group_full") -> None:
        data = meetings_events.PLACEMENT_RETURNED.example | {"placement_id": placement_id, "reason": reason}
        self.publish(meetings_events.PLACEMENT_RETURNED, placement_id, data)

    def reachability(self, organisation_id: str, participant_id: str, refused: list[str]) -> None:
        data = {
            "participant_id": participant_id,
            "organisation_id": organisation_id,
            "channels": [],
            "for_changes": [],
            "refused": refused,
        }
        self.publish(notifications_events.REACHABILITY_CHANGED, participant_id, data)

    def bytes_on_disk(self) -> bytes:
        """Return everything intake's store has written, its write-ahead log included."""
        return b"".join(path.read_bytes() for path in (self.folder / "stores").glob("intake.sqlite3*"))

    def close_here(self) -> None:
        """Close this thread's connection."""
        intake.database.close()


@pytest.fixture
def harness(tmp_path: Path, empty_installation: Path) -> Iterator[IntakeHarness]:
    """Intake on stores of its own, at nine on a Monday morning that is still to come."""
    made = IntakeHarness(application, tmp_path / "intake", empty_installation, at=f"{MONDAY} 09.00")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _quiet_log() -> None:
    log.configure("test", level=logging.ERROR)


@pytest.fixture
def count_statements(harness: IntakeHarness) -> Callable[[Callable[[], Any]], int]:
    """How many statements something sends to the store."""
    return harness.count_statements
