"""A link to somebody's own page, sent to the address that was typed when it is theirs."""

from __future__ import annotations

from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Contact, Message, rate_limiter, service
from services.notifications.queries.addresses import list_holders
from services.notifications.rules import message_types, own_page
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.security.actor import Actor
from shared.security.rate_limit import TooManyRequests, network_of

MESSAGE_TYPE = MessageType.OWN_PAGE_LINK
_NOT_SENT = (State.EXPIRED, State.WITHDRAWN, State.SUPPRESSED)


@service.command
def send_link(actor: Actor, *, channel: str, address: str, network: str | None = None, request_id: str) -> str:
    """Send a link to everybody who has this address (email, or sms with +31612345678); give the channel.

    Nothing tells whether there was anybody, or whether they got enough links lately.
    network  where the request came from, or None when that is not known
    Refused: own_page_too_often (429) for a network, whatever the address is.
    """
    place = network_of(network)
    if not rate_limiter.allows("own_page_network", place, own_page.MOST_FROM_A_NETWORK):
        raise TooManyRequests("own_page_too_often")
    rate_limiter.record("own_page_network", place)
    for holder in list_holders(channel, address):
        if own_page.may_send(_count_lately(holder, channel)):
            _plan(holder, channel, request_id)
    return channel


def _count_lately(holder: Contact, channel: str) -> int:
    """Count the links that somebody has or will have; one that did not go keeps nobody from another."""
    number: int = (
        Message.select()
        .where(
            Message.participant_id == holder.id,
            Message.message_type == MESSAGE_TYPE,
            Message.change == channel,
            Message.state.not_in(_NOT_SENT),
            Message.made_at > clock.now() - own_page.WITHIN,
        )
        .count()
    )
    return number


def _plan(holder: Contact, channel: str, request_id: str) -> None:
    now = clock.now()
    plan(
        [
            Draft(
                message_type=MESSAGE_TYPE,
                organisation_id=holder.organisation_id,
                dedupe=f"{MESSAGE_TYPE}/{holder.id}/{request_id}",
                due_at=now,
                expires_at=message_types.expires_at(MESSAGE_TYPE, made_at=now),
                participant_id=holder.id,
                change=channel,
            )
        ]
    )
