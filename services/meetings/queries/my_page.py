"""A participant's own page: when their groups meet, and whether they called off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from services.meetings.models import Group, Meeting, Membership, Participant, service
from services.meetings.queries.call_offs import called_off_at
from services.meetings.queries.meeting_changes import other_places
from services.meetings.queries.organisations import OrganisationView, list_with_ids
from services.meetings.queries.participants import call_names_of
from services.meetings.rules.meeting_changes import Place
from services.meetings.rules.series import span
from shared import clock
from shared.errors import or_not_found
from shared.security import links

MOST_MEETINGS = 4


@dataclass(frozen=True)
class MyMeeting:
    """One meeting that is still to come, or going on.

    place_name, place_address  only when it is not where the group meets
    link  to call off or take that back; None once the meeting began or when it is cancelled
    """

    id: str
    on: date
    at: time
    until: datetime
    is_cancelled: bool
    is_called_off: bool
    place_name: str | None
    place_address: str | None
    link: str | None


@dataclass(frozen=True)
class MyGroup:
    """One group that somebody takes part in, with its next meetings."""

    name: str
    place_name: str | None
    place_address: str | None
    meetings: tuple[MyMeeting, ...]


@dataclass(frozen=True)
class MyPage:
    """The own page of one participant, with the organisations of their groups and the one that they came to."""

    call_name: str
    groups: tuple[MyGroup, ...]
    organisations: tuple[OrganisationView, ...]


def get_my_page(participant_id: str) -> MyPage:
    """Return the own page of a participant. NotFound for somebody who is not known here (any more)."""
    name = or_not_found(call_names_of([participant_id]).get(participant_id))
    stays = (
        Membership.select(Membership, Group)
        .join(Group)
        .where(Membership.participant_id == participant_id, Membership.state == "active", Group.state != "ended")
        .order_by(Group.name, Membership.id)
    )
    groups = [stay.group for stay in stays]
    home = Participant.get_by_id(participant_id).organisation_id
    organisations = list_with_ids({home, *(group.organisation_id for group in groups)})
    return MyPage(name, tuple(_group(stay) for stay in stays), tuple(organisations))


def _group(stay: Membership) -> MyGroup:
    group, coming = stay.group, list(_coming(stay))
    venue, places = group.venue, other_places([row.id for row in coming])
    return MyGroup(
        group.name,
        None if venue is None else venue.name,
        None if venue is None else venue.address,
        tuple(_meeting(row, stay, places.get(row.id)) for row in coming),
    )


def _coming(stay: Membership) -> Iterable[Meeting]:
    """Return the next meetings from this person's first day on, also one that is going on now."""
    rows = (
        Meeting.select()
        .where(
            Meeting.organisation == stay.organisation_id,
            Meeting.group == stay.group_id,
            Meeting.state.in_(("planned", "cancelled")),
            Meeting.on >= max(clock.today(), stay.starts_on),
        )
        .order_by(Meeting.on, Meeting.at)
        .limit(MOST_MEETINGS + 2)
    )
    now = clock.now()
    return [row for row in rows if span(row.on, row.at, row.minutes, row.zone)[1] > now][:MOST_MEETINGS]


def _meeting(row: Meeting, stay: Membership, place: Place | None) -> MyMeeting:
    starts_at, ends_at = span(row.on, row.at, row.minutes, row.zone)
    is_cancelled = row.state == "cancelled"
    link = None
    if not is_cancelled and starts_at > clock.now():
        subject = f"{row.id}.{stay.id}"
        link = links.mint(service.encryption.keyring, service.name, "call_off", subject, starts_at)
    return MyMeeting(
        row.id,
        row.on,
        row.at,
        ends_at,
        is_cancelled,
        stay.id in called_off_at(row),
        None if place is None else place.name,
        None if place is None else place.address,
        None if link is None else f"/mijn/afmelden/{link}",
    )
