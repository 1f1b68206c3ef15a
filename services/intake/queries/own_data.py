"""All that intake stores of one person, for that person and in a form that other software can read."""

from __future__ import annotations

from services.intake.models import (
    Consent,
    Group,
    IntroTalk,
    Membership,
    Organisation,
    Placement,
    Reachability,
    Signup,
    service,
)
from services.intake.queries.people import Person, open_help_question, open_people
from services.intake.queries.talks import place_of
from shared.errors import NotFound
from shared.security.actor import Actor

Values = dict[str, object]


def get_own(actor: Actor) -> Person:
    """Return the actor as a person, decrypted; NotFound when nothing is left of them."""
    people = open_people([actor.id]) if actor.kind == "participant" else {}
    if actor.id not in people:
        raise NotFound()
    return people[actor.id]


def list_own_data(actor: Actor) -> Values:
    """Return everything as plain values, days and moments as text; NotFound when nothing is left of them."""
    person = get_own(actor)
    signups = list(Signup.select().where(Signup.participant == person.id).order_by(Signup.id))
    return {
        "organisation": _name_of(Organisation, person.organisation_id),
        "person": _person(person),
        "consents": [_consent(row) for row in Consent.select().where(Consent.participant == person.id)],
        "signups": [_signup(row) for row in signups],
        "introductory_talks": [
            _talk(row) for row in IntroTalk.select().where(IntroTalk.signup.in_(signups)).order_by(IntroTalk.on)
        ],
        "places_given": [_place(row) for row in Placement.select().where(Placement.participant == person.id)],
        "groups": [_membership(row) for row in Membership.select().where(Membership.participant_id == person.id)],
        "came_back": _refused_channels(person.id),
        "looked_at_by": _accesses(person.id, [row.id for row in signups]),
    }


def _person(person: Person) -> Values:
    return {
        "id": person.id,
        "call_name": person.call_name,
        "language": person.language,
        "email": person.email,
        "mobile": person.mobile,
        "phone_is_shared": person.phone_is_shared,
        "may_leave_message": person.may_leave_message,
    }


def _consent(row: Consent) -> Values:
    return {
        "purpose": row.purpose,
        "channel": row.channel,
        "text_version": row.text_version,
        "given_at": row.given_at.isoformat(),
        "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
    }


def _signup(row: Signup) -> Values:
    avoided = [_name_of(Group, group_id) for group_id in row.avoided_groups]
    return {
        "id": row.id,
        "state": row.state,
        "signed_up_by": row.signed_up_by,
        "received_at": row.received_at.isoformat(),
        "help_question": open_help_question(row) or None,
        "audience": row.audience,
        "days": row.days,
        "parts_of_day": row.parts_of_day,
        "area": row.area,
        "needs": row.needs,
        "themes": row.themes,
        "avoided_groups": avoided,
        "closed_because": row.closed_because,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
    }


def _talk(row: IntroTalk) -> Values:
    reason = service.encryption.open(row.reason, "intro_talk.reason", row.id) if row.reason else None
    return {
        "on": row.on.isoformat(),
        "at": row.at.strftime("%H:%M"),
        "minutes": row.minutes,
        "form": row.form,
        "place": place_of(row),
        "state": row.state,
        "called_off_by": row.called_off_by,
        "outcome": row.outcome,
        "group": _name_of(Group, row.group_id),
        "reason": reason,
        "helps_instead": row.helps_instead,
        "way_back": row.way_back,
        "second_look": row.second_look,
    }


def _place(row: Placement) -> Values:
    return {
        "group": _name_of(Group, row.group_id),
        "starts_on": row.starts_on.isoformat(),
        "state": row.state,
        "placed_at": row.placed_at.isoformat(),
        "returned_because": row.returned_because,
    }


def _membership(row: Membership) -> Values:
    return {"group": _name_of(Group, row.group_id), "state": row.state, "starts_on": row.starts_on.isoformat()}


def _refused_channels(participant_id: str) -> list[str]:
    row = Reachability.get_or_none(Reachability.participant_id == participant_id)
    return [] if row is None else list(row.refused)


def _accesses(participant_id: str, signup_ids: list[str]) -> list[Values]:
    """Return who read the data, by role: staff is not named to participants."""
    entry = service.audit.AuditEntry
    rows = entry.select().where(entry.about_id.in_([participant_id, *signup_ids])).order_by(entry.id)
    return [
        {"at": row.at.isoformat(), "what": row.event, "for": row.purpose, "who": row.actor_roles or row.actor_kind}
        for row in rows
    ]


def _name_of(table: type[Group] | type[Organisation], row_id: str | None) -> str | None:
    row = table.get_or_none(table.id == row_id) if row_id else None
    return None if row is None else str(row.name)
