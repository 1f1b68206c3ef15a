"""What needs a member of staff today, by role: sign-ups, talks, meetings and groups."""

from __future__ import annotations

from collections.abc import Collection, Sized
from dataclasses import dataclass

from peewee import Expression, fn

from services.meetings.models import PLANNED, Group, GroupFacilitator, Meeting
from services.meetings.queries.appointments import Appointments, get_appointments
from services.meetings.queries.closing import UnclosedMeeting, Unreported, list_unclosed, sum_unreported
from services.meetings.queries.deliveries import (
    UndeliveredOfMeeting,
    UndeliveredToPerson,
    list_undelivered_of_meetings,
    list_undelivered_to_people,
)
from services.meetings.queries.follow_up_calls import CallsToday, count_calls
from services.meetings.queries.kinds import rule_in_force, rules_in_force
from services.meetings.queries.meeting_changes import MeetingToAnnounce, list_meetings_to_announce
from services.meetings.queries.next_steps import SignupSummary, TalkSummary, list_next_steps
from services.meetings.queries.organisations import OrganisationView, list_unfinished, names_managed_alone
from services.meetings.queries.scope import ids_led_by, ids_stood_in_for
from services.meetings.queries.staff import names_by_organisation
from services.meetings.rules import groups as groups_rules
from services.meetings.rules import permissions
from services.meetings.rules.today import (
    PENDING_COUNTS,
    QUICK_ACTIONS,
    PendingCount,
    QuickAction,
    has_appointments,
)
from shared import clock
from shared.security.actor import Actor, within

# Of whatever there may be many of, what comes first: SHOWN, and one more to tell that there is more.
SHOWN = 10
MOST = SHOWN + 1


@dataclass(frozen=True)
class GroupNeed:
    """A group that cannot go on as it is, and the first thing it lacks, of `rules.groups.lacks`."""

    group_id: str
    name: str
    lacks: str


@dataclass(frozen=True)
class Today:
    """All that needs this actor today.

    has_appointments  somebody in these roles leads groups or holds talks, whether there are any now or not
    to_announce  changed meetings with members whom no message reaches
    undelivered  messages to people that did not arrive, and of meetings how many
    unreported   meetings that their facilitators have not closed, for the coordinator
    calls     how many people may be called after a missed meeting, by group
    colleagues  organisation -> who there sees to sign-ups, where this actor holds a talk and may not
    alone_in  organisations in which nobody else works yet
    to_introduce  organisations of which nobody said yet who they are and how they can be reached
    more      the names of these lists that are longer than what is here
    """

    appointments: Appointments
    has_appointments: bool
    talks_over: list[TalkSummary]
    waiting: list[SignupSummary]
    to_place: list[SignupSummary]
    unclosed: list[UnclosedMeeting]
    unreported: Unreported | None
    groups: list[GroupNeed]
    to_announce: list[MeetingToAnnounce]
    undelivered: list[UndeliveredToPerson]
    undelivered_of_meetings: list[UndeliveredOfMeeting]
    calls: list[CallsToday]
    alone_in: list[str]
    to_introduce: list[OrganisationView]
    colleagues: dict[str, list[str]]
    starts_first_group: bool
    more: frozenset[str]

    @property
    def is_quiet(self) -> bool:
        """Return whether there is nothing for this actor, appointments apart."""
        to_do = (
            (
                self.talks_over,
                self.waiting,
                self.to_place,
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
        talks = [appointment for appointment in self.appointments.all if appointment.signup_id]
        signups = self.waiting + self.to_place
        return sorted(
            {talk.organisation_id for talk in talks}
            | {summary.organisation_id for summary in self.talks_over}
            | {summary.organisation_id for summary in signups}
            | {summary.organisation_id for summary in self.undelivered}
        )


def get_today(actor: Actor) -> Today:
    """Return what needs this member of staff now; however much there is, by a fixed number of queries at most."""
    led, stood_in_for = ids_led_by(actor), ids_stood_in_for(actor)
    steps, needs = list_next_steps(actor, MOST), _needs(actor, led)
    undelivered = list_undelivered_to_people(actor, MOST)
    lists: dict[str, Sized] = {
        "talks_over": steps.over,
        "waiting": steps.waiting,
        "to_place": steps.to_place,
        "groups": needs,
        "undelivered": undelivered,
    }
    closed = {talk.organisation_id for talk in steps.over[:SHOWN] if not talk.opens}
    closed |= {message.organisation_id for message in undelivered[:SHOWN] if not message.opens}
    return Today(
        talks_over=steps.over[:SHOWN],
        waiting=steps.waiting[:SHOWN],
        to_place=steps.to_place[:SHOWN],
        groups=needs[:SHOWN],
        undelivered=undelivered[:SHOWN],
        more=frozenset(name for name, rows in lists.items() if len(rows) > SHOWN),
        appointments=get_appointments(actor, led, stood_in_for),
        has_appointments=has_appointments(actor.roles),
        unclosed=list_unclosed(led, stood_in_for),
        unreported=sum_unreported(actor, led),
        to_announce=list_meetings_to_announce(led, stood_in_for),
        undelivered_of_meetings=list_undelivered_of_meetings(led, stood_in_for),
        calls=count_calls(actor),
        alone_in=names_managed_alone(actor),
        to_introduce=list_unfinished(actor),
        colleagues=names_by_organisation(closed, permissions.INTRO_WORKER),
        starts_first_group=bool(actor.organisations(permissions.COORDINATOR))
        and not Group.select(Group.id).where(_looked_after(actor, led)).exists(),
    )


def _looked_after(actor: Actor, led: Collection[str]) -> Expression:
    """Select the groups that this actor looks after: as coordinator, or because they lead them."""
    return (Group.state != "ended") & (
        within(actor, Group.organisation, (permissions.COORDINATOR,)) | Group.id.in_(sorted(led))
    )


def _needs(actor: Actor, led: Collection[str]) -> list[GroupNeed]:
    """Return groups that cannot go on as they are, the oldest groups first: as soon as there are MOST it stops."""
    least = fn.COALESCE(rule_in_force("leaders_least").cast("integer"), 1)
    facilitators = GroupFacilitator.select(fn.COUNT(GroupFacilitator.id)).where(GroupFacilitator.group == Group.id)
    coming = Meeting.select(Meeting.id).where(Meeting.group == Group.id, PLANNED, Meeting.on >= clock.today())
    appoints = within(actor, Group.organisation, (permissions.COORDINATOR, permissions.MANAGER))
    rows = (
        Group.select(Group, fn.EXISTS(coming).alias("has_meetings"), facilitators.alias("leaders"))
        .where(_looked_after(actor, led), ~fn.EXISTS(coming) | (appoints & (facilitators < least)))
        .order_by(Group.id)
        .limit(MOST)
    )
    return sorted((_need(actor, row) for row in rows), key=lambda need: need.name.casefold())


def _need(actor: Actor, group: Group) -> GroupNeed:
    lacks = groups_rules.lacks(
        has_meetings=bool(group.has_meetings),
        leaders=group.leaders,
        leaders_least=rules_in_force(group.kind, group.overrides).leaders_least,
    )
    appoints = permissions.may_appoint_facilitators(actor.roles_in(group.organisation_id))
    return GroupNeed(group.id, group.name, next(need for need in lacks if need == "meetings" or appoints))


def list_quick_actions(actor: Actor) -> list[QuickAction]:
    """Return what this actor may start from the page."""
    return [action for action in QUICK_ACTIONS if action.roles & actor.roles]


def list_pending_counts(actor: Actor) -> list[PendingCount]:
    """Return the services in which this actor works, each once."""
    by_address: dict[str, PendingCount] = {}
    for count in PENDING_COUNTS:
        if actor.organisations(*count.roles):
            by_address.setdefault(count.address, count)
    return list(by_address.values())
