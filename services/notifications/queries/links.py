"""The links in messages: to somebody's own page, to stop messages, and to say that an address is right."""

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
_OWN_PAGE_WORKS = timedelta(days=180)
_STOP_WORKS = timedelta(days=365)
_CONFIRM_WORKS = timedelta(days=30)


def links_below(message: Message, public_url: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the links below a message to somebody who takes part, and the secrets in them.

    They lead to their own page, and to where such messages can be stopped.
    """
    if not message.participant_id:
        return {}, ()
    own_page, secret = own_page_link(message.participant_id, public_url)
    values = {"preferences_link": own_page}
    stop = _stop_link(message, public_url)
    if not stop:
        return values, (secret,)
    return values | {"stop_link": stop}, (secret, stop.rpartition("/")[2])


def own_page_link(participant_id: str, public_url: str) -> tuple[str, str]:
    """Return the link to somebody's own page, and the secret in it."""
    until = clock.now() + _OWN_PAGE_WORKS
    token = links.mint(service.encryption.keyring, "meetings", "mine", participant_id, until)
    return f"{public_url}/mijn/naar/{token}", token


def _stop_link(message: Message, public_url: str) -> str:
    """Return where messages like this one can be stopped; empty where there is nothing to stop.

    What needs no yes can only be stopped with everything else.
    """
    spec = BY_CODE[message.message_type].spec
    if spec.is_awaited or message.message_type == MessageType.CONFIRM_ADDRESS:
        return ""
    subject = f"{message.participant_id}.{spec.purpose or ALL}"
    token = links.mint(service.encryption.keyring, SERVICE, OPT_OUT, subject, clock.now() + _STOP_WORKS)
    return f"{public_url}/mijn/berichten/stop/{token}"


def confirm_token(participant_id: str, channel: str, blind: str) -> str:
    """Return the token with which somebody says that this address is theirs."""
    subject = f"{participant_id}.{channel}.{blind[:BLIND_LENGTH]}"
    return links.mint(service.encryption.keyring, SERVICE, CONFIRM, subject, clock.now() + _CONFIRM_WORKS)
