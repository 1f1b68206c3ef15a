"""Sign-ups: receiving one, changing its wishes, closing and reopening it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypedDict, Unpack

from services.intake import events
from services.intake.commands import people
from services.intake.commands.next_steps import keep_next_step
from services.intake.commands.people import ContactFields
from services.intake.commands.publishing import (
    publish_signup_closed,
    publish_signup_received,
    publish_talk,
    talk_data,
)
from services.intake.models import (
    Group,
    IntroTalk,
    Organisation,
    Participant,
    Placement,
    Signup,
    rate_limiter,
    service,
)
from services.intake.queries.scope import ROLES, find_signup
from services.intake.rules import signups as rules
from services.intake.rules.people import Consent, Contact, check_call_name, check_language
from services.intake.rules.signups import SignupState
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.actor import Actor, system
from shared.security.rate_limit import TooManyRequests, network_of


class WishFields(TypedDict, total=False):
    """What somebody looks for; everything may be left out. Days are weekdays, 0 is Monday."""

    help_question: str
    audience: str | None
    days: Collection[int]
    parts_of_day: Collection[str]
    area: str | None
    needs: Collection[str]
    themes: Collection[str]
    avoided_groups: Collection[str]


class SignupFields(ContactFields, WishFields):
    """All that may be filled in besides a name."""


@service.command
def register_signup(
    actor: Actor,
    *,
    organisation_id: str,
    call_name: str,
    language: str = "nl",
    purposes: Collection[str] = (),
    signed_up_by: str = "self",
    network: str | None = None,
    request_id: str,
    **fields: Unpack[SignupFields],
) -> str:
    """Sign somebody up; return the id. Only a name is needed, and an alias is fine.

    Anybody may sign themselves up with any organisation; staff does it for their own.
    network  where the request came from, when it came by the page: limited per network
    Refused: signed_up_by_unknown, language_unknown, need_unknown, sign_up_too_often (429) and what rules.signups
    refuses; NotFound.
    """
    _check_organisation(actor, organisation_id, signed_up_by)
    check_language(language)
    contact = people.contact_of(fields)
    consents = people.wanted_consents(purposes, contact)
    signup = _checked(fields, call_name, contact, consents)
    if network is not None:
        _limit_rate(network)
    participant_id = people.register_participant(organisation_id, signup.call_name, language, contact, consents)
    signup_id = new_id()
    row = Signup.create(
        id=signup_id,
        organisation_id=organisation_id,
        participant=participant_id,
        state=SignupState.RECEIVED,
        signed_up_by=signed_up_by,
        received_at=clock.now(),
        **_columns(signup_id, organisation_id, fields, signup),
    )
    keep_next_step(row)
    publish_signup_received(signup_id, participant_id, organisation_id)
    service.audit.record(actor, "create", "signup", signup_id, purpose="signup", organisation_id=organisation_id)
    return signup_id


@service.command
def change_wishes(actor: Actor, *, signup_id: str, request_id: str, **wish: Unpack[WishFields]) -> str:
    """Replace the wishes of a sign-up; what is left out is wiped. Return the sign-up's id.

    Refused: need_unknown and what rules.signups refuses of a wish; NotFound.
    """
    signup = find_signup(actor, signup_id)
    replace_wishes(signup, wish)
    _audit_change(actor, signup, "wishes")
    return signup_id


@service.command
def close_signup(actor: Actor, *, signup_id: str, reason: str, request_id: str) -> str:
    """Close a sign-up, so that nobody waits any more; call off a planned talk. Return the sign-up's id.

    Refused: signup_closed, close_reason_unknown, place_still_open; NotFound.
    """
    signup = find_signup(actor, signup_id)
    place = Placement.select().where(Placement.signup == signup_id).order_by(Placement.id.desc()).first()
    rules.check_may_close(signup.state, reason, place.state if place else None)
    for talk in IntroTalk.select().where(IntroTalk.signup == signup_id, IntroTalk.state.in_(["planned", "moved"])):
        before = talk_data(talk)
        talk.state, talk.called_off_by = "called_off", "us"
        talk.save()
        publish_talk(events.INTRO_TALK_CALLED_OFF, talk, before)
    end_signup(signup, reason)
    _audit_change(actor, signup, "close")
    return signup_id


@service.command
def reopen_signup(actor: Actor, *, signup_id: str, request_id: str) -> str:
    """Reopen a closed sign-up; return its id.

    Refused: signup_not_closed; NotFound.
    """
    signup = find_signup(actor, signup_id)
    rules.check_may_reopen(signup.state)
    signup.state, signup.closed_because, signup.closed_at = resting_state(signup), None, None
    signup.save()
    keep_next_step(signup)
    publish_signup_received(signup_id, signup.participant_id, signup.organisation_id)
    _audit_change(actor, signup, "reopen")
    return signup_id


def welcome_walk_in(participant_id: str, organisation_id: str, group_id: str, call_name: str) -> None:
    """Register somebody who walked into a group as a participant of that group's organisation. Idempotent.

    Without an address or a consent until somebody asks for them: that is what the sign-up waits
    for. Refused: call_name_missing, call_name_too_long.
    """
    if Participant.select().where(Participant.id == participant_id).exists():
        return
    group = Group.get_or_none(Group.id == group_id, Group.organisation_id == organisation_id)
    language = "nl" if group is None else group.language
    people.register_participant(
        organisation_id, check_call_name(call_name), language, Contact(), frozenset(), participant_id
    )
    signup = Signup.create(
        id=new_id(),
        organisation_id=organisation_id,
        participant=participant_id,
        state=SignupState.PLACED,
        signed_up_by=rules.WALK_IN,
        received_at=clock.now(),
    )
    keep_next_step(signup)
    service.audit.record(
        system("intake"),
        "create",
        "participant",
        participant_id,
        purpose="walk_in",
        organisation_id=organisation_id,
    )


def replace_wishes(signup: Signup, wish: WishFields) -> None:
    """Replace the wishes of a sign-up, inside the transaction of a command. Refused: as `change_wishes`."""
    checked = _checked(wish, "-", Contact(), frozenset())
    for column, value in _columns(signup.id, signup.organisation_id, wish, checked).items():
        setattr(signup, column, value)
    signup.save()


def end_signup(signup: Signup, reason: str) -> None:
    """Close a sign-up and publish it, inside the transaction of a command."""
    signup.state, signup.closed_because, signup.closed_at = SignupState.CLOSED, reason, clock.now()
    signup.save()
    keep_next_step(signup)
    publish_signup_closed(signup)


def resting_state(signup: Signup) -> SignupState:
    """Return the state of a sign-up without a planned talk and without a placement."""
    was_held = IntroTalk.select().where(IntroTalk.signup == signup.id, IntroTalk.state == "held").exists()
    return rules.resting_state(was_held)


def _check_organisation(actor: Actor, organisation_id: str, signed_up_by: str) -> None:
    rules.check_signed_up_by(signed_up_by)
    if Organisation.get_or_none(Organisation.id == organisation_id) is None:
        raise NotFound()
    by_themselves = actor.kind == "public" and signed_up_by == "self"
    if not by_themselves and not actor.roles_in(organisation_id) & set(ROLES):
        raise NotFound()


def _limit_rate(network: str) -> None:
    place = network_of(network)
    if not rate_limiter.allows("sign_up_network", place, rules.MOST_FROM_A_NETWORK):
        raise TooManyRequests("sign_up_too_often")
    rate_limiter.record("sign_up_network", place)


def _checked(fields: WishFields, call_name: str, contact: Contact, consents: frozenset[Consent]) -> rules.Signup:
    rules.check_needs(fields.get("needs", ()))
    return rules.check_signup(
        rules.Signup(
            call_name=call_name,
            contact=contact,
            consents=consents,
            help_question=fields.get("help_question", ""),
            audience=fields.get("audience"),
            days=frozenset(fields.get("days", ())),
            parts_of_day=frozenset(fields.get("parts_of_day", ())),
            area=fields.get("area"),
        )
    )


def _columns(signup_id: str, organisation_id: str, fields: WishFields, signup: rules.Signup) -> dict[str, object]:
    words = signup.help_question
    avoided = list(fields.get("avoided_groups", ()))
    own_groups = Group.select(Group.id).where(Group.id.in_(avoided), Group.organisation_id == organisation_id)
    return {
        "help_question": service.encryption.seal(words, "signup.help_question", signup_id) if words else None,
        "audience": signup.audience,
        "days": sorted(signup.days),
        "parts_of_day": [part for part in rules.PARTS_OF_DAY if part in signup.parts_of_day],
        "area": signup.area,
        "needs": sorted(set(fields.get("needs", ()))),
        "themes": sorted(set(fields.get("themes", ()))),
        "avoided_groups": sorted(row.id for row in own_groups),
    }


def _audit_change(actor: Actor, signup: Signup, purpose: str) -> None:
    service.audit.record(
        actor, "change", "signup", signup.id, purpose=purpose, organisation_id=signup.organisation_id
    )
