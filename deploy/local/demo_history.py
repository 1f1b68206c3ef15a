"""A morning group of the demo region to which everything ordinary happens: somebody missed, a walk-in, a moved
meeting, one that is off, somebody who calls off, somebody who texts back, and people with few addresses or none.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from deploy.local.inline_worker import InlineWorker
from services.intake.commands import placements, signups
from services.meetings.commands import (
    attendance,
    call_offs,
    groups,
    meeting_changes,
    series,
    substitutes,
    walk_ins,
)
from services.meetings.queries.attendance import MemberAttendance, list_attendance
from services.meetings.queries.meetings import MeetingSummary, list_meetings
from services.notifications.commands.replies import record_reply
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor

Step = tuple[datetime, Callable[[], object]]
NAME, AT, MINUTES = "Ochtendkring", time(10, 30), 90
TEXTS = "+31612340001"
# What to call somebody, their e-mail address and number, and what they said yes to.
_MEMBERS: tuple[tuple[str, str | None, str | None, tuple[str, ...]], ...] = (
    ("Anouk", "anouk@example.org", None, ("reminders", "missed_you")),
    ("Fleur", "fleur@example.org", "+31612340002", ("reminders", "missed_you", "missed_you_call")),
    ("Ravi", None, TEXTS, ("reminders", "missed_you")),
    ("Vlinder", None, None, ()),
)


class DemoHistory:
    """The group from its start a week ago until today; each step is done when the clock stands there."""

    def __init__(self, inline_worker: InlineWorker, organisation: str, actors: dict[str, Actor]) -> None:
        self._inline_worker, self._organisation = inline_worker, organisation
        self._kim, self._vos, self._sam = actors["Kim"], actors["Vos"], actors["Sam"]
        self._luca = actors["Luca"]
        self._group = self._meeting = ""

    def begin(self, venue: str, first_on_in_days: int) -> None:
        """Start the group and give four people a place."""
        self._group = groups.start_group(
            self._kim,
            organisation_id=self._organisation,
            kind="recovery_workgroup",
            name=NAME,
            venue_id=venue,
            overrides={"admission": "rolling", "max_size": 8, "after_absence": ["message", "call"]},
            themes=["de dag beginnen"],
            questionnaires=[],
            request_id=new_id(),
        )
        series.schedule_series(
            self._kim,
            group_id=self._group,
            first_on=clock.today() + timedelta(days=first_on_in_days),
            at=AT,
            every_weeks=1,
            minutes=MINUTES,
            request_id=new_id(),
        )
        groups.appoint_facilitator(
            self._kim, group_id=self._group, staff_id=self._sam.id, place="first", request_id=new_id()
        )
        self._inline_worker.settle()
        for name, email, mobile, purposes in _MEMBERS:
            self._join(name, email, mobile, purposes)
        self._inline_worker.settle()
        self._meeting = self._coming()[0].id

    def steps(self) -> list[Step]:
        """List what happens around the first meeting, each at its moment."""
        first = self._coming()[0]
        starts_at = clock.instant(first.on, first.at)
        evening_before = clock.instant(first.on - timedelta(days=1), time(18, 5))
        return [(evening_before, self._inline_worker.settle), (starts_at + timedelta(minutes=10), self._meet)]

    def today(self) -> None:
        """Do what was left for today: "Klaar", and changes of the coming weeks."""
        attendance.close_meeting(self._sam, meeting_id=self._meeting, request_id=new_id())
        next_one, moved, off = [meeting.id for meeting in self._coming()][:3]
        anouk = self._attendance_of(next_one, "Anouk")
        call_offs.call_off(
            Actor(anouk.participant_id, "participant"),
            meeting_id=next_one,
            membership_id=anouk.membership_id,
            request_id=new_id(),
        )
        self._inline_worker.settle()
        substitutes.appoint_substitute(self._sam, meeting_id=next_one, staff_id=self._luca.id, request_id=new_id())
        self._move_a_day(moved)
        meeting_changes.cancel_meeting(self._sam, meeting_id=off, request_id=new_id())
        record_reply(TEXTS, "Ik kom iets later, is dat goed?", clock.now().isoformat(), "")
        self._inline_worker.settle()

    def _coming(self) -> list[MeetingSummary]:
        return list_meetings(self._sam, self._group).coming

    def _join(self, name: str, email: str | None, mobile: str | None, purposes: tuple[str, ...]) -> None:
        signup_id = signups.register_signup(
            self._vos,
            organisation_id=self._organisation,
            call_name=name,
            purposes=purposes,
            signed_up_by="staff",
            email=email,
            mobile=mobile,
            parts_of_day=["morning"],
            area="3412",
            request_id=new_id(),
        )
        placements.place_participant(self._vos, signup_id=signup_id, group_id=self._group, request_id=new_id())

    def _meet(self) -> None:
        """Hold the meeting: Fleur stays away without a word, somebody new walks in, and a guest sits along."""
        for name, mark in (("Anouk", "present"), ("Fleur", "absent"), ("Ravi", "present"), ("Vlinder", "present")):
            membership_id = self._attendance_of(self._meeting, name).membership_id
            attendance.record_attendance(
                self._sam, meeting_id=self._meeting, membership_id=membership_id, mark=mark, request_id=new_id()
            )
        walk_ins.register_walk_in(self._sam, meeting_id=self._meeting, call_name="Kiki", request_id=new_id())
        attendance.set_headcount(self._sam, meeting_id=self._meeting, unnamed=1, request_id=new_id())
        self._inline_worker.settle()

    def _move_a_day(self, meeting_id: str) -> None:
        on = next(meeting.on for meeting in self._coming() if meeting.id == meeting_id)
        meeting_changes.move_meeting(
            self._sam,
            meeting_id=meeting_id,
            on=on + timedelta(days=1),
            place=("Bibliotheek Lindeveen", "Marktplein 4, Lindeveen"),
            request_id=new_id(),
        )

    def _attendance_of(self, meeting_id: str, name: str) -> MemberAttendance:
        return next(member for member in list_attendance(self._sam, meeting_id) if member.call_name == name)
