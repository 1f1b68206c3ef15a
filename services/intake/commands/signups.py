"""Sign-ups: receiving one, changing what is looked for, closing and opening it again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypedDict, Unpack

from services.intake import events
from services.intake.commands import people
from services.intake.commands.people import ContactFields
from services.intake.models import Group, IntroTalk, Organisation, Placement, Signup, rate_limiter, service
from services.intake.queries.scope import ROLES, find_signup
from services.intake.rules import needs as needs_rules
from services.intake.rules import progress
from services.intake.rules import signup as rules
from services.intake.rules.progress import SignupState
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.actor import Actor
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
    """All that one may tell beside a name."""


@service.command
def register_signup(
    actor: Actor, *, organisation_id: str, call_name: str, language: str = "nl", purposes: Collection[str] = (),
    signed_up_by: str = "self", network: str | None = None, request_id: str, **told: Unpack[SignupFields],
) -> str:  # fmt: skip
    """Sign somebody up; gives the id. Only a name is needed, and an alias is fine.

    Anybody may sign themselves up with any organisation; staff does it for their own.
    network  where it came from, for who comes by the page: not too often from one, or with one address
    Refused: signed_up_by_unknown, need_unknown, sign_up_too_often (429) and what rules.signup refuses; NotFound.
    """
    _check_organisation(actor, organisation_id, signed_up_by)
    contact = people.contact_of(told)
    consents = people.wanted_consents(purposes, contact)
    asked = _checked(told, call_name, contact, consents)
    if network is not None:
        _count(network, contact)
    participant_id = people.register_participant(organisation_id, asked.call_name, language, contact, consents)
    signup_id = new_id()
    Signup.create(
        id=signup_id, organisation_id=organisation_id, participant=participant_id, state=SignupState.RECEIVED,
        signed_up_by=signed_up_by, received_at=clock.now(), **_columns(signup_id, organisation_id, told, asked),
    )  # fmt: skip
    _say_received(signup_id, participant_id, organisation_id)
    service.audit.record(actor, "create", "signup", signup_id, purpose="signup", organisation_id=organisation_id)
    return signup_id


@service.command
def change_wishes(actor: Actor, *, signup_id: str, request_id: str, **wish: Unpack[WishFields]) -> str:
    """Write down what somebody looks for now; what is left out is wiped. Gives the sign-up's id.

    Refused: need_unknown and what rules.signup refuses of a wish; NotFound.
    """
    signup = find_signup(actor, signup_id)
    asked = _checked(wish, "-", rules.Contact(), frozenset())
    for column, value in _columns(signup_id, signup.organisation_id, wish, asked).items():
        setattr(signup, column, value)
    signup.save()
    _note_change(actor, signup, "wishes")
    return signup_id


@service.command
def close_signup(actor: Actor, *, signup_id: str, reason: str, request_id: str) -> str:
    """Nobody waits for anything any more; a planned talk is called off. Gives the sign-up's id.

    Refused: signup_closed, close_reason_unknown, place_still_open; NotFound.
    """
    signup = find_signup(actor, signup_id)
    place = Placement.select().where(Placement.signup == signup_id).order_by(Placement.id.desc()).first()
    progress.check_may_close(signup.state, reason, place.state if place else None)
    for talk in IntroTalk.select().where(IntroTalk.signup == signup_id, IntroTalk.state.in_(["planned", "moved"])):
        talk.state, talk.called_off_by = "called_off", "us"
        talk.save()
        service.publish(events.INTRO_TALK_CALLED_OFF, talk.id, told_of(talk, signup))
    end_signup(signup, reason)
    _note_change(actor, signup, "close")
    return signup_id


@service.command
def reopen_signup(actor: Actor, *, signup_id: str, request_id: str) -> str:
    """Take up a closed sign-up again: there is always a way back. Gives its id.

    Refused: signup_not_closed; NotFound.
    """
    signup = find_signup(actor, signup_id)
    progress.check_may_reopen(signup.state)
    signup.state, signup.closed_because, signup.closed_at = resting_state(signup), None, None
    signup.save()
    _say_received(signup_id, signup.participant_id, signup.organisation_id)
    _note_change(actor, signup, "reopen")
    return signup_id


def end_signup(signup: Signup, reason: str) -> None:
    """Close it, as part of a command that decided so."""
    signup.state, signup.closed_because, signup.closed_at = SignupState.CLOSED, reason, clock.now()
    signup.save()
    service.publish(
        events.SIGNUP_CLOSED,
        signup.id,
        {"signup_id": signup.id, "organisation_id": signup.organisation_id},
    )


def resting_state(signup: Signup) -> SignupState:
    """Where it waits when no talk is planned and no place is given."""
    held = IntroTalk.select().where(IntroTalk.signup == signup.id, IntroTalk.state == "held").exists()
    return progress.resting_state(held)


def told_of(talk: IntroTalk, signup: Signup) -> dict[str, Any]:
    """What every event about a talk says at least."""
    return {
        "talk_id": talk.id,
        "signup_id": signup.id,
        "participant_id": signup.participant_id,
        "organisation_id": signup.organisation_id,
    }


def _check_organisation(actor: Actor, organisation_id: str, signed_up_by: str) -> None:
    progress.check_signed_up_by(signed_up_by)
    if Organisation.get_or_none(Organisation.id == organisation_id) is None:
        raise NotFound()
    by_themselves = actor.kind == "public" and signed_up_by == "self"
    if not by_themselves and not actor.roles_in(organisation_id) & set(ROLES):
        raise NotFound()


def _count(network: str, contact: rules.Contact) -> None:
    place, addresses = network_of(network), [one for one in (contact.email, contact.mobile) if one]
    is_fine = rate_limiter.allows("sign_up_network", place, rules.MOST_FROM_A_NETWORK) and all(
        rate_limiter.allows("sign_up_address", one.lower(), rules.MOST_WITH_AN_ADDRESS) for one in addresses
    )
    if not is_fine:
        raise TooManyRequests("sign_up_too_often")
    rate_limiter.record("sign_up_network", place)
    for one in addresses:
        rate_limiter.record("sign_up_address", one.lower())


def _checked(
    told: WishFields, call_name: str, contact: rules.Contact, consents: frozenset[rules.Consent]
) -> rules.Signup:
    needs_rules.check_needs(told.get("needs", ()))
    return rules.check_signup(
        rules.Signup(
            call_name=call_name,
            contact=contact,
            consents=consents,
            help_question=told.get("help_question", ""),
            audience=told.get("audience"),
            days=frozenset(told.get("days", ())),
            parts_of_day=frozenset(told.get("parts_of_day", ())),
            area=told.get("area"),
        )
    )


def _columns(signup_id: str, organisation_id: str, told: WishFields, asked: rules.Signup) -> dict[str, Any]:
    words = asked.help_question
    avoided = told.get("avoided_groups", ())
    known = Group.select(Group.id).where(Group.id.in_(list(avoided)), Group.organisation_id == organisation_id)
    return {
        "help_question": service.encryption.seal(words, "signup.help_question", signup_id) if words else None,
        "audience": asked.audience,
        "days": sorted(asked.days),
        "parts_of_day": [part for part in rules.PARTS_OF_DAY if part in asked.parts_of_day],
        "area": asked.area,
        "needs": sorted(set(told.get("needs", ()))),
        "themes": sorted(set(told.get("themes", ()))),
        "avoided_groups": sorted(row.id for row in known),
    }


def _say_received(signup_id: str, participant_id: str, organisation_id: str) -> None:
    service.publish(
        events.SIGNUP_RECEIVED,
        signup_id,
        {"signup_id": signup_id, "participant_id": participant_id, "organisation_id": organisation_id},
    )


def _note_change(actor: Actor, signup: Signup, purpose: str) -> None:
    service.audit.record(
        actor, "change", "signup", signup.id, purpose=purpose, organisation_id=signup.organisation_id
    )
