"""What people do elsewhere and intake keeps for them: stopping messages by one press, walking into a group."""

from __future__ import annotations

from datetime import datetime

from services.intake.commands.people import keep_consents, register_participant
from services.intake.models import Consent, Group, Participant, Signup, service
from services.intake.rules import signup as rules
from services.intake.rules.progress import WALK_IN, SignupState
from shared import clock
from shared.errors import TryLater
from shared.ids import minted_at, new_id
from shared.security.actor import system

_US = system("intake")


def stop_messages(participant_id: str, purpose: str | None, said_at: datetime) -> None:
    """Take back what somebody stopped: the messages of one purpose, or all of it and calls too (None).

    Only a yes of before that moment, both by the time of the machine: who says yes again afterwards is not stopped
    by an event that comes late.
    Raises TryLater while we do not know this person yet.
    """
    person = Participant.get_or_none(Participant.id == participant_id)
    if person is None:
        raise TryLater("the participant was not heard of yet")
    held = {
        rules.Consent(row.purpose, row.channel or None): minted_at(row.id)
        for row in Consent.select().where(Consent.participant == participant_id, Consent.withdrawn_at.is_null())
    }
    stopped = rules.stopped_by(purpose)
    left = {consent for consent, given_at in held.items() if consent not in stopped or given_at > said_at}
    if left == set(held):
        return
    keep_consents(person.id, person.organisation_id, left)
    service.audit.record(
        _US, "change", "participant", person.id, purpose="opt_out", organisation_id=person.organisation_id
    )


def welcome_walk_in(participant_id: str, organisation_id: str, group_id: str, call_name: str) -> None:
    """Somebody who walked into a group is a participant like any other, of the organisation of that group.

    Without an address and without a yes to anything, until somebody asks them: that is what their sign-up waits
    for. Once is enough.
    """
    if Participant.select().where(Participant.id == participant_id).exists():
        return
    group = Group.get_or_none(Group.id == group_id, Group.organisation_id == organisation_id)
    register_participant(
        organisation_id, rules.check_call_name(call_name), "nl" if group is None else group.language,
        rules.Contact(), frozenset(), participant_id,
    )  # fmt: skip
    Signup.create(
        id=new_id(), organisation_id=organisation_id, participant=participant_id, state=SignupState.PLACED,
        signed_up_by=WALK_IN, received_at=clock.now(),
    )  # fmt: skip
    service.audit.record(
        _US, "create", "participant", participant_id, purpose="walk_in", organisation_id=organisation_id
    )
