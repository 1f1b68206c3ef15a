"""One service open in a folder of its own, between neighbours that only publish."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from shared import clock
from shared.cli import Application
from shared.messaging import envelope
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Event, EventType
from shared.messaging.feed import LocalFeed
from shared.security import passes
from shared.security.access import Cookies
from shared.security.actor import Actor
from shared.service import Service
from shared.settings import ServiceSettings
from shared.worker import WorkerThread
from tests.support.moments import set_clock
from tests.support.raw_events import put
from tests.support.visitor import Visitor

NAMES = ("intake", "meetings", "questionnaires", "notifications")
URL = "http://127.0.0.1:8780"
LONGEST_WAIT_SECONDS = 2


# What another test has otherwise, and what an app only looks up in its settings while it answers.
OF_ONE_TEST: Mapping[str, Any] = {"clock_file": None, "mailbox": None, "smtp_port": 25, "sms_url": "https://sms"}


@lru_cache(maxsize=8)
def _shared_app(application: Application, settings: ServiceSettings) -> Any:
    return application.create_app(settings)


class ServiceHarness:
    """A service with its pages, a clock to set, and the events that the others publish.

    `installation` is a folder with keys and empty stores, of which the harness takes a copy. A subclass says what
    the neighbours publish in the words of its service.
    """

    __test__ = False
    visitor_class: type[Visitor] = Visitor
    organisation_id = ""

    def __init__(
        self, application: Application, folder: Path, installation: Path, *, at: str = "", **settings: Any
    ) -> None:
        self.application, self.service = application, application.service
        self.folder, self._keys = Path(shutil.copytree(installation, folder)), installation / "keys"
        self.settings = application.settings(**(self._settings(self.service.name) | settings))
        if at:
            self.clock_at(at)
        self.service.open(self.settings)
        self.neighbours = {name: self._neighbour(name) for name in NAMES if name != self.service.name}
        self.feeds = {
            name: LocalFeed(neighbour.outbox)
            for name, neighbour in self.neighbours.items()
            if name in application.subscriptions.sources
        }
        self.lease = self.service.leases.lease("consumer", 60)
        self.consumer = Consumer(application.subscriptions, self.feeds, self.lease)

    def _settings(self, name: str) -> dict[str, Any]:
        return {
            "stores": self.folder / "stores",
            "keys_file": self._keys / f"{name}.json",
            "public_url": URL,
            "clock_file": self.folder / "clock",
            # Longer than a test lasts on a busy machine: renewing would count among its statements.
            "lease_seconds": 600.0,
        }

    def _neighbour(self, name: str) -> Service:
        neighbour = Service(name)
        neighbour.open(ServiceSettings(**self._settings(name)))
        return neighbour

    # --- what the neighbours publish ---

    def publish(
        self, event_type: EventType, subject_id: str, personal: Mapping[str, Any] | None = None, **data: Any
    ) -> str:
        """Have a neighbour publish its example with these values; `personal` is sealed for this service."""
        neighbour = self.neighbours[event_type.service]
        sealed = {reader: dict.fromkeys(names, "x") for reader, names in event_type.personal.items()}
        if personal is not None:
            sealed[self.service.name] = dict(personal)
        ours = {"organisation_id": self.organisation_id} if "organisation_id" in event_type.example else {}
        with neighbour.transaction():
            return neighbour.publish(event_type, subject_id, {**event_type.example, **ours, **data}, sealed)

    def publish_raw(self, event_type: EventType, subject_id: str, data: str) -> None:
        """Put an event into a neighbour's outbox that its own schema would never let through."""
        subject = f"{event_type.subject}/{subject_id}"
        self.put(event_type.service, event_type.type, subject, data, is_state=event_type.is_state)

    def put(self, source: str, type: str, subject: str, data: str, **attributes: Any) -> None:
        """Put a row into a neighbour's outbox, whether it is right or not."""
        outbox = self.neighbours[source].outbox
        with outbox.database.transaction():
            put(outbox, type, subject, data, **attributes)

    # --- what the service does ---

    def consume(self) -> None:
        """Consume all that was published; events that wait for another try are not hurried."""
        while self.consumer.step():
            pass

    def retry_now(self) -> None:
        """Let the time of every event that waits for another try have come, and consume it."""
        with self.service.transaction():
            self.service.inbox.InboxRetry.update(next_at=clock.wall() - timedelta(seconds=1)).execute()
        self.consume()

    def consume_again(self) -> None:
        """Read every outbox from its beginning once more, as after a neighbour that was restored."""
        with self.service.transaction():
            self.service.inbox.InboxPosition.update(seq=0).execute()
        self.consume()

    @cached_property
    def workers(self) -> list[WorkerThread]:
        """Everything that the work process of the service does."""
        return self.application.work(self.settings, NAMES, self.feeds)

    def settle(self) -> None:
        """Consume and do what is due until nothing moves any more; retries that are near are waited for."""
        for _ in range(60):
            moved = [worker.step() for worker in self.workers]
            retry_at = self.service.inbox.next_retry_at()
            seconds = LONGEST_WAIT_SECONDS if retry_at is None else (retry_at - clock.wall()).total_seconds()
            if seconds < LONGEST_WAIT_SECONDS:
                time.sleep(max(0.0, seconds))
            elif not any(moved):
                return
        raise AssertionError("the service does not come to rest")

    def clock_at(self, text: str) -> None:
        """Make it this moment in local time, '2026-11-23 20.00'; also back in time."""
        set_clock(self.folder / "clock", text)

    def count_statements(self, act: Callable[[], Any]) -> int:
        """Return how many statements the store was asked while this was done, transactions not counted."""
        asked: list[str] = []
        connection = self.service.database.proxy.obj.connection()
        connection.set_trace_callback(asked.append)
        try:
            act()
        finally:
            connection.set_trace_callback(None)
        return len([statement for statement in asked if not statement.startswith(("BEGIN", "COMMIT"))])

    # --- what there is to see ---

    def events(self, name: str = "") -> list[Event]:
        """Return what the service published so far, of one name or all, in order."""
        published = [envelope.read(text) for _, text in self.service.outbox.after(0, 10_000)]
        return [event for event in published if not name or event.type.endswith(f".{name}.v1")]

    def dead_letters(self) -> list[str]:
        """Return why events were given up."""
        return [row.reason for row in self.service.inbox.DeadLetter.select()]

    def pending_retries(self) -> int:
        """Return how many events wait to be tried again."""
        return int(self.service.inbox.InboxRetry.select().count())

    # --- who comes to the pages ---

    @cached_property
    def app(self) -> Any:
        """The pages of the service."""
        return self.app_with(self.settings)

    def app_with(self, settings: Any) -> Any:
        """Return the pages of the service as they are with these settings.

        It is one app for all tests that differ in nothing that it is made of, because making it costs more than
        most tests do: it holds keys and compiled templates, never a store.
        """
        names = {field.name for field in fields(settings)}
        alike = {name: value for name, value in OF_ONE_TEST.items() if name in names}
        app = _shared_app(self.application, replace(settings, stores=self._keys, **alike))
        if "settings" in app.extensions:
            app.extensions["settings"] = settings
        return app

    def visitor(self, actor: Actor | None = None) -> Any:
        """Give somebody new at the pages; signed in when there is an actor."""
        url = self.settings.public_url
        cookies = {} if actor is None else {Cookies.of(url).staff: self.pass_for(actor)}
        return self.visitor_class(self.app, cookies=cookies, base_url=url)

    def pass_for(self, actor: Actor) -> str:
        """Return the pass that the sign-in service gives to this actor."""
        meetings = self.neighbours.get("meetings", self.service)
        return passes.sign(meetings.encryption.keyring, actor)

    def close(self) -> None:
        """Stop the work and release the stores."""
        for worker in self.__dict__.get("workers", ()):
            worker.close()
        for service in (self.service, *self.neighbours.values()):
            service.database.close()
        clock.follow(None)
