"""Measurements: who is to be asked, which lists are to be withdrawn, and what is still open.

The lists take the ids that narrow the question (`organisation_id`, `group_id`, `participant_id`) and look at
nothing else, with the same number of statements however many people there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import peewee

from services.questionnaires.models import Consent, Group, Measurement, Membership, Organisation
from services.questionnaires.queries.questionnaires import find_newest
from services.questionnaires.rules.measurements import FINAL, AskingFacts, is_to_be_asked, is_to_be_withdrawn

START = "start"


@dataclass(frozen=True)
class Unasked:
    """Somebody who is to be asked, by opaque ids, and the key of the list."""

    organisation_id: str
    participant_id: str
    group_id: str
    questionnaire: str


def list_unasked(**scope: str) -> list[Unasked]:
    """Return who is to be asked to fill in a list at the start and never was.

    Somebody whose group, organisation or consent is not known yet is left out for now: when its event
    comes, this is asked again.
    """
    members = (
        Membership.select(
            Membership.organisation_id,
            Membership.participant_id,
            Membership.group_id,
            Group.chosen,
            Group.state,
            Organisation.permitted,
            Consent.may_ask,
        )
        .join(Group, on=Group.id == Membership.group_id)
        .join(Organisation, on=Organisation.id == Membership.organisation_id)
        .join(Consent, on=Consent.participant_id == Membership.participant_id)
        .where(Membership.is_active, *_narrowed(Membership, scope))
        .order_by(Membership.id)
        .namedtuples()
    )
    asked = _already_asked(scope)
    to_ask = dict.fromkeys(
        Unasked(row.organisation_id, row.participant_id, row.group_id, key)
        for row in members
        for key in row.chosen
        if find_newest(key)
        and is_to_be_asked(
            AskingFacts(
                is_member=True,
                is_chosen=row.state != "ended",
                is_permitted=key in row.permitted,
                has_consent=row.may_ask,
            )
        )
    )
    return [unasked for unasked in to_ask if unasked not in asked]


def list_withdrawable(**scope: str) -> list[Measurement]:
    """Return unfinished lists that are to be withdrawn."""
    member = Membership.select().where(
        Membership.group_id == Measurement.group_id,
        Membership.participant_id == Measurement.participant_id,
        Membership.is_active,
    )
    rows = (
        Measurement.select(
            Measurement, Organisation.permitted, Consent.may_ask, peewee.fn.EXISTS(member).alias("is_member")
        )
        .join(Organisation, peewee.JOIN.LEFT_OUTER, on=Organisation.id == Measurement.organisation_id)
        .join(Consent, peewee.JOIN.LEFT_OUTER, on=Consent.participant_id == Measurement.participant_id)
        .where(Measurement.state.not_in(sorted(FINAL)), *_narrowed(Measurement, scope))
        .order_by(Measurement.id)
        .objects()
    )
    return [row for row in rows if is_to_be_withdrawn(_facts(row))]


def count_overdue(before: datetime) -> int:
    """Return how many measurements should have expired before this moment; 0 while the job runs."""
    is_waiting = Measurement.state.in_(["open", "started"])
    return int(Measurement.select().where(is_waiting, Measurement.expires_at < before).count())


def _facts(row: Measurement) -> AskingFacts:
    return AskingFacts(
        is_member=bool(row.is_member),
        is_chosen=True,
        is_permitted=row.questionnaire in (row.permitted or ()),
        has_consent=bool(row.may_ask),
    )


def _already_asked(scope: dict[str, str]) -> set[Unasked]:
    rows = Measurement.select(
        Measurement.organisation_id, Measurement.participant_id, Measurement.group_id, Measurement.questionnaire
    ).where(Measurement.moment == START, *_narrowed(Measurement, scope))
    return {Unasked(*row) for row in rows.tuples()}


def _narrowed(table: type[Measurement] | type[Membership], scope: dict[str, str]) -> list[peewee.Expression]:
    assert scope, "never over everybody at once"
    return [getattr(table, name) == value for name, value in scope.items()]
