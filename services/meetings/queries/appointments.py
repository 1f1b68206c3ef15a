"""Appointments: meetings that somebody leads and talks that they hold; today, tomorrow, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from peewee import JOIN, Expression, ModelSelect

from services.meetings.models import PLANNED, Group, IntroTalk, Meeting, Signup, Venue
from services.meetings.queries import participants
from services.meetings.queries.deliveries import MEETS_PEOPLE
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.meeting_changes import other_places
from services.meetings.queries.scope import meetings_led
from services.meetings.rules import meetings as meetings_rules
from services.meetings.rules import permissions
from services.meetings.rules.series import span
from services.meetings.rules.today import Progress, progress_of
from shared import clock
from shared.security.actor import Actor, within

# Of one kind, in two days.
MOST = 20


@dataclass(frozen=True)
class Appointment:
    """A meeting of a group, or a talk (`signup_id` is its sign-up).

    id     of the meeting or the talk
    name   of the group, or what somebody wants to be called
    opens  whether this actor may open it
    place  where the meeting is; None where that is not known, and for a talk
    waits_to_be_closed  nobody said yet who was there
    is_own  this actor leads or holds it
    """

    id: str
    organisation_id: str
    name: str
    on: date
    at: time
    progress: Progress
    signup_id: str | None = None
    opens: bool = True
    place: str | None = None
    keeps_names: bool = True
    waits_to_be_closed: bool = False
    is_own: bool = True


@dataclass(frozen=True)
class Appointments:
    """What somebody has today and tomorrow, in the order of the day.

    next  only when there is nothing in these two days: what comes first after that; for a coordinator who has
          nothing at all, the next meeting of any group
    """

    today: list[Appointment]
    tomorrow: list[Appointment]
    next: Appointment | None

    @property
    def all(self) -> list[Appointment]:
        """Return everything that is shown."""
        return self.today + self.tomorrow + ([self.next] if self.next else [])


def get_appointments(actor: Actor, led: Collection[str], stood_in_for: Collection[str]) -> Appointments:
    """Return the appointments of this actor; never more than seven queries.

    led, stood_in_for  the ids of groups that they lead, and of meetings at which they are a substitute
    """
    today, tomorrow = clock.today(), clock.today() + timedelta(days=1)
    mine = Meeting.id.in_(meetings_led(led, stood_in_for))
    here = _meetings(_rows_of_meetings(mine, Meeting.on.between(today, tomorrow)).limit(MOST))
    here += _talks(actor, _rows_of_talks(actor, IntroTalk.on.between(today, tomorrow)).limit(MOST))
    here.sort(key=lambda appointment: (appointment.on, appointment.at, appointment.id))
    return Appointments(
        [appointment for appointment in here if appointment.on == today],
        [appointment for appointment in here if appointment.on == tomorrow],
        None if here else _next(actor, mine),
    )


def _next(actor: Actor, mine: Expression) -> Appointment | None:
    coming = (PLANNED, Meeting.on > clock.today())
    first = _meetings(_rows_of_meetings(mine, *coming).limit(1))
    first += _talks(actor, _rows_of_talks(actor, IntroTalk.on > clock.today()).limit(1))
    if first:
        return min(first, key=lambda appointment: (appointment.on, appointment.at))
    of_anybody = within(actor, Meeting.organisation, (permissions.COORDINATOR,))
    rows = _rows_of_meetings(of_anybody, PLANNED, Meeting.on >= clock.today()).limit(MOST)
    to_come = [meeting for meeting in _meetings(rows, is_own=False) if meeting.progress == Progress.TO_COME]
    return next(iter(to_come), None)


def _rows_of_meetings(*wanted: Expression) -> ModelSelect[Meeting]:
    rows = Meeting.select(Meeting, Group, Venue).join(Group).join(Venue, JOIN.LEFT_OUTER)
    return rows.where(Group.state != "ended", *wanted).order_by(Meeting.on, Meeting.at, Meeting.id)


def _rows_of_talks(actor: Actor, when: Expression) -> ModelSelect[IntroTalk]:
    """Select the talks that this actor holds, of sign-ups that are open."""
    rows = IntroTalk.select(IntroTalk, Signup).join(Signup, on=(Signup.id == IntroTalk.signup_id), attr="signup")
    rows = rows.where(
        IntroTalk.host_staff_id == actor.id,
        IntroTalk.state == "planned",
        when,
        within(actor, IntroTalk.organisation_id),
        Signup.state.in_(("waiting", "returned")),
        Signup.participant_id.is_null(False),
    )
    return rows.order_by(IntroTalk.on, IntroTalk.at, IntroTalk.id)


def _meetings(rows: Iterable[Meeting], *, is_own: bool = True) -> list[Appointment]:
    meetings = list(rows)
    places, now = other_places([row.id for row in meetings]) if meetings else {}, clock.now()
    return [_meeting(row, places[row.id].name if row.id in places else None, now, is_own) for row in meetings]


def _meeting(row: Meeting, other_place: str | None, now: datetime, is_own: bool) -> Appointment:
    usual = row.group.venue.name if row.group.venue else None
    return Appointment(
        row.id,
        row.organisation_id,
        row.group.name,
        row.on,
        row.at,
        progress_of(row.state, *span(row.on, row.at, row.minutes, row.zone), now),
        place=other_place or usual,
        keeps_names=rules_in_force(row.group.kind, row.group.overrides).identity != "headcount",
        waits_to_be_closed=row.state in meetings_rules.TO_CLOSE,
        is_own=is_own,
    )


def _talks(actor: Actor, rows: Iterable[IntroTalk]) -> list[Appointment]:
    talks, now = list(rows), clock.now()
    names = participants.call_names_of(row.signup.participant_id for row in talks)
    return [
        Appointment(
            row.id,
            row.organisation_id,
            names.get(row.signup.participant_id, "…"),
            row.on,
            row.at,
            progress_of(row.state, *span(row.on, row.at, row.minutes, row.zone), now),
            signup_id=row.signup_id,
            opens=bool(actor.roles_in(row.organisation_id) & set(MEETS_PEOPLE)),
        )
        for row in talks
    ]
