"""Attendance: what may be marked and when, and the numbers that remain; never what was said, and never why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.meetings.rules.meetings import MeetingState
from shared.errors import Refusal

MAY_RECORD_BEFORE = timedelta(hours=1)
MOST_PEOPLE = 200


class Attendance(StrEnum):
    """`absent` is without calling off; somebody who is sent away this once is `excused`."""

    NOT_RECORDED = "not_recorded"
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Turnout:
    """The numbers of one meeting; they stay when a person is erased."""

    members: int
    present: int
    excused: int
    absent: int
    not_recorded: int
    unnamed: int

    @property
    def people(self) -> int:
        """Return everyone in the room, with and without a name; those who lead are not counted."""
        return self.present + self.unnamed

    @property
    def came(self) -> int:
        """Return how many of the members came."""
        return came(self.present, self.not_recorded, self.unnamed)


def came(present: int, not_recorded: int, unnamed: int) -> int:
    """Return how many members came to a meeting: turnout is this part of its members, called off or not.

    Somebody without a name is a member as long as there are members of whom nothing was recorded; else a guest,
    who was not expected. So turnout is never more than all of them.
    """
    return present + min(unnamed, not_recorded)


def parse_attendance(mark: str) -> Attendance:
    """Return the mark that this word stands for. Refused: attendance_unknown."""
    try:
        return Attendance(mark)
    except ValueError:
        raise Refusal("attendance_unknown") from None


def check_may_record(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Refuse a mark before an hour before the start; after closing it is a correction.

    Refused: meeting_cancelled, meeting_did_not_take_place, attendance_too_early (opens_at, an aware moment).
    """
    _check_goes_on(meeting_state)
    opens_at = starts_at - MAY_RECORD_BEFORE
    if now < opens_at:
        raise Refusal("attendance_too_early", opens_at=opens_at)


def check_may_close(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Refuse closing before the meeting has begun; members without a mark stay unmarked.

    Refused: meeting_cancelled, meeting_did_not_take_place, meeting_already_closed, close_too_early (starts_at).
    """
    _check_goes_on(meeting_state)
    if meeting_state == MeetingState.TOOK_PLACE:
        raise Refusal("meeting_already_closed")
    if now < starts_at:
        raise Refusal("close_too_early", starts_at=starts_at)


def check_headcount(headcount: int, named_present: int) -> int:
    """Return how many people in the room have no name.

    Refused: headcount_negative, headcount_below_named (named), headcount_too_high (most).
    """
    if headcount < 0:
        raise Refusal("headcount_negative")
    if headcount > MOST_PEOPLE:
        raise Refusal("headcount_too_high", most=MOST_PEOPLE)
    if headcount < named_present:
        raise Refusal("headcount_below_named", named=named_present)
    return headcount - named_present


def check_unnamed(unnamed: int, named_present: int) -> None:
    """Check the number of people without a name. Refused: as `check_headcount`."""
    if unnamed < 0:
        raise Refusal("headcount_negative")
    check_headcount(named_present + unnamed, named_present)


def check_mark_seen(now: Collection[str], seen: str | None, fresh: str) -> None:
    """Refuse to overwrite a mark of a colleague that the page did not show. Refused: marked_meanwhile.

    now   how a colleague marked somebody and how that is shown; nothing when no colleague did
    seen  how they were marked on the page that was tapped on; None when there was no page
    """
    if seen is not None and now and not {seen, fresh} & set(now):
        raise Refusal("marked_meanwhile")


def check_count_seen(now: int, seen: int | None, fresh: int) -> None:
    """Refuse to change a number that a colleague changed meanwhile. Refused: counted_meanwhile (now)."""
    if seen is not None and now not in (seen, fresh):
        raise Refusal("counted_meanwhile", field="headcount", now=now)


def turnout(marks: Iterable[str], unnamed: int = 0) -> Turnout:
    """Count one meeting: one mark for each member, walk-ins with a name included."""
    counted = Counter(parse_attendance(mark) for mark in marks)
    return Turnout(
        members=counted.total(),
        present=counted[Attendance.PRESENT],
        excused=counted[Attendance.EXCUSED],
        absent=counted[Attendance.ABSENT],
        not_recorded=counted[Attendance.NOT_RECORDED],
        unnamed=unnamed,
    )


def _check_goes_on(meeting_state: str) -> None:
    if meeting_state == MeetingState.CANCELLED:
        raise Refusal("meeting_cancelled")
    if meeting_state == MeetingState.DID_NOT_TAKE_PLACE:
        raise Refusal("meeting_did_not_take_place")
