"""What follows absences, by the group's rule and the person's consent, and whom to call."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import ModelSelect, fn

from services.meetings.models import Attendance, Consent, FollowUpCall, Group, Meeting, Membership
from services.meetings.queries import participants
from services.meetings.queries.attendance import Mark, marks_of
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.scope import check_group, find_meeting, ids_led_by, known_to
from services.meetings.rules import attendance, permissions
from services.meetings.rules import follow_up_calls as rules
from services.meetings.rules.follow_up_calls import CALL_REASONS
from shared import clock
from shared.errors import or_not_found
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class FollowUpPreview:
    """Somebody who was absent, and whether a message or a call follows once the meeting is closed."""

    call_name: str
    message: bool
    call: bool


@dataclass(frozen=True)
class FollowUpPreviews:
    """What follows the absences of a meeting, if it were closed now; `stamp` changes with it."""

    previews: list[FollowUpPreview]
    stamp: str


def preview_follow_ups(actor: Actor, meeting_id: str) -> FollowUpPreviews:
    """Return what would follow closing, by call name; for whoever leads the group. NotFound, Forbidden."""
    meeting = find_meeting(actor, meeting_id, permissions.may_see_attendance)
    absent = [member for member in marks_of(meeting) if member.mark == attendance.Attendance.ABSENT]
    names = participants.distinct_names_of(member.membership.participant_id for member in absent)
    follow_ups = follow_ups_of(meeting, absent)
    agreed = {follow_up.membership.id: follow_up.agreed for follow_up in follow_ups}
    previews = [
        FollowUpPreview(
            names.get(member.membership.participant_id, "…"),
            message="message" in agreed.get(member.membership.id, ()),
            call="call" in agreed.get(member.membership.id, ()),
        )
        for member in absent
    ]
    return FollowUpPreviews(
        sorted(previews, key=lambda preview: preview.call_name.casefold()), stamp_of(follow_ups)
    )


COUNTED_DAYS = 28
REASONS = CALL_REASONS


@dataclass(frozen=True)
class CallToMake:
    """Somebody to call, about the meeting of `met_on`.

    later_on  put off until this day
    days      the days until which it may be put off
    """

    id: str
    group_id: str
    group_name: str
    organisation_id: str
    call_name: str
    met_on: date
    last_day: date
    later_on: date | None
    days: tuple[date, ...]


@dataclass(frozen=True)
class CallsToday:
    """How many people may be called because they missed one meeting of a group."""

    group_name: str
    on: date
    number: int


@dataclass(frozen=True)
class CallCount:
    """How many calls a group had in the last weeks."""

    group_id: str
    group_name: str
    open: int
    closed: int
    lapsed: int


def find_call(actor: Actor, call_id: str) -> FollowUpCall:
    """Return a call of a group that this actor leads. NotFound, Forbidden."""
    row = or_not_found(
        FollowUpCall.select(FollowUpCall, Meeting, Group)
        .join(Meeting)
        .join(Group)
        .where(FollowUpCall.id == call_id, known_to(actor, FollowUpCall.organisation))
        .get_or_none()
    )
    check_group(actor, row.meeting.group, permissions.may_record_attendance)
    return row


def list_calls(actor: Actor) -> list[CallToMake]:
    """Return whom to call now or later, in the groups that this actor leads, by meeting and name."""
    rows = list(_open_calls(actor))
    by_group: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_group[row.meeting.group_id].add(row.membership.participant_id)
    names = participants.distinct_names_of(*by_group.values())
    return sorted((_call(row, names) for row in rows), key=lambda call: (call.met_on, call.call_name.casefold()))


def count_calls(actor: Actor) -> list[CallsToday]:
    """Return how many calls are for today, by group and meeting."""
    ready = FollowUpCall.later_on.is_null() | (FollowUpCall.later_on <= clock.today())
    numbers = Counter((row.meeting.on, row.meeting.group.name) for row in _open_calls(actor).where(ready))
    return [CallsToday(name, on, number) for (on, name), number in sorted(numbers.items())]


def count_by_group(actor: Actor, *, limit: int | None = None, after: str = "") -> list[CallCount]:
    """Return the numbers of groups that this actor looks after as coordinator, where there were any, by id.

    limit, after  so many groups, with ids above this one
    """
    lately = (FollowUpCall.state != "withdrawn", Meeting.on > clock.today() - timedelta(days=COUNTED_DAYS))
    had_any = FollowUpCall.select(FollowUpCall.id).join(Meeting).where(Meeting.group == Group.id, *lately)
    ours = within(actor, Group.organisation, (permissions.COORDINATOR,))
    groups = Group.select(Group.id).where(ours, Group.id > after, fn.EXISTS(had_any))
    groups = groups.order_by(Group.id).limit(limit)
    rows = (
        FollowUpCall.select(Group.id, Group.name, FollowUpCall.state, fn.COUNT(FollowUpCall.id))
        .join(Meeting)
        .join(Group)
        .where(Group.id.in_([group_id for (group_id,) in groups.tuples()]), *lately)
        .group_by(Group.id, Group.name, FollowUpCall.state)
    )
    numbers: dict[tuple[str, str], Counter[str]] = {}
    for group_id, name, state, number in rows.tuples():
        numbers.setdefault((group_id, name), Counter())[state] = number
    return [
        CallCount(group_id, name, held["open"], held["closed"], held["lapsed"])
        for (group_id, name), held in sorted(numbers.items())
    ]


def count_open_calls(actor: Actor) -> Counter[str]:
    """Return for a coordinator group -> how many calls are open, put off or not."""
    rows = (
        FollowUpCall.select(Meeting.group, fn.COUNT(FollowUpCall.id))
        .join(Meeting)
        .where(
            within(actor, FollowUpCall.organisation, (permissions.COORDINATOR,)),
            FollowUpCall.state == "open",
            FollowUpCall.lapses_at > clock.now(),
        )
        .group_by(Meeting.group)
    )
    return Counter(dict(rows.tuples()))


def _open_calls(actor: Actor) -> ModelSelect[FollowUpCall]:
    return (
        FollowUpCall.select(FollowUpCall, Meeting, Group, Membership)
        .join(Meeting)
        .join(Group)
        .switch(FollowUpCall)
        .join(Membership)
        .where(
            FollowUpCall.state == "open",
            FollowUpCall.lapses_at > clock.now(),
            Meeting.group.in_(sorted(ids_led_by(actor))),
        )
    )


def _call(row: FollowUpCall, names: dict[str, str]) -> CallToMake:
    group, today = row.meeting.group, clock.today()
    last_day = clock.local(row.lapses_at).date()
    is_later = row.later_on is not None and row.later_on > today
    ahead = (today + timedelta(days=number) for number in range(1, 8))
    return CallToMake(
        row.id,
        group.id,
        group.name,
        row.organisation_id,
        names.get(row.membership.participant_id, "…"),
        row.meeting.on,
        last_day,
        row.later_on if is_later else None,
        tuple(day for day in ahead if day <= last_day),
    )


@dataclass(frozen=True)
class FollowUp:
    """One absent member: what the rule of the group asks for, and what of that this person consented to."""

    membership: Membership
    by_rule: frozenset[str]
    agreed: frozenset[str]


def follow_ups_of(meeting: Meeting, marks: Iterable[Mark]) -> list[FollowUp]:
    """Return those of these marks after which something may follow. `meeting` comes with its group."""
    after_absence = rules_in_force(meeting.group.kind, meeting.group.overrides).after_absence
    candidates = [(member.membership, _by_rule(member, after_absence, meeting)) for member in marks]
    candidates = [(membership, steps) for membership, steps in candidates if steps]
    back = _back_since(meeting, [membership.id for membership, _ in candidates])
    candidates = [(membership, steps) for membership, steps in candidates if membership.id not in back]
    purposes = _purposes_of([membership.participant_id for membership, _ in candidates])
    return [
        FollowUp(membership, steps, rules.with_consent(steps, purposes.get(membership.participant_id, ())))
        for membership, steps in candidates
    ]


def stamp_of(follow_ups: Iterable[FollowUp]) -> str:
    """Return a short text that differs when something else follows for somebody."""
    steps = sorted(
        f"{follow_up.membership.id} {' '.join(sorted(follow_up.agreed))}"
        for follow_up in follow_ups
        if follow_up.agreed
    )
    return hashlib.sha256("\n".join(steps).encode()).hexdigest()[:16]


def _by_rule(member: Mark, after_absence: Collection[str] | None, meeting: Meeting) -> frozenset[str]:
    missed = rules.Missed(member.mark, member.called_off_at is not None, member.membership.state != "active")
    return rules.by_rule(missed, after_absence, meeting.on, clock.today())


def _back_since(meeting: Meeting, membership_ids: Collection[str]) -> set[str]:
    """Return who of these was at a later meeting already."""
    if not membership_ids:
        return set()
    rows = (
        Attendance.select(Attendance.membership)
        .join(Meeting)
        .where(
            Attendance.organisation == meeting.organisation_id,
            Attendance.membership.in_(sorted(membership_ids)),
            Attendance.mark == "present",
            Meeting.on > meeting.on,
        )
    )
    return {row.membership_id for row in rows}


def _purposes_of(participant_ids: Collection[str]) -> dict[str, list[str]]:
    rows = Consent.select().where(Consent.id.in_(sorted(participant_ids))) if participant_ids else ()
    return {row.id: row.purposes for row in rows}
