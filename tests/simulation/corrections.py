"""What whoever leads a group does afterwards: corrects marks, reviews "we missed you", calls."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.meetings.commands import attendance, follow_up_calls
from services.meetings.models import Meeting
from services.meetings.queries.attendance import marks_of
from services.meetings.queries.follow_up_calls import REASONS, list_calls
from services.notifications.commands import missed_you
from services.notifications.models import Message
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor
from tests.simulation.runner import Runner


def correct_marks(runner: Runner, leader: Actor, meeting_id: str) -> None:
    """Correct the mark of somebody who was marked wrongly."""
    marks = marks_of(Meeting.get_by_id(meeting_id))
    if not marks:
        return
    member = runner.rng.choice(marks)
    mark = "present" if member.mark == "absent" else runner.rng.choice(("absent", "excused"))
    runner.act(
        "mark_corrected",
        lambda: attendance.record_attendance(
            leader, meeting_id=meeting_id, membership_id=member.membership.id, mark=mark, request_id=new_id()
        ),
        {"meeting": meeting_id, "membership": member.membership.id, "mark": mark},
    )


def review_missed(runner: Runner, leader: Actor) -> None:
    """Review what will go: hold some back, add a sentence to others."""
    waiting = Message.select().where(Message.message_type == "missed_you", Message.state == "held")
    mine = [group.id for group in runner.groups if leader in group.leaders]
    order = {key: number for number, key in enumerate(runner.members)}
    for message in sorted(waiting, key=lambda row: (row.made_at, order.get(row.membership_id, 0))):
        member = runner.members.get(message.membership_id)
        if member is None or member.group.id not in mine:
            continue
        if runner.chance(0.15):
            runner.act(
                "held_back",
                partial(missed_you.hold_back_missed_you, leader, message_id=message.id, request_id=new_id()),
                {"message": message.id},
            )
        elif runner.chance(0.2):
            line = runner.names.line()
            runner.act(
                "line_written",
                partial(
                    missed_you.write_personal_note,
                    leader,
                    message_id=message.id,
                    personal_note=line,
                    request_id=new_id(),
                ),
                {"message": message.id, "line": line},
            )


def handle_calls(runner: Runner, leader: Actor) -> None:
    """Call some, put some off; the others lapse."""
    for call in list_calls(leader):
        if runner.chance(0.4):
            reason = runner.rng.choice(REASONS)
            runner.act(
                "called",
                partial(follow_up_calls.close_call, leader, call_id=call.id, reason=reason, request_id=new_id()),
                {"call": call.id},
            )
        elif runner.chance(0.2):
            until = clock.today() + timedelta(days=1)
            runner.act(
                "call_put_off",
                partial(follow_up_calls.postpone_call, leader, call_id=call.id, until=until, request_id=new_id()),
                {"call": call.id},
            )
