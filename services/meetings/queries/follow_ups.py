"""What follows the absences of one meeting, by the rule of the group and by what each person said yes to."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.meetings.models import Attendance, Consent, Meeting, Membership
from services.meetings.queries.expected import Mark
from services.meetings.queries.kinds import rules_in_force
from services.meetings.rules import follow_ups as rules
from shared import clock


@dataclass(frozen=True)
class FollowUp:
    """One absent member: what the rule of the group lets follow, and what of that this person agreed to."""

    membership: Membership
    by_rule: frozenset[str]
    agreed: frozenset[str]


def follow_ups_of(meeting: Meeting, marks: Iterable[Mark]) -> list[FollowUp]:
    """Those of these marks after which something may follow. `meeting` comes with its group."""
    after_absence = rules_in_force(meeting.group.kind, meeting.group.overrides).after_absence
    asked = [(one.membership, _by_rule(one, after_absence, meeting)) for one in marks]
    asked = [(membership, steps) for membership, steps in asked if steps]
    back = _back_since(meeting, [membership.id for membership, _ in asked])
    asked = [(membership, steps) for membership, steps in asked if membership.id not in back]
    purposes = _purposes_of([membership.participant_id for membership, _ in asked])
    return [
        FollowUp(one, steps, rules.with_consent(steps, purposes.get(one.participant_id, ())))
        for one, steps in asked
    ]


def stamp_of(found: Iterable[FollowUp]) -> str:
    """A short text that is another one when something else follows for somebody."""
    told = sorted(f"{one.membership.id} {' '.join(sorted(one.agreed))}" for one in found if one.agreed)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _by_rule(one: Mark, after_absence: Collection[str] | None, meeting: Meeting) -> frozenset[str]:
    missed = rules.Missed(one.mark, one.called_off_at is not None, one.membership.state != "active")
    return rules.by_rule(missed, after_absence, meeting.on, clock.today())


def _back_since(meeting: Meeting, membership_ids: Collection[str]) -> set[str]:
    """Of these, who was at a later meeting already: they were missed no longer than that."""
    if not membership_ids:
        return set()
    rows = Attendance.select(Attendance.membership).join(Meeting).where(
        Attendance.organisation == meeting.organisation_id, Attendance.membership.in_(sorted(membership_ids)),
        Attendance.mark == "present", Meeting.on > meeting.on,
    )  # fmt: skip
    return {row.membership_id for row in rows}


def _purposes_of(participant_ids: Collection[str]) -> dict[str, list[str]]:
    rows = Consent.select().where(Consent.id.in_(sorted(participant_ids))) if participant_ids else ()
    return {row.id: row.purposes for row in rows}
