"""Intake by itself: its own store and pages, and neighbours of which only the outbox is real."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from joserfc.jwk import OKPKey
from werkzeug.test import Client, TestResponse

from services.intake.app import application
from services.intake.commands import placements, signups
from services.intake.models import service as intake
from services.intake.settings import Settings
from services.meetings import events as meetings_events
from services.notifications import events as notifications_events
from shared import clock, log
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import EventType
from shared.messaging.feed import LocalFeed
from shared.security import passes
from shared.security.actor import PUBLIC, Actor
from shared.service import Service
from shared.web.app import pass_cookie
from tests.support.raw_events import put

NAMES = ("intake", "meetings", "questionnaires", "notifications")
URL = "http://127.0.0.1:1"
MONDAY, TUESDAY = "2031-11-24", "2031-11-25"


class Visitor:
    """Somebody with a browser: opens a page, and sends the form that is on it. They sit at this machine until
    `network` says otherwise."""

    network = "127.0.0.1"

    def __init__(self, app: Any, actor: Actor | None) -> None:
        self.client = Client(app)
        self.actor = actor
        if actor is not None:
            keyring = intake.encryption.keyring
            self.client.set_cookie(pass_cookie(URL), passes.sign(keyring, actor), domain="127.0.0.1")

    def open(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=URL)

    def send(self, path: str, data: dict[str, Any], *, page: str | None = None, again: str = "") -> TestResponse:
        """Post to `path` from the form on `page` (else the same path); `again`: a request_id to repeat."""
        text = self.open(page or path).text
        form = text.split(f'action="{path}"', 1)[1] if f'action="{path}"' in text else text
        hidden = {
            name: re.search(rf'name="{name}" value="([^"]*)"', form) for name in ("csrf_token", "request_id")
        }
        kept = {name: match[1] for name, match in hidden.items() if match}
        if again:
            kept["request_id"] = again
        here = {"REMOTE_ADDR": self.network}
        return self.client.post(path, base_url=URL, data=kept | data, environ_base=here)


_apps: dict[Path, Any] = {}


def app_of_this_session(settings: Settings) -> Any:
    """One app for all tests: it holds the keys, which stay the same, and compiled templates; never a store."""
    if settings.keys_file not in _apps:
        _apps[settings.keys_file] = application.create_app(settings)
    return _apps[settings.keys_file]


class Intake:
    """The service under test, with what the others publish."""

    monday, tuesday = MONDAY, TUESDAY

    def __init__(self, folder: Path, keys_file: Path) -> None:
        self.stores = folder / "stores"
        settings = Settings(stores=self.stores, keys_file=keys_file, public_url=URL, clock_file=folder / "clock")
        intake.open(settings)
        application.migrate()
        self.app = app_of_this_session(settings)
        self.others = {name: _neighbour(name, settings) for name in NAMES[1:]}
        feeds = {name: LocalFeed(service.outbox) for name, service in self.others.items()}
        self._consumer = Consumer(application.subscriptions, feeds, intake.leases.lease("consumer", 60))

    def visitor(self, *roles: str, organisation_id: str = "") -> Visitor:
        """A browser; signed in when there are roles."""
        return Visitor(self.app, self.actor(*roles, organisation_id=organisation_id) if roles else None)

    def actor(self, *roles: str, organisation_id: str = "", staff_id: str = "") -> Actor:
        return Actor(
            staff_id or new_id(), "staff", "Kim", {organisation_id: frozenset(roles)},
            (("Vandaag", "/"), ("Kennismaking", "/kennismaking")),
        )  # fmt: skip

    def publish(self, event_type: EventType, subject_id: str, data: dict[str, Any], personal: Any = None) -> None:
        """Have a neighbour publish an event, which intake consumes later."""
        other = self.others[event_type.service]
        with other.transaction():
            other.publish(event_type, subject_id, data, personal)

    def consume(self) -> None:
        """Consume all that was published."""
        while self._consumer.step():
            pass

    def events(self, name: str = "") -> list[envelope.Event]:
        """Return what intake published so far, of one name or all."""
        read = [envelope.read(text) for _, text in intake.outbox.after(0, 10_000)]
        return [event for event in read if not name or event.type.endswith(f".{name}.v1")]

    def publish_raw(self, event_type: EventType, subject_id: str, data: dict[str, Any]) -> None:
        """Have a neighbour publish what its own schema would never let through."""
        outbox, subject = self.others[event_type.service].outbox, f"{event_type.subject}/{subject_id}"
        put(outbox, event_type.type, subject, json.dumps(data), is_state=event_type.is_state)

    def consume_again(self) -> None:
        """Consume every outbox from its beginning once more, as after a restored neighbour."""
        with intake.transaction():
            for name in self.others:
                intake.inbox.advance(name, 1, 0)
        self.consume()

    def consume_backwards(self, name: str) -> None:
        """Handle all that one neighbour published, the last event first."""
        for _, text in reversed(self.others[name].outbox.after(0, 1000)):
            with intake.transaction():
                application.subscriptions.handle(envelope.read(text))

    def dead_letters(self) -> list[str]:
        """Return why events became dead letters."""
        return [row.reason for row in intake.inbox.DeadLetter.select()]

    def signed_up(self, organisation_id: str, call_name: str = "Noor", **fields: Any) -> str:
        """Register a sign-up by somebody themselves; return its id."""
        fields = {"request_id": new_id()} | fields
        return signups.register_signup(PUBLIC, organisation_id=organisation_id, call_name=call_name, **fields)

    def agreed(self, host_staff_id: str, **changed: Any) -> dict[str, Any]:
        """Return a talk next day at two, as a command wants it."""
        usual = {
            "on": date.fromisoformat(TUESDAY), "at": time(14), "minutes": 45, "form": "live_single",
            "host_staff_id": host_staff_id, "place": "Buurthuis De Brug", "request_id": new_id(),
        }  # fmt: skip
        return usual | changed

    def place(self, actor: Actor, signup_id: str, group_id: str) -> str:
        return placements.place_participant(actor, signup_id=signup_id, group_id=group_id, request_id=new_id())

    def organisation(self, name: str = "De Kade", slug: str = "de-kade", **changed: Any) -> str:
        organisation_id = changed.get("organisation_id") or new_id()
        data = meetings_events.ORGANISATION_CHANGED.example | {
            "organisation_id": organisation_id, "name": name, "slug": slug,
        }  # fmt: skip
        self.publish(meetings_events.ORGANISATION_CHANGED, organisation_id, data)
        self.consume()
        return organisation_id

    def staff(self, organisation_id: str, name: str = "Vos", roles: tuple[str, ...] = ("facilitator",)) -> str:
        staff_id = new_id()
        data = {
            "staff_id": staff_id, "is_active": True, "group_ids": [],
            "grants": [{"organisation_id": organisation_id, "roles": list(roles)}],
        }  # fmt: skip
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
            "meeting_id": meeting_id, "group_id": group_id, "organisation_id": organisation_id, "on": on,
        }  # fmt: skip
        self.publish(meetings_events.MEETING_CHANGED, meeting_id, data | changed)
        self.consume()
        return meeting_id

    def membership(self, organisation_id: str, group_id: str, **changed: Any) -> str:
        membership_id = changed.pop("membership_id", None) or new_id()
        data = meetings_events.MEMBERSHIP_CHANGED.example | {
            "membership_id": membership_id, "group_id": group_id, "organisation_id": organisation_id,
            "participant_id": new_id(), "placement_id": None,
        }  # fmt: skip
        self.publish(meetings_events.MEMBERSHIP_CHANGED, membership_id, data | changed)
        return membership_id

    def returned(self, placement_id: str, reason: str = "group_full") -> None:
        data = meetings_events.PLACEMENT_RETURNED.example | {"placement_id": placement_id, "reason": reason}
        self.publish(meetings_events.PLACEMENT_RETURNED, placement_id, data)

    def reachability(self, organisation_id: str, participant_id: str, refused: list[str]) -> None:
        data = {
            "participant_id": participant_id, "organisation_id": organisation_id, "channels": [],
            "for_changes": [], "refused": refused,
        }  # fmt: skip
        self.publish(notifications_events.REACHABILITY_CHANGED, participant_id, data)

    def clock_at(self, text: str) -> None:
        """Make it this moment in local time, '2031-11-24 20.00'; also back in time."""
        here = datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
        (self.stores.parent / "clock").write_text(repr((here - clock.wall()).total_seconds()), encoding="ascii")

    def bytes_on_disk(self) -> bytes:
        """Return everything intake's store has written, its write-ahead log included."""
        return b"".join(path.read_bytes() for path in self.stores.glob("intake.sqlite3*"))

    def close_here(self) -> None:
        """Close this thread's connection."""
        intake.database.close()

    def close(self) -> None:
        for service in (intake, *self.others.values()):
            service.database.close()


@pytest.fixture(scope="session")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys that stay the same for the whole session."""
    return _keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def service(tmp_path: Path, keys_file: Path) -> Iterator[Intake]:
    """Intake on stores of its own, at nine on a Monday morning that is still to come."""
    made = Intake(tmp_path, keys_file)
    made.clock_at(f"{MONDAY} 09.00")
    yield made
    made.close()
    clock.follow(None)


@pytest.fixture(autouse=True)
def _quiet_log() -> None:
    log.configure("test", level=logging.ERROR)


@pytest.fixture
def count_statements() -> Callable[[Callable[[], Any]], int]:
    """How many statements something sends to the store."""

    def count(act: Callable[[], Any]) -> int:
        sent: list[str] = []
        connection = intake.database.proxy.connection()
        connection.set_trace_callback(sent.append)
        act()
        connection.set_trace_callback(None)
        return len([statement for statement in sent if not statement.startswith(("BEGIN", "COMMIT"))])

    return count


def _neighbour(name: str, settings: Settings) -> Service:
    """Return another service on its own store, without its pages and commands."""
    service = Service(name)
    service.open(Settings(stores=settings.stores, keys_file=settings.keys_file, public_url=URL,
                        clock_file=settings.clock_file))  # fmt: skip
    service.database.proxy.obj.create_tables(service.tables)
    return service


def _keys(folder: Path) -> Path:
    def key() -> str:
        return base64.b64encode(os.urandom(32)).decode()

    signing = OKPKey.generate_key("Ed25519")
    keys = {
        "fields": {"current": "k1", "keys": {"k1": key()}}, "index": key(), "form": "x" * 32,
        "events": {f"{writer}>{reader}": key() for writer in NAMES for reader in NAMES if writer != reader},
        "links": {name: key() for name in NAMES}, "pass_public": signing.as_dict(private=False),
        "pass_private": signing.as_dict(private=True),
    }  # fmt: skip
    path = folder / "keys.json"
    path.write_text(json.dumps(keys))
    path.chmod(0o600)
    return path
