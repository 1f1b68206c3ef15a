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

    def __init__(self, harness: Any) -> None:
        self.harness = harness
        harness.clock_at("2026-11-16 10.00")
        group = harness.group(f"Groep {new_id()}", overrides=RULES)
        appoint_facilitator(
            harness.actor(harness.vos), group_id=group, staff_id=harness.sam, place="co", request_id=new_id()
        )
        self.meeting = harness.meeting(group)
        self.members = [harness.member(group, name) for name in ("Noor", "Robin", "Storm")]
        harness.agrees(self.members[0], "missed_you", "missed_you_call")
        harness.agrees(self.members[1], "missed_you")
        harness.clock_at("2026-11-24 20.00")
        self.begin = len(harness.events())

    def run(self, kind: str, by_sam: bool, *values: Any) -> None:
        actor = self.harness.actor(self.harness.sam if by_sam else self.harness.kim)
        asked = {"meeting_id": self.meeting, "request_id": new_id()}
        try:
            if kind == "mark":
                who = self.members[values[0] % len(self.members)]
                attendance.record_attendance(actor, membership_id=who, mark=values[1], seen=values[2], **asked)
            elif kind == "step":
                attendance.set_headcount(actor, step=values[0], **asked)
            elif kind == "close":
                attendance.close_meeting(actor, **asked)
            else:
                self.members.append(register_walk_in(actor, call_name=values[0], **asked))
        except Refusal as refusal:
            if refusal.code not in ("marked_meanwhile", "walk_in_is_here"):
                raise

    def check(self) -> None:
        meeting = Meeting.get_by_id(self.meeting)
        marks = {entry.membership.id: entry.mark for entry in marks_of(meeting)}
        assert set(marks) == set(self.members)
        events = self.harness.events()[self.begin :]
        if meeting.state == "planned":
            assert not [
                entry for entry in events if "absent" in entry.type or "attendance_corrected" in entry.type
            ]
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
        assert {row.membership_id for row in opened} == {
            entry for entry in self.members[:1] if marks[entry] == "absent"
        }

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
@example(
    [
        ("mark", False, 0, "absent", None),
        ("close", True),
        ("mark", True, 0, "present", "absent"),
        ("mark", False, 0, "absent", "present"),
        ("close", False),
    ]
)
@example([("close", False), ("walk_in", True, "Jip"), ("mark", True, 3, "absent", None), ("step", True, 1)])
@given(done=st.lists(st.one_of(mark, mark, step, close, walk_in), max_size=14))
def test_the_numbers_and_what_follows_are_what_the_last_marks_say(
    harness: Any, done: list[tuple[Any, ...]]
) -> None:
    evening = Evening(harness)
    for entry in done:
        evening.run(*entry)
        evening.check()
