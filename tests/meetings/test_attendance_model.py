"""Whatever two facilitators do in whatever order: the numbers add up, and what follows is what the marks say."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.meetings.commands import attendance
from services.meetings.commands.groups import appoint_facilitator
from services.meetings.commands.walk_ins import register_walk_in
from services.meetings.models import FollowUpCall, Meeting, Membership
from services.meetings.queries.attendance import marks_of
from shared.errors import Refusal
from shared.ids import new_id

RULES = {"admission": "rolling", "max_size": 12, "after_absence": ["message", "call"]}
MARKS = ("present", "excused", "absent", "not_recorded")
mark = st.tuples(
    st.just("mark"), st.booleans(), st.integers(0, 3), st.sampled_from(MARKS), st.sampled_from([None, *MARKS])
)
step = st.tuples(st.just("step"), st.booleans(), st.sampled_from([-1, 1]))
close = st.tuples(st.just("close"), st.booleans())
walk_in = st.tuples(st.just("walk_in"), st.booleans(), st.sampled_from(["Jip", "Mees"]))


class Evening:
    """One meeting with Noor (yes to all), Robin (yes to a message) and Storm (no yes), and what was done there."""

    def __init__(self, desk: Any) -> None:
        self.desk = desk
        desk.clock_at("2026-11-16 10.00")
        group = desk.group(f"Groep {new_id()}", overrides=RULES)
        appoint_facilitator(
            desk.actor(desk.vos), group_id=group, staff_id=desk.sam, place="co", request_id=new_id()
        )
        self.meeting = desk.meeting(group)
        self.members = [desk.member(group, name) for name in ("Noor", "Robin", "Storm")]
        desk.agrees(self.members[0], "missed_you", "missed_you_call")
        desk.agrees(self.members[1], "missed_you")
        desk.clock_at("2026-11-24 20.00")
        self.begin = len(desk.events())

    def run(self, what: str, by_sam: bool, *told: Any) -> None:
        actor = self.desk.actor(self.desk.sam if by_sam else self.desk.kim)
        asked = {"meeting_id": self.meeting, "request_id": new_id()}
        try:
            if what == "mark":
                who = self.members[told[0] % len(self.members)]
                attendance.record_attendance(actor, membership_id=who, mark=told[1], seen=told[2], **asked)
            elif what == "step":
                attendance.set_headcount(actor, step=told[0], **asked)
            elif what == "close":
                attendance.close_meeting(actor, **asked)
            else:
                self.members.append(register_walk_in(actor, call_name=told[0], **asked))
        except Refusal as refusal:
            if refusal.code not in ("marked_meanwhile", "walk_in_is_here"):
                raise

    def check(self) -> None:
        meeting = Meeting.get_by_id(self.meeting)
        marks = {one.membership.id: one.mark for one in marks_of(meeting)}
        assert set(marks) == set(self.members)
        events = self.desk.events()[self.begin :]
        if meeting.state == "planned":
            assert not [one for one in events if "absent" in one.type or "attendance_corrected" in one.type]
            assert FollowUpCall.select().where(FollowUpCall.meeting == meeting).count() == 0
            return
        counted = Counter(marks.values())
        assert meeting.total_members == len(marks)
        assert {name: getattr(meeting, f"total_{name}") for name in MARKS} == {
            name: counted[name] for name in MARKS
        }
        assert meeting.total_unnamed == meeting.headcount_unnamed
        for membership_id, last in marks.items():
            self._check_follows(events, membership_id, last == "absent")
        opened = FollowUpCall.select().where(FollowUpCall.meeting == meeting, FollowUpCall.state == "open")
        assert {row.membership_id for row in opened} == {one for one in self.members[:1] if marks[one] == "absent"}

    def _check_follows(self, events: list[Any], membership_id: str, is_missed: bool) -> None:
        """A reader who takes the events in order and withdraws at each correction ends where we are."""
        missed = False
        for event in events:
            if event.subject == f"membership/{membership_id}":
                if event.type.endswith("attendance_corrected.v1"):
                    missed = False
                elif event.type.endswith("participant_absent.v1"):
                    assert not missed, "said twice"
                    missed = True
        assert missed is is_missed
        assert Membership.get_by_id(membership_id).state == "active"


@settings(max_examples=20, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@example([("mark", False, 0, "absent", None), ("close", True), ("mark", True, 0, "present", "absent"),
          ("mark", False, 0, "absent", "present"), ("close", False)])  # fmt: skip
@example([("close", False), ("walk_in", True, "Jip"), ("mark", True, 3, "absent", None), ("step", True, 1)])
@given(done=st.lists(st.one_of(mark, mark, step, close, walk_in), max_size=14))
def test_the_numbers_and_what_follows_are_what_the_last_marks_say(desk: Any, done: list[tuple[Any, ...]]) -> None:
    evening = Evening(desk)
    for one in done:
        evening.run(*one)
        evening.check()
