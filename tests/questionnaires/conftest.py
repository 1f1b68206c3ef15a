"""Questionnaires alone, between publishers that publish what meetings and intake would."""

from __future__ import annotations

import base64
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from joserfc.jwk import OKPKey

from deploy.local.visitor import Answer, Page, Visitor, path_of
from services.intake import events as intake
from services.meetings import events as meetings
from services.questionnaires.app import application
from services.questionnaires.models import Answer as AnswerRow
from services.questionnaires.models import Measurement
from services.questionnaires.settings import Settings
from shared import clock, log
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.feed import LocalFeed
from shared.security import links, passes
from shared.security.actor import Actor
from shared.service import Service
from tests.support.raw_events import put

NAMES = ("intake", "meetings", "questionnaires", "notifications")
PUBLISHERS = ("intake", "meetings")


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _keys() -> dict[str, Any]:
    signing = OKPKey.generate_key("Ed25519")
    return {
        "fields": {"current": "k1", "keys": {"k1": _key()}},
        "index": _key(),
        "events": {f"{writer}>{reader}": _key() for writer in NAMES for reader in NAMES},
        "links": {name: _key() for name in NAMES},
        "form": "x" * 32,
        "pass_public": signing.as_dict(private=False),
        "pass_private": signing.as_dict(private=True),
    }


class Person(Visitor):
    """Somebody at the pages; signed in when they work here."""

    def __init__(self, app: Any, keyring: Any, actor: Actor | None) -> None:
        self.client = app.test_client()
        if actor is not None:
            self.client.set_cookie("houvast-pass", passes.sign(keyring, actor))
        super().__init__(self._over_wsgi)
        self.headers: dict[str, str] = {}

    def _over_wsgi(self, method: str, path: str, data: Any) -> Answer:
        answer = self.client.open(path, method=method, data=data)
        self.headers = dict(answer.headers)
        return Answer(answer.status_code, answer.get_data(as_text=True), path_of(answer.headers.get("Location")))

    def choose(self, page: Page, value: int | None = None, **changed: Any) -> Page:
        """Give an answer to the statement of this page, or skip it."""
        filled = {"skip": "1"} if value is None else {"answer": str(value)}
        return self.submit(page, r".*/uitspraken", **filled, **changed)


class Place:
    """The service of questionnaires with its pages, and what the neighbours publish."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(
            stores=folder / "stores", keys_file=folder / "keys.json", public_url="http://127.0.0.1:1",
            clock_file=folder / "clock",
        )  # fmt: skip
        self.service = application.service
        self.service.open(self.settings)
        self.app = application.create_app(self.settings)
        self.publishers = {name: Service(name) for name in PUBLISHERS}
        for publisher in self.publishers.values():
            publisher.open(self.settings)
        feeds = {name: LocalFeed(publisher.outbox) for name, publisher in self.publishers.items()}
        self._parts = application.work(self.settings, NAMES, feeds)
        self.start_afresh()

    @classmethod
    def prepare(cls, folder: Path) -> None:
        """Make the keys and the empty stores."""
        keys_file = folder / "keys.json"
        keys_file.write_text(json.dumps(_keys()))
        keys_file.chmod(0o600)
        place = cls(folder)
        application.migrate()
        for publisher in place.publishers.values():
            with publisher.transaction():
                publisher.database.proxy.obj.create_tables(publisher.tables)
        place.close()

    def start_afresh(self) -> None:
        """From now on, events are about another organisation, group and person."""
        self.organisation_id, self.group_id, self.participant_id = new_id(), new_id(), new_id()
        self.membership_id = new_id()

    # What the neighbours publish.

    def publish(self, event_type: envelope.EventType, subject_id: str, **changed: Any) -> None:
        """Publish a neighbour's example of this event about this subject, with these fields changed."""
        publisher = self.publishers[event_type.service]
        with publisher.transaction():
            publisher.publish(event_type, subject_id, {**event_type.example, **changed})

    def publish_raw(self, source: str, **attributes: Any) -> None:
        """Put an event into a neighbour's outbox with these attributes, whether it is right or not."""
        outbox = self.publishers[source].outbox
        with outbox.database.transaction():
            put(outbox, **attributes)

    def organisation(self, **changed: Any) -> None:
        self.publish(meetings.ORGANISATION_CHANGED, self.organisation_id,
                  **{"organisation_id": self.organisation_id} | changed)  # fmt: skip

    def group(self, **changed: Any) -> None:
        about = {"group_id": self.group_id, "organisation_id": self.organisation_id} | changed
        self.publish(meetings.GROUP_CHANGED, about["group_id"], **about)

    def membership(self, **changed: Any) -> None:
        about = {
            "membership_id": self.membership_id, "participant_id": self.participant_id,
            "group_id": self.group_id, "organisation_id": self.organisation_id,
        } | changed  # fmt: skip
        self.publish(meetings.MEMBERSHIP_CHANGED, about["membership_id"], **about)

    def consent(self, **changed: Any) -> None:
        about = {"participant_id": self.participant_id, "organisation_id": self.organisation_id} | changed
        self.publish(intake.CONSENT_CHANGED, about["participant_id"], **about)

    def member(self, **changed: Any) -> str:
        """Somebody who joins the group and may be asked; gives the id of their measurement."""
        about = {"participant_id": new_id(), "membership_id": new_id()} | changed
        self.membership(**about)
        self.consent(participant_id=about["participant_id"])
        self.settle()
        measurement: Measurement = Measurement.get(Measurement.participant_id == about["participant_id"])
        return str(measurement.id)

    def asked(self, questionnaire: str = "even_kijken") -> str:
        """One person who was asked to fill in a list; gives the id of the measurement."""
        self.organisation(permitted_questionnaires=[questionnaire])
        self.group(questionnaires=[questionnaire])
        return self.member(participant_id=self.participant_id, membership_id=self.membership_id)

    # What happens here.

    def settle(self) -> None:
        """Consume and do what is due until nothing moves any more."""
        for _ in range(60):
            moved = [part.step() for part in self._parts]
            waiting = self.service.inbox.next_retry_at()
            soon = waiting is not None and (waiting - clock.wall()).total_seconds() < 2
            if soon:
                time.sleep(max(0.0, (waiting - clock.wall()).total_seconds()))
            elif not any(moved):
                return
        raise AssertionError("the service does not come to rest")

    def clock_at(self, text: str) -> None:
        """Make it this moment in local time, '2026-11-23 20.00'; also back in time."""
        here = datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
        assert self.settings.clock_file is not None
        self.settings.clock_file.write_text(repr((here - clock.wall()).total_seconds()), encoding="ascii")

    def events(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Return (name, subject id, data) of what was published so far, in order."""
        self.settle()
        read = [envelope.read(text) for _, text in self.service.outbox.after(0, 10_000)]
        return [(event.type.split(".")[3], event.subject.split("/")[1], event.data) for event in read]

    def states(self) -> list[str]:
        """How each measurement stands, oldest first."""
        return [row.state for row in Measurement.select().order_by(Measurement.id)]

    def given(self, measurement_id: str) -> dict[str, str]:
        """Statement -> what was answered, opened with the keys of this service."""
        rows = AnswerRow.select().where(AnswerRow.measurement == measurement_id).order_by(AnswerRow.item_key)
        return {row.item_key: self.service.encryption.open(row.value, "answer.value", row.id) for row in rows}

    def dead_letters(self) -> list[str]:
        """Return why events became dead letters."""
        return [row.reason for row in self.service.inbox.DeadLetter.select()]

    def counted(self, act: Callable[[], Any]) -> int:
        """How many statements the store was asked while this was done."""
        asked: list[str] = []
        connection = self.service.database.proxy.obj.connection()
        connection.set_trace_callback(asked.append)
        try:
            act()
        finally:
            connection.set_trace_callback(None)
        return len(asked)

    # Who comes to the pages.

    def person(self, roles: dict[str, set[str]] | None = None) -> Person:
        """Somebody new at the pages; with roles (organisation id -> roles) somebody who works there."""
        grants = {key: frozenset(held) for key, held in (roles or {}).items()}
        actor = Actor(new_id(), "staff", "Kim", grants) if roles else None
        return Person(self.app, self.service.encryption.keyring, actor)

    def link(self, measurement_id: str, *, service: str = "questionnaires", purpose: str = "fill_in") -> str:
        """The address that the invitation holds."""
        expires_at = Measurement.get_by_id(measurement_id).expires_at
        token = links.mint(self.service.encryption.keyring, service, purpose, measurement_id, expires_at)
        return f"/mijn/vragenlijst/{token}"

    def close(self) -> None:
        """Let go of the stores."""
        for part in self._parts:
            part.close()
        for service in (self.service, *self.publishers.values()):
            service.database.close()
        clock.follow(None)


@pytest.fixture(scope="session")
def empty_service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and empty stores, made once and copied for every test."""
    folder = tmp_path_factory.mktemp("empty_service")
    Place.prepare(folder)
    return folder


@pytest.fixture
def service(empty_service: Path, tmp_path: Path) -> Iterator[Place]:
    """A service of its own for one test, on a Monday morning."""
    log.configure("test", level=logging.ERROR)
    shutil.copytree(empty_service, tmp_path / "service")
    place = Place(tmp_path / "service")
    place.clock_at("2026-11-16 10.00")
    yield place
    place.close()
