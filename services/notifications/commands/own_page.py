"""A link to somebody's own page, sent to the address that was typed when it is theirs."""

from __future__ import annotations

from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Contact, Message, service
from services.notifications.queries.addresses import list_holders
from services.notifications.rules import message_types, own_page
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.security.actor import Actor

KIND = MessageType.OWN_PAGE_LINK


@service.command
def send_link(actor: Actor, *, channel: str, address: str, request_id: str) -> str:
    """Send a link to everybody who has this address (email, or sms with +31612345678); give the channel.

    Nothing tells whether there was anybody, or whether they got enough links lately.
    """
    for holder in list_holders(channel, address):
        if own_page.may_send(_count_lately(holder, channel)):
            _plan(holder, channel, request_id)
    return channel


def _count_lately(holder: Contact, channel: str) -> int:
    number: int = (
        Message.select()
        .where(
            Message.participant_id == holder.id,
            Message.kind == KIND,
            Message.change == channel,
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
                kind=KIND,
                organisation_id=holder.organisation_id,
                dedupe=f"{KIND}/{holder.id}/{request_id}",
                due_at=now,
                expires_at=message_types.expires_at(KIND, made_at=now),
                participant_id=holder.id,
                change=channel,
            )
        ]
    )
