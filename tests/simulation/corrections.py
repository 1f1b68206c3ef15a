"""What who leads a group does afterwards: mends marks, looks at "we missed you", calls."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from services.meetings.commands import attendance, follow_up_calls
from services.meetings.models import Meeting
from services.meetings.queries.call_list import REASONS, list_calls
from services.meetings.queries.expected import marks_of
from services.notifications.commands import missed_you
from services.notifications.models import Message
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor
from tests.simulation.runner import Play


def mend_marks(play: Play, leader: Actor, meeting_id: str) -> None:
    """Somebody was marked wrongly."""
    marks = marks_of(Meeting.get_by_id(meeting_id))
    if not marks:
        return
    one = play.dice.choice(marks)
    mark = "present" if one.mark == "absent" else play.dice.choice(("absent", "excused"))
    play.act(
        "mark_mended",
        lambda: attendance.record_attendance(
            leader, meeting_id=meeting_id, membership_id=one.membership.id, mark=mark, request_id=new_id()
        ),
        {"meeting": meeting_id, "membership": one.membership.id, "mark": mark},
    )


def see_to_missed(play: Play, leader: Actor) -> None:
    """A facilitator looks at what will go: holds some back, writes a line with others."""
    waiting = Message.select().where(Message.kind == "missed_you", Message.state == "held")
    mine = [group.id for group in play.groups if leader in group.leaders]
    order = {key: number for number, key in enumerate(play.members)}
    for message in sorted(waiting, key=lambda row: (row.made_at, order.get(row.membership_id, 0))):
        member = play.members.get(message.membership_id)
        if member is None or member.group.id not in mine:
            continue
        if play.chance(0.15):
            play.act(
                "held_back",
                partial(missed_you.hold_back_missed_you, leader, message_id=message.id, request_id=new_id()),
                {"message": message.id},
            )
        elif play.chance(0.2):
            line = play.names.line()
            play.act(
                "line_written",
                partial(missed_you.write_line, leader, message_id=message.id, line=line, request_id=new_id()),
                {"message": message.id, "line": line},
            )


def see_to_calls(play: Play, leader: Actor) -> None:
    """Some are called, some are put off; the others lapse."""
    for call in list_calls(leader):
        if play.chance(0.4):
            reason = play.dice.choice(REASONS)
            play.act(
                "called",
                partial(follow_up_calls.close_call, leader, call_id=call.id, reason=reason, request_id=new_id()),
                {"call": call.id},
            )
        elif play.chance(0.2):
            until = clock.today() + timedelta(days=1)
            play.act(
                "call_put_off",
                partial(follow_up_calls.postpone_call, leader, call_id=call.id, until=until, request_id=new_id()),
                {"call": call.id},
            )
