"""Meetings by itself, with an organisation and the people who work there."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

from services.intake import events as intake
from services.meetings.app import application
from services.meetings.commands import groups, organisations, series, staff
from services.meetings.models import Membership, Staff
from services.meetings.queries.staff import actor_of
from services.meetings.settings import Settings
from services.notifications import events as notifications
from shared.ids import new_id
from shared.messaging.envelope import Event, EventType
from shared.security.actor import Actor, system
from tests.support.service_harness import ServiceHarness
from tests.support.visitor import Visitor

INSTALLATION = system("installation")
TUESDAY, HALF_PAST_SEVEN = date(2026, 11, 24), time(19, 30)


class MeetingsHarness(ServiceHarness):
    """Meetings with one organisation: Vos coordinates and manages, Kim and Sam lead."""

    settings: Settings
    # Filled by the fixture `evening`.
    tuesday = tonight = noor = robin = here = ""

    def __init__(self, folder: Path, installation: Path) -> None:
        super().__init__(
            application,
            folder,
            installation,
            at="2026-11-16 10.00",
            public_url="http://localhost",
            demo_people=True,
        )
        self.organisation_id = self.register_organisation("De Kade")
        self.vos = self.colleague("Vos", "coordinator", "manager")
        self.kim = self.colleague("Kim", "facilitator")
        self.sam = self.colleague("Sam", "facilitator", "intro_worker")

    # --- people who work here ---

    def register_organisation(self, name: str) -> str:
        return organisations.register_organisation(
            INSTALLATION, name=name, region="Lindeveen", request_id=new_id()
        )

    def colleague(self, name: str, *roles: str, organisation: str = "") -> str:
        """Register somebody who works for an organisation, ours when none is named."""
        return staff.register_staff(
            INSTALLATION,
            organisation_id=organisation or self.organisation_id,
            name=name,
            email=f"{name.lower()}@example.org",
            roles=roles,
            request_id=new_id(),
        )

    def actor(self, staff_id: str) -> Actor:
        """Return them as the one who asks a command."""
        return actor_of(Staff.get_by_id(staff_id))

    def visitor(self, staff_id: str | None = None) -> Visitor:  # type: ignore[override]
        """Give somebody new at the pages; signed in when they work here."""
        visitor = Visitor(self.app)
        return visitor if staff_id is None else visitor.sign_in(staff_id)

    # --- groups ---

    def group(self, name: str = "Dinsdaggroep", **data: Any) -> str:
        """A group that Kim leads, with nothing planned yet."""
        values = {"kind": "recovery_workgroup", "overrides": {"admission": "rolling", "max_size": 8}} | data
        organisation = values.pop("organisation_id", self.organisation_id)
        group_id = groups.start_group(
            INSTALLATION, organisation_id=organisation, name=name, **values, request_id=new_id()
        )
        if organisation == self.organisation_id:
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
        self.consume()
        return next(
            str(event.data["membership_id"])
            for event in self.events("membership_changed")
            if event.data["placement_id"] == placement_id
        )

    # --- what the neighbours publish ---

    def publish_oldest_again(self, kind: EventType, subject_id: str) -> None:
        """Publish the oldest event about somebody once more, as a restored store would."""
        table = self.neighbours[kind.service].outbox.Outbox
        oldest = table.select().where(table.subject == f"{kind.subject}/{subject_id}").order_by(table.id).first()
        self.publish_raw(kind, subject_id, oldest.data)

    def participant(self, name: str = "Noor", **data: Any) -> str:
        """Somebody whom intake published."""
        person = data.pop("participant_id", new_id())
        self.publish(intake.PARTICIPANT_CHANGED, person, {"call_name": name}, participant_id=person, **data)
        return str(person)

    def placed(self, person: str, group_id: str, **data: Any) -> str:
        """Intake publishes that somebody has a place; gives the id of the placement."""
        placement_id = str(data.pop("placement_id", new_id()))
        values = {"signup_id": new_id(), "starts_on": TUESDAY.isoformat(), **data}
        values["starts_on"] = str(values["starts_on"])
        self.publish(
            intake.PARTICIPANT_PLACED,
            placement_id,
            placement_id=placement_id,
            participant_id=person,
            group_id=group_id,
            **values,
        )
        return placement_id

    def reached(self, person: str, *channels: str) -> None:
        """Notifications publishes by what this person can be written to."""
        self.publish(
            notifications.REACHABILITY_CHANGED,
            person,
            participant_id=person,
            channels=list(channels),
            refused=[],
            for_changes=list(channels),
        )

    def agrees(self, membership_id: str, *purposes: str) -> None:
        """Intake publishes what a member consents to from now on."""
        person = Membership.get_by_id(membership_id).participant_id
        self.publish(intake.CONSENT_CHANGED, person, participant_id=person, purposes=list(purposes))
        self.consume()

    def signed_up(self, person: str, **data: Any) -> str:
        """Intake publishes that somebody signed up; gives the id of the sign-up."""
        signup_id = str(data.pop("signup_id", new_id()))
        self.publish(intake.SIGNUP_RECEIVED, signup_id, signup_id=signup_id, participant_id=person, **data)
        return signup_id

    def talk(self, kind: EventType, talk_id: str, signup_id: str, **data: Any) -> None:
        """Intake publishes something about a talk."""
        values = {"host_staff_id": self.sam, "on": "2026-11-16", "at": "14:00", **data}
        self.publish(kind, talk_id, talk_id=talk_id, signup_id=signup_id, **values)

    # --- what meetings publishes ---

    def published(self, name: str) -> dict[str, Any]:
        """Return the data of the last event of this name."""
        return self.events(name)[-1].data

    def published_about(self, noun: str) -> dict[str, Any]:
        """Return the data of the last event about such a subject, whatever its name."""
        return [event for event in self.events() if event.subject.startswith(f"{noun}/")][-1].data

    def open_from_publisher(self, reader: str, event: Event) -> dict[str, Any]:
        """Return what meetings sealed in this event for a neighbour."""
        encryption, sealed = self.neighbours[reader].encryption, event.data["personal"][reader]
        return encryption.open_from_publisher(self.service.name, event.associated_data, sealed)
