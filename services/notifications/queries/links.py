"""The links that lead to our own pages: to stop messages, and to say that an address is right."""

from __future__ import annotations

from datetime import timedelta

from services.notifications.models import Message, service
from services.notifications.rules.message_types import BY_CODE, MessageType
from services.notifications.rules.routes import ALL
from shared import clock
from shared.security import links

SERVICE = "notifications"
OPT_OUT, CONFIRM = "opt_out", "confirm_address"
# Enough of a blind index to know the address by, and too little to look for it elsewhere.
BLIND_LENGTH = 16
_STOP_WORKS = timedelta(days=365)
_CONFIRM_WORKS = timedelta(days=30)


def stop_link(message: Message, public_url: str) -> str:
    """Where the person can stop messages like this one; empty where there is nobody or nothing to stop.

    What needs no yes can only be stopped with everything else.
    """
    spec = BY_CODE[message.kind].spec
    if message.participant_id is None or spec.is_awaited or message.kind == MessageType.CONFIRM_ADDRESS:
        return ""
    purpose = spec.purpose
    subject = f"{message.participant_id}.{purpose or ALL}"
    token = links.mint(service.encryption.keyring, SERVICE, OPT_OUT, subject, clock.now() + _STOP_WORKS)
    return f"{public_url}/mijn/berichten/stop/{token}"


def confirm_token(participant_id: str, channel: str, blind: str) -> str:
    """The token with which somebody says that this address is theirs."""
    subject = f"{participant_id}.{channel}.{blind[:BLIND_LENGTH]}"
    return links.mint(service.encryption.keyring, SERVICE, CONFIRM, subject, clock.now() + _CONFIRM_WORKS)
