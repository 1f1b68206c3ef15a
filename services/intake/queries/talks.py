"""Introductory talks: what was agreed and decided, and usual values; never what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from services.intake.models import IntroTalk, Membership, Undelivered, service
from services.intake.queries import groups, organisations
from services.intake.queries.scope import find_signup, find_talk, list_page
from services.intake.rules import talks as rules
from shared import clock
from shared.security.actor import Actor

# So many talks are looked at to guess where the next one may be.
_LATELY = 50


@dataclass(frozen=True)
class TalkView:
    """An introductory talk; on, at in the wall time of its zone."""

    id: str
    organisation_id: str
    signup_id: str
    host_staff_id: str
    host_name: str
    on: date
    at: time
    zone: str
    minutes: int
    form: str
    place: str
    state: str
    starts_at: datetime
    ends_at: datetime
    called_off_by: str | None
    outcome: str | None
    group_id: str | None
    group_name: str
    reason: str | None
    helps_instead: str | None
    way_back: str | None
    second_look: bool
    decided_at: datetime | None

    @property
    def is_planned(self) -> bool:
        """Return whether it is still to come, or is over without an outcome."""
        return self.state in ("planned", "moved")

    @property
    def may_tell_outcome(self) -> bool:
        """Return whether it may be recorded as held by now."""
        is_due = clock.now() >= self.starts_at - rules.MAY_HOLD_BEFORE
        return is_due and rules.may_become(self.state, "held")


def get_talk(actor: Actor, talk_id: str) -> TalkView:
    """Return one talk; NotFound when there is none, or not for this actor."""
    return talk_views([find_talk(actor, talk_id)])[0]


def page_talks(
    actor: Actor, *, after: str | None, limit: int, state: str | None, signup_id: str | None
) -> list[TalkView]:
    """Return the next talks after this id, of one sign-up when that is given."""
    return talk_views(list_page(actor, IntroTalk, after=after, limit=limit, state=state, signup=signup_id))


@dataclass(frozen=True)
class UndeliveredMessage:
    """A message that a person has to do something about; cause: of notifications' CAUSES."""

    talk_id: str | None
    message_type: str
    cause: str


def list_undelivered(actor: Actor, signup_id: str) -> list[UndeliveredMessage]:
    """Return the messages about the talks and the memberships of a sign-up that did not arrive. NotFound."""
    signup = find_signup(actor, signup_id)
    talks = IntroTalk.select(IntroTalk.id).where(
        IntroTalk.signup == signup_id, IntroTalk.state.in_(["planned", "moved", "called_off"])
    )
    memberships = Membership.select(Membership.id).where(
        Membership.participant_id == signup.participant_id, Membership.state == "active"
    )
    rows = Undelivered.select().where(
        Undelivered.intro_talk_id.in_(talks) | Undelivered.membership_id.in_(memberships)
    )
    return [
        UndeliveredMessage(row.intro_talk_id, row.message_type, row.cause) for row in rows.order_by(Undelivered.id)
    ]


def is_too_late_for_text(on: date, at: time) -> bool:
    """Return whether a talk that is planned now begins before a text message may go again."""
    return rules.is_too_late_for_text(clock.now(), clock.instant(on, at, clock.ZONE))


def usual_host(actor: Actor, organisation_id: str) -> str:
    """Return the likely host of the next talk: the actor when they may, else the host of the newest one."""
    newest = IntroTalk.select().where(IntroTalk.organisation_id == organisation_id).order_by(IntroTalk.id.desc())
    talk = newest.first()
    likely = [actor.id] + ([talk.host_staff_id] if talk else [])
    return next((staff_id for staff_id in likely if organisations.is_host(organisation_id, staff_id)), "")


def likely_place(organisation_id: str, signup_id: str) -> str:
    """Return where the next talk with somebody may be: where theirs was before, else where several people came.

    Where one other person came may be their home, so that is offered to nobody else.
    """
    rows = (
        IntroTalk.select(IntroTalk.id, IntroTalk.signup, IntroTalk.place)
        .where(IntroTalk.organisation_id == organisation_id, IntroTalk.form.startswith("live"))
        .order_by(IntroTalk.id.desc())
        .limit(_LATELY)
    )
    talks = [(place_of(row), row.signup_id) for row in rows]
    own = [place for place, signup in talks if signup == signup_id]
    shared = Counter(place for place, _ in set(talks))
    return next(iter(own), None) or next((place for place, _ in talks if shared[place] > 1), "")


def place_of(row: IntroTalk) -> str:
    """Return where a talk is; it may be empty for a call."""
    return service.encryption.open(row.place, "intro_talk.place", row.id)


def ends_at(row: IntroTalk) -> datetime:
    """Return when a talk is over."""
    return rules.ends_at(clock.instant(row.on, row.at, row.zone), row.minutes)


def talk_views(rows: Iterable[IntroTalk]) -> list[TalkView]:
    """Return these talks, decrypted, in two more statements."""
    talks = list(rows)
    host_names = organisations.names_of({row.host_staff_id for row in talks})
    group_names = groups.names_of({row.group_id for row in talks if row.group_id})
    return [_view(row, host_names.get(row.host_staff_id, ""), group_names.get(row.group_id, "")) for row in talks]


def _view(row: IntroTalk, host_name: str, group_name: str) -> TalkView:
    starts_at = clock.instant(row.on, row.at, row.zone)
    reason = service.encryption.open(row.reason, "intro_talk.reason", row.id) if row.reason else None
    return TalkView(
        id=row.id,
        organisation_id=row.organisation_id,
        signup_id=row.signup_id,
        host_staff_id=row.host_staff_id,
        host_name=host_name,
        on=row.on,
        at=row.at,
        zone=row.zone,
        minutes=row.minutes,
        form=row.form,
        place=place_of(row),
        state=row.state,
        starts_at=starts_at,
        ends_at=rules.ends_at(starts_at, row.minutes),
        called_off_by=row.called_off_by,
        outcome=row.outcome,
        group_id=row.group_id,
        group_name=group_name,
        reason=reason,
        helps_instead=row.helps_instead,
        way_back=row.way_back,
        second_look=row.second_look,
        decided_at=row.decided_at,
    )
