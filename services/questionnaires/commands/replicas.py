"""Keeps copies of what others decide, and puts the question anew of who is asked what.

Each runs inside the transaction of the event it was heard from.
"""

from __future__ import annotations

from services.questionnaires.commands.asking import ask_and_withdraw
from services.questionnaires.models import Consent, Group, Membership, Organisation
from shared.security.actor import Actor
from shared.storage import upsert


def note_organisation(actor: Actor, *, organisation_id: str, name: str, permitted: list[str]) -> None:
    """What an organisation is called and which lists it may use, now."""
    before = Organisation.get_or_none(Organisation.id == organisation_id)
    upsert(Organisation, id=organisation_id, name=name, permitted=permitted)
    # Everybody of the organisation is looked at, so only when it can matter.
    if before is None or set(before.permitted) != set(permitted):
        ask_and_withdraw(actor, organisation_id=organisation_id)


def note_group(
    actor: Actor, *, group_id: str, organisation_id: str, name: str, state: str, chosen: list[str]
) -> None:
    """What a group is called, how it stands and which lists it chose, now."""
    before = Group.get_or_none(Group.id == group_id)
    upsert(Group, id=group_id, organisation_id=organisation_id, name=name, state=state, chosen=chosen)
    if before is None or (before.state, set(before.chosen)) != (state, set(chosen)):
        ask_and_withdraw(actor, group_id=group_id)


def note_membership(
    actor: Actor,
    *,
    membership_id: str,
    organisation_id: str,
    group_id: str,
    participant_id: str,
    is_active: bool,
) -> None:
    """Whether somebody takes part in a group, now."""
    upsert(Membership,
        id=membership_id, organisation_id=organisation_id, group_id=group_id, participant_id=participant_id,
        is_active=is_active,
    )  # fmt: skip
    ask_and_withdraw(actor, group_id=group_id, participant_id=participant_id)


def note_consent(actor: Actor, *, participant_id: str, organisation_id: str, may_ask: bool) -> None:
    """Whether somebody said that we may ask them, now."""
    upsert(Consent, participant_id=participant_id, organisation_id=organisation_id, may_ask=may_ask)
    ask_and_withdraw(actor, participant_id=participant_id)
