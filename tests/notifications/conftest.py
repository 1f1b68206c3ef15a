"""Notifications between neighbours that only publish, with a real mail server and a clock to set."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.ports import free_port
from services.intake import events as intake
from services.meetings import events as meetings
from services.notifications.app import application
from services.notifications.channels.mailbox import Mailbox
from services.notifications.commands.eligibility import SendContext
from services.notifications.commands.in_person import ask_facilitators
from services.notifications.models import Address, DeliveryAttempt, Message, MessageStep
from services.notifications.models import service as own_service
from services.notifications.queries.addresses import blind_index
from services.notifications.sender import CaughtUp, Sender, channels_of, sender_details_of
from services.notifications.settings import Settings
from services.notifications.subscriptions import subscriptions
from services.questionnaires import events as questionnaires
from shared import clock
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import EventType
from shared.messaging.feed import Feed
from shared.security.access import Cookies
from shared.security.actor import Actor
from shared.service import Service
from tests.support.moments import ZONE
from tests.support.raw_events import put
from tests.support.service_harness import URL, ServiceHarness
from tests.support.visitor import Visitor

SOURCES = ("intake", "meetings", "questionnaires")


class NotificationsHarness(ServiceHarness):
    """Notifications with a real mail server, and what its neighbours publish about people, groups and talks."""

    settings: Settings

    def __init__(self, folder: Path, installation: Path, port: int) -> None:
        super().__init__(
            application,
            folder,
            installation,
            at="2026-11-16 10.00",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_timeout_seconds=2.0,
            sender="houvast@houvast.example",
            mailbox=folder / "mailbox",
            mailbox_page=True,
            lease_seconds=0.2,
        )
        self.mailbox = Mailbox(folder / "mailbox")
        self.organisation_id, self.kim = new_id(), new_id()
        self.meetings: dict[str, dict[str, Any]] = {}
        self.talks: dict[str, dict[str, Any]] = {}
        self.places: dict[str, str] = {}

    # What the neighbours publish.

    def publish(
        self, event_type: EventType, subject_id: str, personal: Mapping[str, Any] | None = None, **data: Any
    ) -> str:
        """Have a neighbour publish its example with these values; `personal` is sealed for notifications."""
        event_id = super().publish(event_type, subject_id, personal, **data)
        time.sleep(0.002)  # nobody plans a talk and holds it in the same millisecond
        return event_id

    def organisation(self, name: str = "De Kade", **profile: Any) -> str:
        """The organisation with what it says of itself, and Kim who works for it."""
        values = dict.fromkeys(meetings.ORGANISATION_CHANGED.example["profile"], "") | {"answer_within_days": None}
        self.publish(meetings.ORGANISATION_CHANGED, self.organisation_id, name=name, profile=values | profile)
        self.staff(self.kim)
        return self.organisation_id

    def staff(self, staff_id: str, *, name: str = "Kim", email: str = "kim@example.org", **data: Any) -> str:
        grants = [{"organisation_id": self.organisation_id, "roles": ["facilitator"]}]
        values = {"staff_id": staff_id, "grants": grants} | data
        self.publish(meetings.STAFF_CHANGED, staff_id, {"name": name, "email": email}, **values)
        return staff_id

    def invited(self, staff_id: str, *, by: str = "") -> None:
        """Somebody is asked to work here by a colleague, Kim when none is named."""
        values = {"invitation_id": new_id(), "staff_id": staff_id, "invited_by_staff_id": by or self.kim}
        self.publish(meetings.STAFF_INVITED, staff_id, **values)

    def person(
        self,
        *,
        name: str = "Noor",
        email: str | None = "noor@example.org",
        mobile: str | None = None,
        purposes: tuple[str, ...] = ("reminders", "questionnaires"),
        is_confirmed: bool = True,
    ) -> str:
        """Somebody who signed up; their addresses were read back to them, unless that is left out."""
        person = new_id()
        self.named(person, name)
        self.reached(person, email=email, mobile=mobile, is_confirmed=is_confirmed)
        self.agreed(person, *purposes)
        return person

    def named(self, person: str, name: str) -> None:
        self.publish(intake.PARTICIPANT_CHANGED, person, {"call_name": name}, participant_id=person)

    def reached(
        self, person: str, *, email: str | None = None, mobile: str | None = None, is_confirmed: bool = True
    ) -> None:
        if is_confirmed:
            self.confirmed(person, email=email, sms=mobile)
        channels = ["email"] * bool(email) + ["sms"] * bool(mobile)
        sealed = {"email": email, "mobile": mobile, "may_leave_message": False, "phone_is_shared": False}
        self.publish(intake.CONTACT_CHANGED, person, sealed, participant_id=person, channels=channels)

    def confirmed(self, person: str, **addresses: str | None) -> None:
        """It is known that these addresses are theirs."""
        for channel, address in addresses.items():
            if address is not None:
                with own_service.transaction():
                    Address.insert(
                        organisation_id=self.organisation_id,
                        participant_id=person,
                        channel=channel,
                        blind=blind_index(channel, address),
                        handled_at=clock.now(),
                        confirmed_at=clock.now(),
                        confirmed_by="staff",
                    ).on_conflict_ignore().execute()

    def agreed(self, person: str, *purposes: str) -> None:
        self.publish(intake.CONSENT_CHANGED, person, participant_id=person, purposes=list(purposes))

    def signed_up(self, person: str, signup_id: str = "") -> str:
        """Intake received a sign-up, or opened one again."""
        signup_id = signup_id or new_id()
        self.publish(intake.SIGNUP_RECEIVED, signup_id, signup_id=signup_id, participant_id=person)
        return signup_id

    def talk(self, person: str, *, on: str = "2026-11-23", at: str = "14:00", **data: Any) -> str:
        """A talk that was planned."""
        talk_id = data.pop("talk_id", new_id())
        self.talk_event(intake.INTRO_TALK_SCHEDULED, talk_id, person, on=on, at=at, **data)
        return talk_id

    def talk_event(self, event_type: EventType, talk_id: str, person: str, **data: Any) -> None:
        """Something happened to a talk: it is as it was, but for these values and what the event says."""
        before = self.talks.get(talk_id)
        ids = {"talk_id": talk_id, "participant_id": person, "organisation_id": self.organisation_id}
        known = before or {**intake.INTRO_TALK_SCHEDULED.example, "host_staff_id": self.kim}
        place = {"place": data.pop("place", self.places.get(talk_id, "Buurthuis De Brug, Brugstraat 1"))}
        now = {**known, **ids, "state": event_type.example["state"], **data, "before": None}
        self.publish(event_type, talk_id, place, **now | {"before": before})
        self.places[talk_id] = place["place"]
        self.talks[talk_id] = {name: value for name, value in now.items() if name != "before"}

    def group(self, *, name: str = "Dinsdaggroep", **data: Any) -> str:
        group_id = data.pop("group_id", new_id())
        self.publish(meetings.GROUP_CHANGED, group_id, group_id=group_id, name=name, **data)
        return group_id

    def meeting(self, group_id: str, *, on: str = "2026-11-24", at: str = "19:30", **data: Any) -> str:
        """A meeting is scheduled; or changed, when it is one that was."""
        meeting_id = data.pop("meeting_id", new_id())
        event_type = meetings.MEETING_CHANGED if meeting_id in self.meetings else meetings.MEETING_SCHEDULED
        self._meeting(event_type, meeting_id, group_id, on=on, at=at, **data)
        return meeting_id

    def _meeting(self, event_type: EventType, meeting_id: str, group_id: str, **data: Any) -> None:
        ids = {"meeting_id": meeting_id, "group_id": group_id, "organisation_id": self.organisation_id}
        extra = {name: data.pop(name) for name in ("by_staff_id",) if name in data}
        now = {**meetings.MEETING_EXAMPLE, **ids, **data}
        self.publish(event_type, meeting_id, **now, before=self.meetings.get(meeting_id), **extra)
        self.meetings[meeting_id] = now

    def membership(
        self, person: str, group_id: str, *, state: str = "active", starts_on: str = "2026-11-24", **data: Any
    ) -> str:
        membership_id = data.pop("membership_id", new_id())
        self.publish(
            meetings.MEMBERSHIP_CHANGED,
            membership_id,
            membership_id=membership_id,
            participant_id=person,
            group_id=group_id,
            state=state,
            starts_on=starts_on,
            **data,
        )
        return membership_id

    def moved(self, meeting_id: str, group_id: str, *, by: str | None = None, **data: Any) -> None:
        """A meeting is at another moment or place. by: whose doing it was."""
        self._meeting(meetings.MEETING_MOVED, meeting_id, group_id, by_staff_id=by, **data)

    def cancelled(self, meeting_id: str, group_id: str, *, by: str | None = None, **data: Any) -> None:
        """A meeting does not go on."""
        data = {"state": "cancelled", "by_staff_id": by} | data
        self._meeting(meetings.MEETING_CANCELLED, meeting_id, group_id, **data)

    def reopened(self, meeting_id: str, group_id: str, *, by: str | None = None, **data: Any) -> None:
        """A meeting goes on after all."""
        self._meeting(meetings.MEETING_SCHEDULED, meeting_id, group_id, by_staff_id=by, **data)

    def took_place(self, meeting_id: str, group_id: str, **data: Any) -> None:
        """A meeting was closed."""
        self._meeting(meetings.MEETING_TOOK_PLACE, meeting_id, group_id, state="took_place", **data)

    def called_off(self, person: str, membership_id: str, meeting_id: str, *, state: str = "called_off") -> None:
        self.publish(
            meetings.CALL_OFF_RECEIVED,
            membership_id,
            meeting_id=meeting_id,
            membership_id=membership_id,
            participant_id=person,
            state=state,
        )

    def absent(self, person: str, membership_id: str, meeting_id: str) -> None:
        self.publish(
            meetings.PARTICIPANT_ABSENT,
            membership_id,
            meeting_id=meeting_id,
            membership_id=membership_id,
            participant_id=person,
        )

    def corrected(self, person: str, membership_id: str, meeting_id: str, *, mark: str = "present") -> None:
        self.publish(
            meetings.ATTENDANCE_CORRECTED,
            membership_id,
            meeting_id=meeting_id,
            membership_id=membership_id,
            participant_id=person,
            mark=mark,
        )

    def measurement(self, person: str, *, expires_at: str = "2026-12-14T23:00:00Z", **data: Any) -> str:
        measurement_id = data.pop("measurement_id", new_id())
        self.publish(
            questionnaires.MEASUREMENT_OPENED,
            measurement_id,
            measurement_id=measurement_id,
            participant_id=person,
            expires_at=expires_at,
        )
        return measurement_id

    def sign_in(self, *, secret: str = "Geheim123abcDEF456ghi789", minutes: int = 15) -> str:
        sign_in_id = new_id()
        expires_at = datetime.fromtimestamp(clock.now().timestamp() + 60 * minutes, ZONE)
        self.publish(
            meetings.SIGN_IN_REQUESTED,
            self.kim,
            {"secret": secret},
            sign_in_id=sign_in_id,
            staff_id=self.kim,
            expires_at=expires_at.isoformat(),
        )
        return sign_in_id

    def access(self, person: str, *, code: str = "042137", minutes: int = 10) -> str:
        access_id = new_id()
        expires_at = datetime.fromtimestamp(clock.now().timestamp() + 60 * minutes, ZONE)
        self.publish(
            meetings.ACCESS_REQUESTED,
            person,
            {"code": code},
            access_id=access_id,
            participant_id=person,
            expires_at=expires_at.isoformat(),
        )
        return access_id

    # What notifications does.

    def consume_in_order(self, order: str, rng: random.Random) -> None:
        """Consume it in another order of services and of subjects: backwards or shuffled."""
        for neighbour in self.neighbours.values():
            _renumber(neighbour, order, rng)
        sources = sorted(SOURCES, reverse=True)
        if order == "shuffled":
            rng.shuffle(sources)
        for name in sources:
            Consumer(subscriptions, {name: self.feeds[name]} | self._silent(name), self.lease).step()
        self.consume()

    def _silent(self, name: str) -> dict[str, Feed]:
        return {other: _EmptyFeed() for other in SOURCES if other != name}

    def publish_all_again(self) -> None:
        """Let every neighbour publish once more all it published, in new events, as a restored one does."""
        for neighbour in self.neighbours.values():
            _publish_again(neighbour)

    def schedule_retry(self, event_type: EventType, subject_id: str, **data: Any) -> None:
        """Publish this, and have it fail once, so that it waits to be tried again."""
        self.publish(event_type, subject_id, **data)
        feed = self.feeds[event_type.service]
        epoch, seq = feed.head()
        ((_, text),) = feed.after(seq - 1, 1)
        event = envelope.read(text)
        with own_service.transaction():
            own_service.inbox.record_one(event)
            own_service.inbox.schedule_retry(event, text, "the world is wrong for now")
            own_service.inbox.advance(event_type.service, epoch, seq)

    def sender(self, settings: Settings | None = None) -> Sender:
        settings = settings or self.settings
        return Sender(settings, channels_of(settings), CaughtUp(own_service.inbox, self.feeds, patience_seconds=0))

    def send_context(self) -> SendContext:
        """What a sender has before it that knows everything, with a claim that lasts."""
        return SendContext(
            sender_details_of(self.settings),
            frozenset({"email", "sms"}),
            "houvast.example",
            True,
            timedelta(minutes=1),
        )

    def send(self, settings: Settings | None = None) -> None:
        """Send all that is due."""
        sender = self.sender(settings)
        sender.sweep()
        while sender.step() or ask_facilitators():
            pass

    def visitor(
        self,
        *roles: str,
        organisation_id: str | None = None,
        settings: Settings | None = None,
        participant: str | None = None,
    ) -> Any:
        """Give somebody at the pages with these roles, or a participant who typed the code; else nobody known."""
        cookies, names = {}, Cookies.of(URL)
        if roles:
            cookies[names.staff] = self.staff_pass(*roles, organisation_id=organisation_id)
        if participant is not None:
            cookies[names.participant] = self.participant_pass(participant)
        return Visitor(self.app_with(settings or self.settings), cookies=cookies, base_url=URL)

    def staff_pass(self, *roles: str, organisation_id: str | None = None) -> str:
        """Return the pass of somebody with these roles."""
        grants = {organisation_id or self.organisation_id: frozenset(roles)}
        return self.pass_for(Actor(self.kim, "staff", "Kim", grants, (("Berichten", "/berichten"),)))

    def participant(self, participant_id: str) -> Actor:
        """A participant who typed the code."""
        return Actor(participant_id, "participant")

    def participant_pass(self, participant_id: str) -> str:
        """Return the pass of a participant who typed the code."""
        return self.pass_for(self.participant(participant_id))

    # What the world can see.

    def mails(self) -> list[tuple[str, str]]:
        """(address, subject) of all that arrived, oldest first."""
        return [(str(mail["To"]), str(mail["Subject"] or "")) for mail in reversed(self.mailbox.messages())]

    def states(self, message_type: str | None = None) -> list[tuple[str, str, str | None]]:
        """(message_type, state, reason) of every message, oldest first."""
        rows = Message.select().order_by(Message.made_at, Message.id)
        return [
            (row.message_type, row.state, row.reason) for row in rows if message_type in (None, row.message_type)
        ]

    def message(self, message_type: str) -> Any:
        """The only message of this type."""
        return Message.get(Message.message_type == message_type)

    def messages(self, message_type: str) -> list[Any]:
        """All messages of this type, oldest first."""
        return list(
            Message.select().where(Message.message_type == message_type).order_by(Message.made_at, Message.id)
        )

    def steps(self, message_type: str) -> list[str]:
        """The states that the only message of this type went through."""
        steps = (
            MessageStep.select()
            .where(MessageStep.message_id == self.message(message_type).id)
            .order_by(MessageStep.id)
        )
        return [step.state for step in steps]

    def attempts(self, message_type: str) -> list[str | None]:
        """How each try of the only message of this type ended."""
        table = DeliveryAttempt
        rows = table.select().where(table.message_id == self.message(message_type).id).order_by(table.number)
        return [row.outcome for row in rows]

    def day(self) -> date:
        """The day it is."""
        return clock.today()

    def close(self) -> None:
        """Stop the mail server and release the stores."""
        self.mailbox.stop()
        super().close()


class _EmptyFeed:
    """A feed in which nothing was published yet."""

    is_local = True

    def head(self) -> tuple[int, int]:
        return 1, 0

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        return []

    def release(self) -> None: ...


def _renumber(neighbour: Service, order: str, rng: random.Random) -> None:
    """Another order of subjects; what is about one subject stays in order, as is promised."""
    table = neighbour.outbox.Outbox
    rows = list(table.select().order_by(table.seq))
    subjects = list(dict.fromkeys(row.subject for row in rows))[::-1]
    if order == "shuffled":
        rng.shuffle(subjects)
    wanted = sorted(rows, key=lambda row: (subjects.index(row.subject), row.seq))
    with neighbour.transaction():
        for number, row in enumerate(wanted, start=1):
            table.update(seq=-number).where(table.id == row.id).execute()
        table.update(seq=table.seq * -1).execute()


def _publish_again(neighbour: Service) -> None:
    """The newest states with a higher version, facts as new events with an id of the same age."""
    outbox = neighbour.outbox
    rows = list(outbox.Outbox.select().order_by(outbox.Outbox.id))
    newest = {row.subject: row.id for row in rows if row.is_state}
    with neighbour.transaction():
        for row in rows:
            data = json.loads(row.data)
            if row.is_state:
                if newest[row.subject] != row.id:
                    continue
                data["version"] = [2, data["version"][1]]
            event_id = row.event_id[:-4] + new_id()[-4:]
            put(
                outbox,
                row.type,
                row.subject,
                json.dumps(data),
                event_id=event_id,
                time=row.time,
                is_state=row.is_state,
            )


@pytest.fixture
def bare_harness(tmp_path: Path, empty_installation: Path) -> Iterator[NotificationsHarness]:
    """Notifications alone, without a mail server."""
    made = NotificationsHarness(tmp_path / "notifications", empty_installation, free_port())
    yield made
    made.close()


@pytest.fixture
def harness(bare_harness: NotificationsHarness) -> NotificationsHarness:
    """Notifications with its own mail server, De Kade and Kim known."""
    bare_harness.mailbox.serve("127.0.0.1", bare_harness.settings.smtp_port)
    bare_harness.organisation()
    return bare_harness
