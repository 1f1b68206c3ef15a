"""What needs a member of staff today, by role: sign-ups, talks, meetings and groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from peewee import JOIN

from services.meetings.models import Group, GroupFacilitator, IntroTalk, Signup
from services.meetings.queries import participants
from services.meetings.queries.closing import (
    MeetingToday,
    Unreported,
    list_meetings_to_close,
    list_unreported,
)
from services.meetings.queries.deliveries import (
    MEETS_PEOPLE,
    UndeliveredOfMeeting,
    UndeliveredToPerson,
    list_undelivered_of_meetings,
    list_undelivered_to_people,
)
from services.meetings.queries.follow_up_calls import CallsToday, count_calls
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.meeting_changes import MeetingToAnnounce, list_meetings_to_announce
from services.meetings.queries.organisations import OrganisationView, list_unfinished, names_managed_alone
from services.meetings.queries.scope import ids_led_by, ids_stood_in_for
from services.meetings.queries.series import next_meetings_of
from services.meetings.queries.staff import names_by_organisation, names_of
from services.meetings.rules import groups as groups_rules
from services.meetings.rules import permissions
from shared import clock
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class TalkSummary:
    """A talk today, or one without an outcome. `opens` is whether this actor may open the sign-up."""

    signup_id: str
    organisation_id: str
    call_name: str
    host_name: str
    is_host: bool
    on: date
    at: time
    opens: bool


@dataclass(frozen=True)
class SignupSummary:
    """A sign-up that waits for a talk or for a placement (`is_returned`: the group returned one)."""

    signup_id: str
    organisation_id: str
    call_name: str
    received_at: datetime
    is_returned: bool = False


@dataclass(frozen=True)
class GroupNeed:
    """A group that cannot go on as it is, and the first thing it lacks, of `rules.groups.lacks`."""

    group_id: str
    name: str
    lacks: str


@dataclass(frozen=True)
class Today:
    """All that needs this actor today.

    to_announce  changed meetings with members whom no message reaches
    undelivered  messages to people that did not arrive, and of meetings how many
    unreported   groups with meetings that their facilitators have not closed, for the coordinator
    calls     how many people may be called after a missed meeting, by group
    colleagues  organisation -> who there sees to sign-ups, where this actor holds a talk and may not
    alone_in  organisations in which nobody else works yet
    to_introduce  organisations of which nobody said yet who they are and how they can be reached
    """

    talks_today: list[TalkSummary]
    talks_over: list[TalkSummary]
    waiting: list[SignupSummary]
    to_place: list[SignupSummary]
    tonight: list[MeetingToday]
    unclosed: list[MeetingToday]
    unreported: list[Unreported]
    groups: list[GroupNeed]
    to_announce: list[MeetingToAnnounce]
    undelivered: list[UndeliveredToPerson]
    undelivered_of_meetings: list[UndeliveredOfMeeting]
    calls: list[CallsToday]
    alone_in: list[str]
    to_introduce: list[OrganisationView]
    colleagues: dict[str, list[str]]
    starts_first_group: bool

    @property
    def is_quiet(self) -> bool:
        """Return whether there is nothing for this actor."""
        to_do = (
            (
                self.talks_today,
                self.talks_over,
                self.waiting,
                self.to_place,
                self.tonight,
                self.unclosed,
                self.groups,
            ),
            (self.to_announce, self.undelivered, self.undelivered_of_meetings),
            (self.calls, self.alone_in, self.to_introduce, self.starts_first_group, self.unreported),
        )
        return not any(any(part) for part in to_do)

    @property
    def people_of(self) -> list[str]:
        """Return the organisations of the sign-ups whose call names are shown."""
        talks, signups = self.talks_today + self.talks_over, self.waiting + self.to_place
        return sorted(
            {summary.organisation_id for summary in talks}
            | {summary.organisation_id for summary in signups}
            | {summary.organisation_id for summary in self.undelivered}
        )


def get_today(actor: Actor) -> Today:
    """Return what needs this member of staff now; always the same number of queries."""
    steps = _steps(actor)
    led, stood_in_for = ids_led_by(actor), ids_stood_in_for(actor)
    tonight, unclosed = list_meetings_to_close(led, stood_in_for)
    groups = _groups(actor, led)
    undelivered = list_undelivered_to_people(actor)
    closed = {talk.organisation_id for talk in steps.over if not talk.opens}
    closed |= {message.organisation_id for message in undelivered if not message.opens}
    return Today(
        talks_today=steps.today,
        talks_over=steps.over,
        waiting=steps.waiting,
        to_place=steps.to_place,
        tonight=tonight,
        unclosed=unclosed,
        unreported=list_unreported(actor, led),
        groups=_needs(actor, groups),
        to_announce=list_meetings_to_announce(led, stood_in_for),
        undelivered=undelivered,
        undelivered_of_meetings=list_undelivered_of_meetings(led, stood_in_for),
        calls=count_calls(actor),
        alone_in=names_managed_alone(actor),
        to_introduce=list_unfinished(actor),
        colleagues=names_by_organisation(closed, permissions.INTRO_WORKER),
        starts_first_group=bool(actor.organisations(permissions.COORDINATOR)) and not groups,
    )


@dataclass(frozen=True)
class _Steps:
    """Open sign-ups by what comes next for them."""

    today: list[TalkSummary]
    over: list[TalkSummary]
    waiting: list[SignupSummary]
    to_place: list[SignupSummary]


def _steps(actor: Actor) -> _Steps:
    signups, talks = _open_signups(actor)
    names = participants.call_names_of(row.participant_id for row in signups.values())
    hosts = names_of(talk.host_staff_id for talk in talks.values() if talk.host_staff_id)
    steps = _Steps([], [], [], [])
    for signup in sorted(signups.values(), key=lambda row: (row.received_at, row.id)):
        name, talk = names.get(signup.participant_id, "…"), talks.get(signup.id)
        meets = bool(actor.roles_in(signup.organisation_id) & set(MEETS_PEOPLE))
        if talk is not None and talk.state == "planned":
            _add_talk(steps, talk, name, hosts.get(talk.host_staff_id, "…"), actor, meets)
        elif meets:
            is_returned = signup.state == "returned"
            summary = SignupSummary(signup.id, signup.organisation_id, name, signup.received_at, is_returned)
            (steps.to_place if is_returned or talk is not None else steps.waiting).append(summary)
    steps.today.sort(key=lambda summary: summary.at)
    return steps


def _add_talk(steps: _Steps, talk: IntroTalk, name: str, host: str, actor: Actor, opens: bool) -> None:
    if talk.on > clock.today():
        return
    summary = TalkSummary(
        talk.signup_id, talk.organisation_id, name, host, talk.host_staff_id == actor.id, talk.on, talk.at, opens
    )
    (steps.today if talk.on == clock.today() else steps.over).append(summary)


def _open_signups(actor: Actor) -> tuple[dict[str, Signup], dict[str, IntroTalk]]:
    """Return open sign-ups by id, and of each the talk that counts: planned before held."""
    counts = (IntroTalk.signup_id == Signup.id) & IntroTalk.state.in_(("planned", "held"))
    rows = (
        Signup.select(Signup, IntroTalk)
        .join(IntroTalk, JOIN.LEFT_OUTER, on=counts, attr="talk")
        .where(
            Signup.state.in_(("waiting", "returned")),
            Signup.participant_id.is_null(False),
            within(actor, Signup.organisation_id, MEETS_PEOPLE)
            | (within(actor, Signup.organisation_id) & (IntroTalk.host_staff_id == actor.id)),
        )
        .order_by(IntroTalk.state, IntroTalk.id)  # held before planned: the planned one is written over it
    )
    signups: dict[str, Signup] = {}
    talks: dict[str, IntroTalk] = {}
    for row in rows:
        signups[row.id] = row
        talk = getattr(row, "talk", None)
        if talk is not None and talk.id is not None:
            talks[row.id] = talk
    return signups, talks


def _groups(actor: Actor, led: Collection[str]) -> list[Group]:
    """Return the groups that this actor looks after: as coordinator, or because they lead them."""
    looked_after = within(actor, Group.organisation, (permissions.COORDINATOR,)) | Group.id.in_(sorted(led))
    return list(Group.select().where(Group.state != "ended", looked_after).order_by(Group.name))


def _needs(actor: Actor, groups: Collection[Group]) -> list[GroupNeed]:
    ids = [group.id for group in groups]
    coming = next_meetings_of(ids)
    leaders = Counter(
        row.group_id for row in GroupFacilitator.select().where(GroupFacilitator.group.in_(sorted(ids)))
    )
    needs = []
    for group in groups:
        lacks = groups_rules.lacks(
            has_meetings=group.id in coming,
            leaders=leaders[group.id],
            leaders_least=rules_in_force(group.kind, group.overrides).leaders_least,
        )
        appoints = permissions.may_appoint_facilitators(actor.roles_in(group.organisation_id))
        actionable = [need for need in lacks if need == "meetings" or appoints]
        needs += [GroupNeed(group.id, group.name, need) for need in actionable[:1]]
    return needs


@dataclass(frozen=True)
class PendingCount:
    """A service that counts what waits there for somebody in one of these roles.

    name     as the page calls it
    address  the address that a script asks
    pages    where a link goes without a script
    """

    name: str
    roles: frozenset[str]
    address: str
    pages: tuple[str, ...]


PENDING_COUNTS = (
    PendingCount("facilitator", frozenset({permissions.FACILITATOR}), "/berichten/wacht", ("missed", "replies")),
    PendingCount("messenger", frozenset({permissions.MESSENGER}), "/berichten/wacht", ("messages", "replies")),
    PendingCount(
        "events", frozenset({permissions.MESSENGER, permissions.MANAGER}), "/gebeurtenissen/wacht", ("events",)
    ),
)


def list_pending_counts(actor: Actor) -> list[PendingCount]:
    """Return the services in which this actor works, each once."""
    by_address: dict[str, PendingCount] = {}
    for count in PENDING_COUNTS:
        if actor.organisations(*count.roles):
            by_address.setdefault(count.address, count)
    return list(by_address.values())
