"""Upserting replicas of other services' state, and deciding anew who is asked what.

Each runs inside the transaction in which its event is handled.
"""

from __future__ import annotations

from services.questionnaires.commands.measurements import ask_and_withdraw
from services.questionnaires.models import Consent, Group, Membership, Organisation, Participant
from shared.security.actor import Actor
from shared.storage import upsert


def upsert_organisation(actor: Actor, *, organisation_id: str, name: str, permitted: list[str]) -> None:
    """Upsert the name of an organisation and the lists that it may use."""
    before = Organisation.get_or_none(Organisation.id == organisation_id)
    upsert(Organisation, id=organisation_id, name=name, permitted=permitted)
    # Everybody of the organisation is looked at, so only when it can matter.
    if before is None or set(before.permitted) != set(permitted):
        ask_and_withdraw(actor, organisation_id=organisation_id)


def upsert_group(
    actor: Actor, *, group_id: str, organisation_id: str, name: str, state: str, chosen: list[str]
) -> None:
    """Upsert the name and state of a group and the lists that it chose."""
    before = Group.get_or_none(Group.id == group_id)
    upsert(Group, id=group_id, organisation_id=organisation_id, name=name, state=state, chosen=chosen)
    if before is None or (before.state, set(before.chosen)) != (state, set(chosen)):
        ask_and_withdraw(actor, group_id=group_id)


def upsert_membership(
    actor: Actor,
    *,
    membership_id: str,
    organisation_id: str,
    group_id: str,
    participant_id: str,
    is_active: bool,
) -> None:
    """Upsert whether somebody takes part in a group."""
    upsert(
        Membership,
        id=membership_id,
        organisation_id=organisation_id,
        group_id=group_id,
        participant_id=participant_id,
        is_active=is_active,
    )
    ask_and_withdraw(actor, group_id=group_id, participant_id=participant_id)


def upsert_participant(*, participant_id: str, organisation_id: str, language: str) -> None:
    """Upsert the language that somebody reads."""
    upsert(Participant, participant_id=participant_id, organisation_id=organisation_id, language=language)


def upsert_consent(actor: Actor, *, participant_id: str, organisation_id: str, may_ask: bool) -> None:
    """Upsert whether somebody may be asked to fill in a list."""
    upsert(Consent, participant_id=participant_id, organisation_id=organisation_id, may_ask=may_ask)
    ask_and_withdraw(actor, participant_id=participant_id)
