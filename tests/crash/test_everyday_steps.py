"""kill -9 at every numbered step while people call off and a meeting is cancelled: each once, all notified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.inline_worker import InlineWorker
from services.intake.commands import placements, signups
from services.intake.models import Signup
from services.meetings.commands import groups, meeting_changes, series
from services.meetings.commands.organisations import register_organisation
from services.meetings.commands.staff import register_staff
from services.meetings.models import CallOff, Meeting, MeetingChange, Membership
from services.meetings.models import service as meetings
from services.notifications.channels.mailbox import Mailbox
from services.notifications.commands import addresses
from services.notifications.models import Message
from services.notifications.models import service as notifications
from shared import clock
from shared.ids import new_id
from shared.security import links
from shared.security.actor import PUBLIC, Actor, system
from tests.crash.harness import RunningInstallation
from tests.crash.published_and_consumed import discrepancies
from tests.crash.test_every_step import SENDING, WEB, WORK

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
US = system("meetings")
PEOPLE = 4


class Evening:
    """A group of four with a meeting in two days."""

    def __init__(self, running: RunningInstallation) -> None:
        self.running = running
        # In the middle of a day: nothing waits for the end of quiet hours.
        clock.move_to(clock.instant(clock.today() + timedelta(days=1), time(12)))
        self.organisation = register_organisation(US, name="De Kade", region="Lindeveen", request_id=new_id())
        self.sam = Actor(
            register_staff(
                US,
                organisation_id=self.organisation,
                name="Sam",
                email="sam@example.org",
                roles=["coordinator", "facilitator", "intro_worker"],
                request_id=new_id(),
            ),
            "staff",
            grants={self.organisation: frozenset({"coordinator", "facilitator", "intro_worker"})},
        )
        inline_worker = InlineWorker(running.installation)
        group_id = self._group()
        inline_worker.settle()
        for number in range(PEOPLE):
            self._person(inline_worker, group_id, number)
        # They are welcomed, and read when it is: who was never notified need not hear that it is off.
        inline_worker.settle()
        inline_worker.close()
        self.meeting = Meeting.get(Meeting.group == group_id)
        self.members = list(Membership.select().where(Membership.group == group_id))

    def _group(self) -> str:
        group_id = groups.start_group(
            self.sam,
            organisation_id=self.organisation,
            kind="recovery_workgroup",
            name="Dinsdaggroep",
            overrides={"admission": "rolling"},
            request_id=new_id(),
        )
        groups.appoint_facilitator(self.sam, group_id=group_id, staff_id=self.sam.id, request_id=new_id())
        series.schedule_meeting(
            self.sam,
            group_id=group_id,
            on=clock.today() + timedelta(days=2),
            at=time(19, 30),
            minutes=120,
            request_id=new_id(),
        )
        return group_id

    def _person(self, inline_worker: InlineWorker, group_id: str, number: int) -> None:
        signup_id = signups.register_signup(
            PUBLIC,
            organisation_id=self.organisation,
            call_name=f"Noor {number}",
            email=f"noor{number}@example.org",
            purposes=["reminders"],
            request_id=new_id(),
        )
        inline_worker.settle()
        placements.place_participant(self.sam, signup_id=signup_id, group_id=group_id, request_id=new_id())
        inline_worker.settle()
        person = Signup.get_by_id(signup_id).participant_id
        by_link = Actor(f"link:{person}.email.", "link")
        addresses.confirm(by_link, participant_id=person, channel="email", blind="", request_id=new_id())

    def link(self, membership: Any) -> str:
        subject = f"{self.meeting.id}.{membership.id}"
        until = clock.now() + timedelta(days=1)
        return "/mijn/afmelden/" + links.mint(
            notifications.encryption.keyring, "meetings", "call_off", subject, until
        )

    def call_off_all(self) -> None:
        for member in self.members:
            path = self.link(member)
            assert self.running.visitor().submit(path, path).status == 200

    def published(self, name: str) -> Counter[str]:
        table = meetings.outbox.Outbox
        return Counter(row.subject for row in table.select().where(table.type == f"nl.houvast.meetings.{name}.v1"))


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    running = RunningInstallation(tmp_path / "installation")
    yield Evening(running)
    running.close()


def notified(evening: Evening) -> Counter[str]:
    mails = Mailbox(evening.running.installation.mailbox).messages()
    return Counter(str(mail["To"]) for mail in mails if "gaat niet door" in str(mail["Subject"]).lower())


@pytest.mark.parametrize("step", [f"{step}:2" for step in WEB])
def test_a_web_process_that_dies_keeps_each_call_off_once(evening: Evening, step: str) -> None:
    evening.running.start(web=step)

    evening.call_off_all()
    evening.running.wait_until(evening.running.is_well)

    assert evening.running.has_crashed()
    assert CallOff.select().where(CallOff.state == "called_off").count() == PEOPLE
    assert evening.published("call_off_received") == Counter(
        {f"membership/{member.id}": 1 for member in evening.members}
    )
    assert discrepancies() == []


@pytest.mark.parametrize("step", [f"{step}:1" for step in [*WORK, *SENDING]])
def test_a_work_process_that_dies_tells_everybody_of_a_cancellation_once(evening: Evening, step: str) -> None:
    evening.running.start(work=step)

    for _ in range(2):  # pressed twice
        meeting_changes.cancel_meeting(evening.sam, meeting_id=evening.meeting.id, request_id=new_id())
    evening.running.wait_until(evening.running.has_crashed)
    evening.running.kill("work")
    evening.running.start()
    evening.running.wait_until(lambda: len(notified(evening)) >= PEOPLE and evening.running.is_well())

    assert notified(evening) == Counter({f"noor{number}@example.org": 1 for number in range(PEOPLE)})
    assert MeetingChange.select().count() == 1
    waiting = Message.select().where(Message.state.in_(["planned", "held", "due"]))
    assert waiting.where(Message.message_type == "meeting_reminder").count() == 0
    assert discrepancies() == []
