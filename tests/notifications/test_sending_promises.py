"""A thousand crashes and answers that say nothing: of each type every promise is counted; none is broken.

A sender dies before any statement, at any step or while it speaks with the other side; it is thought dead while it
is only slow; the other side is silent, hangs up, or takes a message and does not say so. HOUVAST_CRASHES sets how
many of these there are at least for each of the two worlds: 10000 for a long look.
"""

from __future__ import annotations

import io
import logging
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
import structlog

from services.notifications.channels.port import NotAccepted, OutgoingMessage
from services.notifications.commands.in_person import ask_facilitators
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Consent, Contact, Group, Meeting, Membership, Message, Participant, Staff
from services.notifications.models import service as own_service
from services.notifications.rules.message_spec import Promise
from services.notifications.rules.message_types import MessageType, spec_of
from services.notifications.rules.sending import Failure
from services.notifications.sender import Sender
from shared import clock, log
from shared.ids import new_id
from shared.security import links
from shared.storage import upsert
from tests.notifications.conftest import NotificationsHarness

CRASHES = int(os.environ.get("HOUVAST_CRASHES", "500"))
ON, AT = date(2026, 11, 24), time(19, 30)
SENT_KINDS = (
    MessageType.WELCOME,
    MessageType.MEETING_REMINDER,
    MessageType.MEETING_MOVED,
    MessageType.MEETING_CANCELLED,
    MessageType.MEETING_SUBSTITUTE,
    MessageType.CANCELLATION_IN_PERSON,
    MessageType.MISSED_YOU,
)
NEVER_WENT = ("suppressed", "withdrawn")


class Killed(BaseException):
    """kill -9: nothing of ours is asked what to do about it."""


class World:
    """The other side and whoever kills our senders, by chance.

    can_be_asked  it keeps only the first of two with one id, and says whether it has one
    """

    def __init__(self, rng: random.Random, *, can_be_asked: bool) -> None:
        self.rng, self.drops_doubles = rng, can_be_asked
        self.arrived: Counter[str] = Counter()
        self.reminded_of: Counter[str] = Counter()
        self.crashes = self.doubts = 0
        self.is_dangerous = False
        self.meanwhile: Callable[[], None] = lambda: None

    # What the sender sees.

    def connection(self) -> World:
        return self

    def has_taken(self, provider_id: str) -> bool | None:
        return self.arrived[provider_id] > 0 if self.drops_doubles else None

    def offer(self, outgoing: OutgoingMessage) -> None:
        self.maybe_die(0.06)
        self.maybe_be_slow()
        if self.rng.random() < 0.05:
            raise NotAccepted(self.rng.choice([Failure.NOT_CONNECTED, Failure.NOT_NOW, Failure.TIMED_OUT_BEFORE]))

    def hand_over(self, outgoing: OutgoingMessage) -> int:
        self.maybe_be_slow()
        self.maybe_die(0.08)
        if self.rng.random() < 0.04:
            raise NotAccepted(Failure.NOT_NOW, 451)
        does_arrive, is_silent = self.rng.random() < 0.8, self.rng.random() < 0.15
        if does_arrive or not is_silent:
            self._arrives(outgoing)
        if is_silent:
            self.doubts += 1
            raise NotAccepted(Failure.IN_DOUBT)
        self.maybe_die(0.1)
        return 250

    def withdraw(self) -> None: ...

    def close(self) -> None: ...

    def _arrives(self, outgoing: OutgoingMessage) -> None:
        if self.drops_doubles and self.arrived[outgoing.provider_id]:
            return
        self.arrived[outgoing.provider_id] += 1
        if outgoing.subject.startswith("Tot "):
            for token in re.findall(r"/mijn/afmelden/(\S+)", outgoing.text):
                link = links.check(own_service.encryption.keyring, "meetings", "call_off", token)
                assert link is not None
                self.reminded_of[link.subject] += 1

    # What happens to us.

    def maybe_die(self, chance: float) -> None:
        if self.is_dangerous and self.rng.random() < chance:
            self.crashes += 1
            raise Killed()

    def maybe_be_slow(self) -> None:
        """So slow that others think it died, and take over."""
        if self.is_dangerous and self.rng.random() < 0.08:
            self.meanwhile()

    def watch(self, _logger: Any, _method: str, line: Any) -> Any:
        self.maybe_die(0.04)
        return line


@pytest.fixture(params=[True, False], ids=["a side that can be asked", "a side that cannot"])
def world(
    request: pytest.FixtureRequest, bare_harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A world in which every statement, step and word may be the last."""
    made = World(random.Random(20261124), can_be_asked=request.param)
    log.configure("notifications", level=logging.DEBUG, processors=[made.watch])
    structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=io.StringIO()))
    real = own_service.database.execute

    def execute(statement: str, values: Any = ()) -> Any:
        made.maybe_die(0.015)
        return real(statement, values)

    monkeypatch.setattr(own_service.database, "execute", execute)
    yield made
    log.configure("test", level=logging.ERROR)


class Evening:
    """People of one group, who are to be notified of something of every type."""

    def __init__(self, organisation_id: str) -> None:
        self.organisation_id = organisation_id
        self.expected: list[str] = []
        self.reminders: list[str] = []
        with own_service.transaction():
            self._publish()

    def _publish(self) -> None:
        now = clock.now()
        group, other, off = self._group(), self._group(), self._group()
        leader, sub = self._staff([off]), self._staff([])
        meeting, walk = self._meeting(group), self._meeting(other, at=time(10))
        cancelled, led = self._meeting(off, state="cancelled"), self._meeting(group, substitute_ids=[sub])
        noor = self._person(email="noor@example.org", mobile="+31612345678")
        both = [self._member(noor, group), self._member(noor, other)]
        self.reminders = [f"{meeting}.{both[0]}", f"{walk}.{both[1]}"]
        drafts = [
            self._about(MessageType.MEETING_REMINDER, meeting, both[0], noor),
            self._about(MessageType.MEETING_REMINDER, walk, both[1], noor),
            self._about(
                MessageType.MEETING_MOVED, meeting, both[0], noor, change="moved", old_on=ON, old_at=time(18)
            ),
            self._about(MessageType.WELCOME, None, both[0], noor),
            self._about(MessageType.MISSED_YOU, meeting, both[0], noor, hold="veto"),
        ]
        sam = self._person(email="sam@example.org", mobile="+31687654321")
        first = self._about(MessageType.MEETING_CANCELLED, cancelled, self._member(sam, off), sam)
        second = self._about(
            MessageType.MEETING_CANCELLED, cancelled, str(first.membership_id), sam, secondary_of=first.dedupe
        )
        alone = self._person()
        unreachable = self._about(MessageType.MEETING_CANCELLED, cancelled, self._member(alone, off), alone)
        asked = Draft(
            message_type=MessageType.MEETING_SUBSTITUTE,
            organisation_id=self.organisation_id,
            dedupe=new_id(),
            due_at=now,
            expires_at=now + timedelta(days=3),
            staff_id=sub,
            meeting_id=led,
            revision=1,
            old_on=ON,
            old_at=AT,
        )
        drafts += [first, second, unreachable, asked]
        plan(drafts)
        self.expected = [draft.dedupe for draft in drafts if draft is not unreachable]
        self.leader, self.cancelled = leader, cancelled

    def _group(self) -> str:
        upsert(
            Group,
            id=(made := new_id()),
            organisation_id=self.organisation_id,
            name="Dinsdaggroep",
            state="running",
        )
        return made

    def _meeting(self, group_id: str, **more: Any) -> str:
        values = {"at": AT, "state": "planned", "substitute_ids": []} | more
        upsert(
            Meeting,
            id=(made := new_id()),
            organisation_id=self.organisation_id,
            group_id=group_id,
            on=ON,
            first_on=ON,
            first_at=values["at"],
            zone="Europe/Amsterdam",
            minutes=90,
            revision=1,
            **values,
        )
        return made

    def _person(self, email: str | None = None, mobile: str | None = None) -> str:
        person, seal = new_id(), own_service.encryption.seal
        own = {"id": person, "organisation_id": self.organisation_id}
        upsert(Participant, call_name=seal("Noor", "participant.call_name", person), language="nl", **own)
        upsert(
            Contact,
            channels=["email"] * bool(email) + ["sms"] * bool(mobile),
            refused=[],
            may_leave_message=False,
            phone_is_shared=False,
            email=seal(email, "contact.email", person) if email else None,
            mobile=seal(mobile, "contact.mobile", person) if mobile else None,
            **own,
        )
        upsert(Consent, purposes=["reminders", "missed_you"], **own)
        return person

    def _staff(self, group_ids: list[str]) -> str:
        staff, seal = new_id(), own_service.encryption.seal
        upsert(
            Staff,
            id=staff,
            name=seal("Kim", "staff.name", staff),
            is_active=True,
            organisation_ids=[],
            email=seal("kim@example.org", "staff.email", staff),
            group_ids=group_ids,
        )
        return staff

    def _member(self, person: str, group_id: str) -> str:
        upsert(
            Membership,
            id=(made := new_id()),
            organisation_id=self.organisation_id,
            participant_id=person,
            group_id=group_id,
            state="active",
            starts_on=date(2026, 9, 1),
            revision=1,
        )
        return made

    def _about(
        self, message_type: MessageType, meeting_id: str | None, membership_id: str, person: str, **more: Any
    ) -> Draft:
        now = clock.now()
        return Draft(
            message_type=message_type,
            organisation_id=self.organisation_id,
            dedupe=new_id(),
            due_at=now,
            meeting_id=meeting_id,
            expires_at=now + timedelta(days=3),
            participant_id=person,
            membership_id=membership_id,
            revision=1,
            **({"old_on": ON, "old_at": AT} if message_type == MessageType.MEETING_CANCELLED else {}),
            **more,
        )


class Senders:
    """Senders that die, and others that come in their place, until nothing is left to do."""

    def __init__(self, harness: NotificationsHarness, world: World) -> None:
        self._office, self._world = harness, world
        world.meanwhile = self._take_over

    def work(self) -> None:
        """Until nothing waits that can be sent; time passes between tries."""
        for _ in range(2000):
            self._world.is_dangerous = True
            try:
                self._step(self._sender())
            except Killed:
                pass
            finally:
                self._world.is_dangerous = False
            if not self._is_busy() and not ask_facilitators():
                return
            self._let_time_pass()
        raise AssertionError("it never ends")

    def _step(self, sender: Sender) -> None:
        sender.sweep()
        sender.step()
        ask_facilitators()

    def _take_over(self) -> None:
        """Another one does a round, and may be killed as well."""
        self._world.meanwhile = lambda: None
        try:
            self._step(self._sender())
        except Killed:
            pass
        finally:
            self._world.meanwhile = self._take_over

    def _sender(self) -> Sender:
        # All these evenings are one day, and nobody is kept from texting by the limits of a day.
        plenty = replace(self._office.settings, sms_per_number=10**9, sms_per_block=10**9, sms_per_day=10**9)
        sender = Sender(plenty, {"email": self._world, "sms": self._world}, lambda: True)
        # Whoever does not answer at once is thought dead.
        sender._send_context = replace(sender._send_context, lease=timedelta(0))
        return sender

    @staticmethod
    def _is_busy() -> bool:
        busy = Message.state.in_(("planned", "held", "due", "claimed")) & (
            Message.due_at.is_null(False) | Message.claimed_until.is_null(False)
        )
        return bool(Message.select().where(busy).exists())

    @staticmethod
    def _let_time_pass() -> None:
        with own_service.transaction():
            Message.update(due_at=clock.now()).where(Message.due_at > clock.now()).execute()


def broken(message: Message, world: World) -> str | None:
    """Which promise of this message was broken, if any."""
    promise, times = spec_of(message.message_type).promise, world.arrived[f"<{message.id}@houvast.example>"]
    outcome = f"{message.message_type} ({promise}) is {message.state} and arrived {times} times"
    if message.state in NEVER_WENT:
        return outcome if times else None
    if world.drops_doubles:
        return None if (message.state, times) == ("accepted", 1) else outcome
    if promise is Promise.AT_LEAST_ONCE:
        return None if message.state == "accepted" and times >= 1 else outcome
    # Never twice; and if perhaps not at all, then a person is asked.
    is_known = message.state == "accepted" and times == 1
    is_asked = message.state == "unknown" and message.asked_at is not None and times <= 1
    return None if is_known or is_asked else outcome


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_promise_is_kept_over_hundreds_of_crashes_and_answers_that_say_nothing(bare_harness, world):
    # Ten in the morning: a text message at night would rightly wait.
    bare_harness.clock_at("2026-11-23 10.00")
    at_work, evenings, seen = Senders(bare_harness, world), 0, Counter()

    while world.crashes + world.doubts < CRASHES:
        evening = Evening(bare_harness.organisation_id)
        at_work.work()
        evenings += 1
        messages = list(Message.select().order_by(Message.id))
        assert [fault for message in messages if (fault := broken(message, world))] == []
        there = {message.dedupe for message in messages}
        assert set(evening.expected) <= there
        asked = [row for row in messages if (row.staff_id, row.meeting_id) == (evening.leader, evening.cancelled)]
        assert [row.message_type for row in asked] == ["cancellation_in_person"]
        for subject in evening.reminders:
            times = world.reminded_of[subject]
            assert times == 1 if world.drops_doubles else times <= 1
        seen.update(message.message_type for message in messages)
        with own_service.transaction():
            Message.delete().execute()

    assert world.doubts > CRASHES / 20
    assert world.crashes > CRASHES / 3
    assert set(seen) == set(SENT_KINDS)
    assert min(seen.values()) >= evenings
