"""Introductory talks: scheduling, moving and calling off, missed or held, and what was decided."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TypedDict, Unpack

from services.intake import events
from services.intake.commands.next_steps import keep_next_step
from services.intake.commands.placements import give_place
from services.intake.commands.publishing import publish_talk, talk_data
from services.intake.commands.signups import WishFields, end_signup, replace_wishes, resting_state
from services.intake.models import Group, IntroTalk, Organisation, Signup, Undelivered, service
from services.intake.queries.groups import is_group_of
from services.intake.queries.organisations import is_host
from services.intake.queries.people import open_people
from services.intake.queries.scope import find_signup, find_talk
from services.intake.queries.talks import place_of
from services.intake.rules import signups as signup_rules
from services.intake.rules import talks as rules
from services.intake.rules.people import Contact, reachable_by
from services.intake.rules.signups import SignupState
from services.intake.rules.talks import TalkState
from shared import clock
from shared.discretion import check_place
from shared.errors import Refusal
from shared.ids import new_id
from shared.messaging.envelope import EventType
from shared.security.actor import Actor


class AgreedFields(TypedDict):
    """What is agreed for a talk: `on` and `at` as a Dutch clock shows them; place may be empty for a call."""

    host_staff_id: str
    on: date
    at: time
    minutes: int
    form: str
    place: str


class OutcomeFields(TypedDict, total=False):
    """What both decided; which of these go together is in rules.talks.check_outcome."""

    group_id: str | None
    reason: str | None
    helps_instead: str | None
    way_back: str | None
    second_look: bool


@service.command
def schedule_intro_talk(
    actor: Actor, *, signup_id: str, keeps_words: bool = True, request_id: str, **agreed: Unpack[AgreedFields]
) -> str:
    """Schedule a talk; return its id.

    keeps_words  whether a place is kept as it is, also when its name would hold the invitation back
    Refused: signup_closed, talk_already_planned, already_has_place, host_unknown, what
    rules.talks.check_may_schedule and discretion.check_place refuse; NotFound.
    """
    signup = find_signup(actor, signup_id)
    signup_rules.check_may_plan_talk(signup.state)
    _check_agreed(signup, agreed)
    if not keeps_words:
        _check_words(signup, agreed)
    talk_id = new_id()
    talk = IntroTalk.create(
        id=talk_id,
        organisation_id=signup.organisation_id,
        signup=signup,
        zone=clock.ZONE,
        state=TalkState.PLANNED,
        **_columns(talk_id, agreed),
    )
    signup.state = SignupState.TALK_PLANNED
    signup.save()
    keep_next_step(signup)
    publish_talk(events.INTRO_TALK_SCHEDULED, talk, None)
    _audit(actor, "create", talk)
    return str(talk.id)


@service.command
def move_intro_talk(
    actor: Actor, *, talk_id: str, keeps_words: bool = True, request_id: str, **agreed: Unpack[AgreedFields]
) -> str:
    """Move a talk to another moment, place or host; return the talk's id.

    keeps_words  as `schedule_intro_talk`
    Refused: talk_over, host_unknown, what rules.talks.check_may_schedule and discretion.check_place refuse;
    NotFound.
    """
    talk = find_talk(actor, talk_id)
    signup = talk.signup
    rules.check_may_move(talk.state)
    _check_agreed(signup, agreed)
    if not keeps_words and agreed["place"] != place_of(talk):
        _check_words(signup, agreed)
    before = talk_data(talk)
    for column, value in _columns(talk_id, agreed).items():
        setattr(talk, column, value)
    talk.state = TalkState.MOVED
    talk.save()
    keep_next_step(signup)
    publish_talk(events.INTRO_TALK_MOVED, talk, before)
    _audit(actor, "change", talk)
    return talk_id


@service.command
def call_off_intro_talk(actor: Actor, *, talk_id: str, by: str, request_id: str) -> str:
    """Call a talk off; `by` is participant or us, and nobody is asked why. Return the talk's id.

    Refused: called_off_by_unknown, talk_over; NotFound.
    """
    talk = find_talk(actor, talk_id)
    rules.check_may_call_off(talk.state, by)
    talk.called_off_by = by
    _end(talk, TalkState.CALLED_OFF, events.INTRO_TALK_CALLED_OFF)
    _audit(actor, "change", talk)
    return talk_id


@service.command
def mark_intro_talk_missed(actor: Actor, *, talk_id: str, request_id: str) -> str:
    """Record that somebody did not come; a new talk may be scheduled. Return the talk's id.

    Refused: talk_over, talk_not_begun; NotFound.
    """
    talk = find_talk(actor, talk_id)
    rules.check_may_miss(talk.state, _starts_at(talk), clock.now())
    _end(talk, TalkState.MISSED, events.INTRO_TALK_MISSED)
    _audit(actor, "change", talk)
    return talk_id


@service.command
def complete_intro_talk(
    actor: Actor,
    *,
    talk_id: str,
    outcome: str,
    request_id: str,
    gives_place: bool = False,
    wish: WishFields | None = None,
    **decided: Unpack[OutcomeFields],
) -> str:
    """Record that a talk was held and what both decided, not what was said; return its id.

    Refused: talk_over, talk_not_begun, group_unknown, what rules.talks.check_outcome refuses; NotFound.
    gives_place  whether the place in the group that was chosen is given at once: refused as `give_place`
    wish         what turned out to be looked for; None leaves the wishes as they are: refused as `change_wishes`
    """
    talk = find_talk(actor, talk_id)
    signup = talk.signup
    rules.check_may_hold(talk.state, _starts_at(talk), clock.now())
    if talk.id != _newest(signup):
        raise Refusal("talk_over")
    before = talk_data(talk)
    talk.state = TalkState.HELD
    publish_talk(events.INTRO_TALK_HELD, talk, before)
    if wish is not None:
        replace_wishes(signup, wish)
    _decide(talk, signup, outcome, decided)
    if gives_place and talk.group_id is not None:
        _give_place(actor, signup, talk.group_id)
    _audit(actor, "change", talk)
    return talk_id


@service.command
def decide_after_talk(
    actor: Actor,
    *,
    talk_id: str,
    outcome: str,
    request_id: str,
    gives_place: bool = False,
    wish: WishFields | None = None,
    **decided: Unpack[OutcomeFields],
) -> str:
    """Decide after a talk what was still open, or change the decision before there is a placement; return the
    talk's id.

    Refused: signup_closed, decided_already, group_unknown, what rules.talks.check_outcome refuses; NotFound.
    gives_place  whether the place in the group that was chosen is given at once: refused as `give_place`
    wish         what turned out to be looked for; None leaves the wishes as they are: refused as `change_wishes`
    """
    talk = find_talk(actor, talk_id)
    signup = talk.signup
    signup_rules.check_may_decide(signup.state)
    if talk.state != TalkState.HELD:
        raise Refusal("talk_over")
    if wish is not None:
        replace_wishes(signup, wish)
    _decide(talk, signup, outcome, decided)
    if gives_place and talk.group_id is not None:
        _give_place(actor, signup, talk.group_id)
    _audit(actor, "change", talk)
    return talk_id


@service.command
def mark_informed(actor: Actor, *, talk_id: str, request_id: str) -> str:
    """Keep that somebody was informed in person of what no message could say about a talk; return the talk's id.

    Refused: nothing_to_tell; NotFound.
    """
    talk = find_talk(actor, talk_id)
    if not Undelivered.delete().where(Undelivered.intro_talk_id == talk_id).execute():
        raise Refusal("nothing_to_tell")
    payload = {"talk_id": talk_id, "organisation_id": talk.organisation_id, "by_staff_id": actor.id}
    service.publish(events.PARTICIPANT_INFORMED, talk_id, payload)
    _audit(actor, "change", talk)
    return talk_id


def _decide(talk: IntroTalk, signup: Signup, outcome: str, decided: OutcomeFields) -> None:
    group_id = decided.get("group_id")
    rules.check_outcome(rules.Outcome(kind=outcome, **decided))
    if group_id and not is_group_of(signup.organisation_id, group_id):
        raise Refusal("group_unknown", field="group_id")
    talk.outcome, talk.decided_at = outcome, clock.now()
    for column in ("group_id", "helps_instead", "way_back"):
        setattr(talk, column, decided.get(column))
    reason = decided.get("reason")
    talk.reason = service.encryption.seal(reason, "intro_talk.reason", talk.id) if reason else None
    talk.second_look = decided.get("second_look", False)
    talk.save()
    signup.state = SignupState.TALK_HELD
    signup.save()
    keep_next_step(signup)
    if signup_rules.is_done_with(outcome, talk.way_back):
        end_signup(signup, "not_now")


def _give_place(actor: Actor, signup: Signup, group_id: str) -> None:
    """Give the place that was decided on; to a group that keeps no names one just comes."""
    group = Group.get_by_id(group_id)
    if group.identity == "headcount":
        end_signup(signup, "comes_along")
    else:
        give_place(actor, signup, group)


def _end(talk: IntroTalk, state: TalkState, event_type: EventType) -> None:
    signup, before = talk.signup, talk_data(talk)
    talk.state = state
    talk.save()
    signup.state = resting_state(signup)
    signup.save()
    keep_next_step(signup)
    publish_talk(event_type, talk, before)


def _check_agreed(signup: Signup, agreed: AgreedFields) -> None:
    person = open_people([signup.participant_id])[signup.participant_id]
    reachable = reachable_by(Contact(email=person.email, mobile=person.mobile))
    rules.check_may_schedule(
        agreed["on"], agreed["at"], agreed["minutes"], agreed["form"], reachable=reachable, now=clock.now()
    )
    if not is_host(signup.organisation_id, agreed["host_staff_id"]):
        raise Refusal("host_unknown", field="host_staff_id")


def _columns(talk_id: str, agreed: AgreedFields) -> dict[str, object]:
    return {**agreed, "place": service.encryption.seal(agreed["place"], "intro_talk.place", talk_id)}


def _check_words(signup: Signup, agreed: AgreedFields) -> None:
    organisation = Organisation.get_by_id(signup.organisation_id)
    check_place(agreed["place"], names=(organisation.name,), is_link=agreed["form"] == "video")


def _newest(signup: Signup) -> str:
    newest = IntroTalk.select().where(IntroTalk.signup == signup.id).order_by(IntroTalk.id.desc()).first()
    return str(newest.id)


def _starts_at(talk: IntroTalk) -> datetime:
    return clock.instant(talk.on, talk.at, talk.zone)


def _audit(actor: Actor, action: str, talk: IntroTalk) -> None:
    service.audit.record(
        actor, action, "intro_talk", talk.id, purpose="intro_talk", organisation_id=talk.organisation_id
    )
