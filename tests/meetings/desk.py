"""Meetings by itself: its own store and pages, a clock to set, and neighbours of whom only the voice is real."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from werkzeug.test import TestResponse

from deploy.local.visitor import Answer, Visitor, path_of
from services.intake import events as intake
from services.meetings.app import application
from services.meetings.commands import groups, organisations, series, staff
from services.meetings.models import Membership, Staff, service
from services.meetings.queries.staff import actor_of
from services.meetings.settings import Settings
from services.notifications import events as notifications
from shared import clock
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Event, EventType
from shared.messaging.feed import LocalFeed
from shared.security.actor import Actor, system
from shared.service import Service
from shared.settings import ServiceSettings
from tests.support.raw_events import put

ZONE = ZoneInfo("Europe/Amsterdam")
INSTALLATION = system("installation")
NEIGHBOURS = ("intake", "notifications")
TUESDAY, HALF_PAST_SEVEN = date(2026, 11, 24), time(19, 30)


class Person(Visitor):
    """Somebody at the pages of meetings; `client` keeps the cookies and does not follow where it is sent."""

    def __init__(self, app: Any) -> None:
        self.client = app.test_client()
        super().__init__(self._over_wsgi)

    def be(self, staff_id: str) -> Person:
        """Sign in as somebody who works here."""
        self.submit(self.open("/inloggen"), f"/inloggen/demo/{staff_id}")
        return self

    def tap(self, path: str, **data: Any) -> TestResponse:
        """What the script does: send one form and want no page back."""
        token = self.open("/").forms[0].fields["csrf_token"][0]
        return self.tap_with(token, path, **data)

    def tap_with(self, token: str, path: str, **data: Any) -> TestResponse:
        """The same with a token from an older page; where a 307 leads, the whole form is sent again."""
        filled = {"csrf_token": token, "request_id": new_id()} | data
        while True:
            answer = self.client.post(path, data=filled, headers={"Accept": "application/problem+json"})
            if answer.status_code != 307:
                return answer
            path = answer.location

    def _over_wsgi(self, method: str, path: str, data: Mapping[str, Any] | None) -> Answer:
        answer = self.client.open(path, method=method, data=data)
        return Answer(answer.status_code, answer.get_data(as_text=True), path_of(answer.headers.get("Location")))


class Desk:
    """The service in a folder of its own, with one organisation: Vos coordinates and manages, Kim and Sam lead."""

    # Filled by the fixture `evening`.
    tuesday = tonight = noor = robin = here = ""

    def __init__(self, folder: Path, template: Path) -> None:
        shutil.copytree(template, folder)
        self.folder = folder
        self.settings = Settings(
            stores=folder / "stores", keys_file=folder / "keys" / "meetings.json", public_url="http://localhost",
            clock_file=folder / "clock", demo_people=True,
        )  # fmt: skip
        self.clock_at("2026-11-16 10.00")
        service.open(self.settings)
        self.app = application.create_app(self.settings)
        self._voices = {name: voice_of(name, folder) for name in NEIGHBOURS}
        feeds = {name: LocalFeed(voice.outbox) for name, voice in self._voices.items()}
        self._consumer = Consumer(application.subscriptions, feeds, service.leases.lease("consumer", 60))
        self.organisation = self.found("De Kade")
        self.vos = self.colleague("Vos", "coordinator", "manager")
        self.kim = self.colleague("Kim", "facilitator")
        self.sam = self.colleague("Sam", "facilitator", "intro_worker")

    # --- people who work here ---

    def found(self, name: str) -> str:
        """An organisation."""
        return organisations.register_organisation(
            INSTALLATION, name=name, region="Lindeveen", request_id=new_id()
        )

    def colleague(self, name: str, *roles: str, organisation: str = "") -> str:
        """Somebody who works for an organisation, ours when none is named."""
        return staff.register_staff(
            INSTALLATION, organisation_id=organisation or self.organisation, name=name,
            email=f"{name.lower()}@example.org", roles=roles, request_id=new_id(),
        )  # fmt: skip

    def actor(self, staff_id: str) -> Actor:
        """Them, as one who asks a command."""
        return actor_of(Staff.get_by_id(staff_id))

    def person(self, staff_id: str | None = None) -> Person:
        """Somebody at the pages; signed in when they work here."""
        person = Person(self.app)
        return person if staff_id is None else person.be(staff_id)

    # --- groups ---

    def group(self, name: str = "Dinsdaggroep", **data: Any) -> str:
        """A group that Kim leads, with nothing planned yet."""
        told = {"kind": "recovery_workgroup", "overrides": {"admission": "rolling", "max_size": 8}} | data
        organisation = told.pop("organisation_id", self.organisation)
        group_id = groups.start_group(
            INSTALLATION, organisation_id=organisation, name=name, **told, request_id=new_id()
        )
        if organisation == self.organisation:
            groups.appoint_facilitator(INSTALLATION, group_id=group_id, staff_id=self.kim, request_id=new_id())
        return group_id

    def headcount_group(self, name: str = "Woensdagavond") -> str:
        """A group that keeps no names."""
        return self.group(name, kind="twelve_step", overrides={"audience": "own"})

    def meeting(self, group_id: str, on: date = TUESDAY, at: time = HALF_PAST_SEVEN) -> str:
        """One meeting of two hours."""
        return series.schedule_meeting(
            INSTALLATION, group_id=group_id, on=on, at=at, minutes=120, request_id=new_id()
        )

    def member(self, group_id: str, name: str = "Noor", *, starts_on: date = TUESDAY) -> str:
        """Somebody who was placed in a group; gives the id of the membership."""
        person = self.participant(name)
        placement_id = self.placed(person, group_id, starts_on=starts_on)
        self.hear()
        return next(
            str(event.data["membership_id"])
            for event in self.events("membership_changed")
            if event.data["placement_id"] == placement_id
        )

    # --- what the neighbours say ---

    def publish(
        self, kind: EventType, subject_id: str, personal: dict[str, Any] | None = None, **data: Any
    ) -> None:
        """Have the neighbour say this: its example with these values; `personal` is for meetings."""
        voice = self._voices[kind.service]
        sealed = {reader: dict.fromkeys(names, "x") for reader, names in kind.personal.items()}
        if personal is not None:
            sealed["meetings"] = personal
        told = {**kind.example, "organisation_id": self.organisation, **data}
        with voice.transaction():
            voice.publish(kind, subject_id, told, sealed)

    def say_raw(self, kind: EventType, subject_id: str, data: str) -> None:
        """An event that its own service would never have said."""
        voice = self._voices[kind.service]
        with voice.transaction():
            put(voice.outbox, kind.type, f"{kind.subject}/{subject_id}", data)

    def say_the_first_again(self, kind: EventType, subject_id: str) -> None:
        """The oldest event about somebody once more, as a store that was put back would."""
        table = self._voices[kind.service].outbox.Outbox
        oldest = table.select().where(table.subject == f"{kind.subject}/{subject_id}").order_by(table.id).first()
        self.say_raw(kind, subject_id, oldest.data)

    def participant(self, name: str = "Noor", **data: Any) -> str:
        """Somebody whom intake told us about."""
        person = data.pop("participant_id", new_id())
        self.publish(intake.PARTICIPANT_CHANGED, person, {"call_name": name}, participant_id=person, **data)
        return str(person)

    def placed(self, person: str, group_id: str, **data: Any) -> str:
        """Intake says that somebody has a place; gives the id of the placement."""
        placement_id = str(data.pop("placement_id", new_id()))
        told = {"signup_id": new_id(), "starts_on": TUESDAY.isoformat(), **data}
        told["starts_on"] = str(told["starts_on"])
        self.publish(
            intake.PARTICIPANT_PLACED, placement_id, placement_id=placement_id, participant_id=person,
            group_id=group_id, **told,
        )  # fmt: skip
        return placement_id

    def reached(self, person: str, *channels: str) -> None:
        """Notifications says by what this person can be written to."""
        self.publish(
            notifications.REACHABILITY_CHANGED, person, participant_id=person, channels=list(channels), refused=[],
            for_changes=list(channels),
        )  # fmt: skip

    def agrees(self, membership_id: str, *purposes: str) -> None:
        """Intake says what a member says yes to from now on."""
        person = Membership.get_by_id(membership_id).participant_id
        self.publish(intake.CONSENT_CHANGED, person, participant_id=person, purposes=list(purposes))
        self.hear()

    def signed_up(self, person: str, **data: Any) -> str:
        """Intake says that somebody signed up; gives the id of the sign-up."""
        signup_id = str(data.pop("signup_id", new_id()))
        self.publish(intake.SIGNUP_RECEIVED, signup_id, signup_id=signup_id, participant_id=person, **data)
        return signup_id

    def talk(self, kind: EventType, talk_id: str, signup_id: str, **data: Any) -> None:
        """Intake says something about a talk."""
        told = {"talk_id": talk_id, "signup_id": signup_id, **data}
        if "host_staff_id" in kind.example:
            told = {"host_staff_id": self.sam, "on": "2026-11-16", "at": "14:00", **told}
        self.publish(kind, talk_id, **told)

    # --- time and post ---

    def clock_at(self, text: str) -> None:
        """Make it this moment in local time, '2026-11-23 20.00'; also back in time."""
        moment = datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZONE)
        ahead = (moment - clock.wall()).total_seconds()
        (self.folder / "clock").write_text(repr(ahead), encoding="ascii")
        clock.follow(self.folder / "clock")

    def hear(self) -> None:
        """Let everything that was said be heard; events that wait for another try are not hurried."""
        while self._consumer.step():
            pass

    def hear_later(self) -> None:
        """The same after the time of every event that waits has come."""
        with service.transaction():
            service.inbox.InboxRetry.update(next_at=clock.wall() - timedelta(seconds=1)).execute()
        self.hear()

    def events(self, name: str = "") -> list[Event]:
        """What meetings said so far, of one name or all."""
        read = [envelope.read(text) for _, text in service.outbox.after(0, 10_000)]
        return [event for event in read if not name or event.type.endswith(f".{name}.v1")]

    def said(self, name: str) -> dict[str, Any]:
        """The data of the last event of this name."""
        return self.events(name)[-1].data

    def open_from_publisher(self, reader: str, event: Event) -> dict[str, Any]:
        """What meetings sealed in this event for a neighbour."""
        sealed = event.data["personal"][reader]
        return self._voices[reader].encryption.open_from_publisher(service.name, event.associated_data, sealed)

    def dead(self) -> list[str]:
        """Why events that will never work were put apart."""
        return [row.reason for row in service.inbox.DeadLetter.select()]

    def waiting(self) -> int:
        """How many events wait to be tried again."""
        count: int = service.inbox.InboxRetry.select().count()
        return count

    def close(self) -> None:
        """Let go of the stores."""
        for one in (service, *self._voices.values()):
            one.database.close()


def settings_of(name: str, folder: Path) -> ServiceSettings:
    return ServiceSettings(
        stores=folder / "stores", keys_file=folder / "keys" / f"{name}.json", public_url="",
        clock_file=folder / "clock",
    )  # fmt: skip


def voice_of(name: str, folder: Path) -> Service:
    voice = Service(name)
    voice.open(settings_of(name, folder))
    return voice
