"""Access to a participant's own page: a code of six digits to their channel, and a pass for whoever types it.

Codes and guesses are counted for each link: who holds an old one uses up nothing of who has another.
"""

from __future__ import annotations

import hmac
import secrets
from enum import StrEnum

from services.meetings import events
from services.meetings.models import AccessCode, Participant, rate_limiter, service
from services.meetings.rules import my_page as rules
from services.meetings.rules.second_factor import digits_of
from services.meetings.rules.sign_in import DOUBLE_CLICK
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from shared.security import passes
from shared.security.actor import Actor
from shared.security.rate_limit import TooManyRequests

_ASKED, _GUESSED = "access_asked", "access_guessed"


class Access(StrEnum):
    """Outcome of typing a code."""

    OPEN = "open"
    WRONG = "wrong"
    TOO_OFTEN = "too_often"
    OVER = "over"


@service.command
def request_access(actor: Actor, *, participant_id: str, token: str, request_id: str) -> str:
    """Have a code sent to the participant's own channel; return the id of this access.

    token  of the link with which it is asked for
    Refused: access_too_often (429); NotFound for somebody who is not known here (any more).
    """
    person = Participant.get_or_none(Participant.id == participant_id)
    if person is None:
        raise NotFound("link_unknown")
    if not rate_limiter.allows(_ASKED, token, rules.MOST_CODES_WITH_A_LINK):
        raise TooManyRequests("access_too_often")
    rate_limiter.record(_ASKED, token)
    access_id, code, now = new_id(), f"{secrets.randbelow(1_000_000):06d}", clock.now()
    # Codes are of no use to anybody after their time, not even to know that they were there.
    AccessCode.delete().where(AccessCode.expires_at < now - rules.CODE_LIFETIME).execute()
    AccessCode.create(
        id=access_id,
        organisation_id=person.organisation_id,
        participant_id=participant_id,
        code_index=_index(access_id, code),
        link_index=_link_index(token),
        made_at=now,
        expires_at=now + rules.CODE_LIFETIME,
    )
    service.publish(
        events.ACCESS_REQUESTED,
        participant_id,
        {
            "access_id": access_id,
            "participant_id": participant_id,
            "organisation_id": person.organisation_id,
            "expires_at": (now + rules.CODE_LIFETIME).isoformat(),
        },
        personal={"notifications": {"code": code}},
    )
    return access_id


def use_code(participant_id: str, typed: str, *, token: str, request_id: str) -> Access:
    """Use a code that was sent; each of several works, whatever link it was asked for with.

    A double click is one use.

    token  of the link with whose page it is typed
    Not a command: a refusal would undo the counting of wrong codes.
    """
    with service.transaction():
        if not rate_limiter.allows(_GUESSED, token, rules.MOST_GUESSES_WITH_A_LINK):
            return Access.TOO_OFTEN
        rows = list(AccessCode.select().where(AccessCode.participant_id == participant_id))
        if any(row.used_by == request_id and _is_code_of(row, typed) and _is_recent(row) for row in rows):
            return Access.OPEN
        codes = [row for row in rows if _is_open(row)]
        matching = next((row for row in codes if _is_code_of(row, typed)), None)
        if matching is not None:
            _use(matching, request_id)
            rate_limiter.reset(_GUESSED, token)
            return Access.OPEN
        if codes:
            _note_wrong(token, codes)
        return Access.WRONG if any(_is_open(row) for row in codes) else Access.OVER


def sign_participant_pass(participant_id: str) -> str:
    """Sign a pass for a participant's own pages, for a quarter of an hour. It holds nothing but who."""
    return passes.sign(
        service.encryption.keyring, Actor(participant_id, "participant"), seconds=passes.PARTICIPANT_SECONDS
    )


def _use(row: AccessCode, request_id: str) -> None:
    row.used_at, row.used_by = clock.now(), request_id
    row.save()
    service.audit.record(
        Actor(row.participant_id, "participant"),
        "read",
        "participant",
        row.participant_id,
        purpose="own_page",
        organisation_id=row.organisation_id,
    )


def _note_wrong(token: str, codes: list[AccessCode]) -> None:
    """Count a wrong code for each open code of this link: more codes give no more guesses."""
    rate_limiter.record(_GUESSED, token)
    for row in codes:
        if row.link_index == _link_index(token):
            row.wrong += 1
            row.save()


def _is_open(row: AccessCode) -> bool:
    return rules.is_open(wrong=row.wrong, is_used=row.used_at is not None, is_over=row.expires_at <= clock.now())


def _is_recent(row: AccessCode) -> bool:
    return row.used_at is not None and clock.now() - row.used_at < DOUBLE_CLICK


def _is_code_of(row: AccessCode, typed: str) -> bool:
    return hmac.compare_digest(row.code_index, _index(row.id, digits_of(typed)))


def _link_index(token: str) -> str:
    return service.encryption.index(token, "access_code.link")


def _index(access_id: str, code: str) -> str:
    return service.encryption.index(f"{access_id}|{code}", "access_code.code")
