"""What somebody sees of their own messages: what was sent and why, and what they chose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.notifications.models import Consent, Contact, Message, OptOut, Participant
from services.notifications.queries import addresses
from services.notifications.queries.preferences import NO_PREFERENCES, load_preferences
from services.notifications.queries.templates import open_words
from services.notifications.rules.routes import ALL, PURPOSES
from shared import clock
from shared.errors import NotFound

PAGE = 20


@dataclass(frozen=True)
class OwnAddress:
    """A channel by which somebody can be reached; `shown` is the address with most of it left out."""

    channel: str
    shown: str = field(repr=False)
    is_refused: bool
    needs_confirmation: bool


@dataclass(frozen=True)
class OwnPurpose:
    """One sort of messages. state: on, stopped (by the person here or by a link) or off (no yes was given)."""

    purpose: str
    state: str
    stopped_at: datetime | None


@dataclass(frozen=True)
class OwnMessage:
    """One message that was sent to this person, with its words as far as they are no secret."""

    message_type: str
    at: datetime
    channel: str
    state: str
    subject: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class MyMessages:
    """The whole page. chosen: the channels in order of liking; quiet: (from, until) as 'HH:MM'."""

    addresses: Sequence[OwnAddress]
    chosen: Sequence[str]
    quiet: tuple[str, str]
    paused_until: datetime | None
    purposes: Sequence[OwnPurpose]
    is_all_stopped: bool
    messages: Sequence[OwnMessage]
    has_more: bool
    organisation_id: str


def get_my_messages(participant_id: str, page: int) -> MyMessages:
    """Return what this participant sees. Raises NotFound when they are not known."""
    participant = Participant.get_or_none(Participant.id == participant_id)
    if participant is None:
        raise NotFound()
    contact = Contact.get_or_none(Contact.id == participant_id)
    preferences = load_preferences([participant_id])[participant_id]
    paused = preferences.paused_until
    sent = _sent(participant_id, page)
    return MyMessages(
        addresses=[] if contact is None else _addresses(contact),
        purposes=_purposes(participant_id),
        chosen=[] if contact is None else addresses.usable_channels(contact, preferences),
        quiet=(f"{preferences.quiet[0]:%H:%M}", f"{preferences.quiet[1]:%H:%M}"),
        paused_until=paused if paused is not None and paused > clock.now() else None,
        is_all_stopped=ALL in preferences.opted_out,
        messages=[_own(row) for row in sent[:PAGE]],
        has_more=len(sent) > PAGE,
        organisation_id=participant.organisation_id,
    )


def is_known(participant_id: str) -> bool:
    """Tell whether this participant is known, and was not erased."""
    sent: bool = Participant.select().where(Participant.id == participant_id).exists()
    return sent


def is_stopped(participant_id: str, purpose: str) -> bool:
    """Tell whether somebody opted out of this purpose, or of everything."""
    sent: bool = (
        OptOut.select().where(OptOut.participant_id == participant_id, OptOut.purpose.in_((purpose, ALL))).exists()
    )
    return sent


def _addresses(contact: Contact) -> list[OwnAddress]:
    preferences = load_preferences([contact.id]).get(contact.id, NO_PREFERENCES)
    made = []
    for channel in contact.channels:
        if not addresses.has_address(contact, channel):
            continue
        known = addresses.known_address(contact, channel, preferences)
        shown = _veiled(channel, known.address)
        made.append(OwnAddress(channel, shown, channel in contact.refused, known.facts.needs_proof))
    return made


def _veiled(channel: str, address: str) -> str:
    """Return enough of an address for its owner to know it again."""
    if channel == "sms":
        return f"••• {address[-2:]}"
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def _purposes(participant_id: str) -> list[OwnPurpose]:
    consent = Consent.get_or_none(Consent.id == participant_id)
    agreed = [] if consent is None else consent.purposes
    rows = OptOut.select().where(OptOut.participant_id == participant_id)
    stopped = {row.purpose: row.at for row in rows}
    made = []
    for purpose in PURPOSES:
        since = stopped.get(purpose, stopped.get(ALL))
        state = "stopped" if since is not None else "on" if purpose in agreed else "off"
        made.append(OwnPurpose(purpose, state, since))
    return made


def _sent(participant_id: str, page: int) -> list[Message]:
    rows = Message.select().where(Message.participant_id == participant_id, Message.composed.is_null(False))
    return list(
        rows.order_by(Message.changed_at.desc(), Message.id.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
    )


def _own(message: Message) -> OwnMessage:
    subject, text = open_words(message) or ("", "")
    return OwnMessage(
        message.message_type, message.changed_at, message.channel or "", message.state, subject, text
    )
