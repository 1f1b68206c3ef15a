"""Upserting replicas of other services' state; called by subscriptions, inside their transaction.

Events about one subject may come twice or late: an older one never reopens what has ended.
"""

from __future__ import annotations

from datetime import date, time

from services.meetings.commands.follow_up_calls import withdraw_calls_to
from services.meetings.models import Consent, IntroTalk, Participant, Reachability, Signup, service
from services.meetings.rules.follow_up_calls import CONSENT_FOR
from shared import clock
from shared.storage import upsert


def upsert_participant(*, participant_id: str, organisation_id: str, language: str, call_name: str) -> None:
    """Upsert somebody's call name, encrypted, and the language they read."""
    values = {
        "organisation_id": organisation_id,
        "language": language,
        "call_name": service.encryption.seal(call_name, "participant.call_name", participant_id),
    }
    upsert(Participant, id=participant_id, **values)


def upsert_reachability(*, participant_id: str, organisation_id: str, channels: list[str]) -> None:
    """Upsert the channels by which a change of a meeting reaches somebody."""
    values = {"organisation_id": organisation_id, "channels": channels}
    upsert(Reachability, participant_id=participant_id, **values)


def upsert_consents(*, participant_id: str, organisation_id: str, purposes: list[str]) -> None:
    """Upsert what somebody consents to now; without consent nobody calls."""
    upsert(Consent, id=participant_id, organisation_id=organisation_id, purposes=purposes)
    if CONSENT_FOR["call"] not in purposes:
        withdraw_calls_to(participant_id)


def upsert_signup(*, signup_id: str, organisation_id: str, participant_id: str) -> None:
    """Upsert a sign-up that waits for a talk."""
    Signup.insert(
        id=signup_id,
        organisation_id=organisation_id,
        participant_id=participant_id,
        state="waiting",
        received_at=clock.now(),
    ).on_conflict(conflict_target=[Signup.id], update={Signup.participant_id: participant_id}).execute()


def upsert_placed_signup(*, signup_id: str, organisation_id: str, returned_by: str | None) -> None:
    """Upsert a sign-up as placed, or as returned by a group that could not take this person."""
    _upsert_signup_state(signup_id, organisation_id, "returned" if returned_by else "placed", returned_by)


def upsert_closed_signup(*, signup_id: str, organisation_id: str) -> None:
    """Upsert a sign-up as closed."""
    _upsert_signup_state(signup_id, organisation_id, "closed")


def upsert_talk(
    *,
    talk_id: str,
    signup_id: str,
    organisation_id: str,
    host_staff_id: str,
    on: date,
    at: time,
    zone: str,
    minutes: int,
    state: str,
) -> None:
    """Upsert a talk: planned, called_off, held or missed."""
    upsert(
        IntroTalk,
        id=talk_id,
        signup_id=signup_id,
        organisation_id=organisation_id,
        host_staff_id=host_staff_id,
        on=on,
        at=at,
        zone=zone,
        minutes=minutes,
        state=state,
    )


def _upsert_signup_state(signup_id: str, organisation_id: str, state: str, returned_by: str | None = None) -> None:
    values = {"state": state, "returned_by": returned_by}
    Signup.insert(id=signup_id, organisation_id=organisation_id, received_at=clock.now(), **values).on_conflict(
        conflict_target=[Signup.id], update=values, where=Signup.state != "closed"
    ).execute()
