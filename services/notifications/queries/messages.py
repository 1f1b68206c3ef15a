"""Messages as a person sees them: what asks for somebody, the flow of all, and one of them whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.notifications.models import (
    DeliveryAttempt,
    Message,
    MessageStep,
    Staff,
    service,
)
from services.notifications.queries import people, routes, templates
from services.notifications.queries.context import Context, Subjects, load_context, subject_of
from services.notifications.queries.sender_details import SenderDetails
from services.notifications.rules import lifecycle, message_types
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import types_that
from services.notifications.rules.routes import Channel
from services.notifications.rules.text_messages import SmsSize, sms_size
from shared import clock
from shared.discretion import betraying_words
from shared.errors import GiveUp, NotFound
from shared.security.actor import Actor, within

ROLES = ("messenger", "manager")
PAGE = 50
STATES = tuple(str(state) for state in State)
API_NAMES = message_types.API_NAMES
MESSAGE_TYPES = tuple(API_NAMES)
# Who was missed is known by who leads the group, and by nobody else; nor what was written to them.
BETWEEN_THEM = types_that("is_private")


@dataclass(frozen=True)
class MessageSummary:
    """A message in a list: nothing of who it is for or what it says.

    group_name, about_on  the group and the day of the meeting or talk that it is about, where it is about one
    """

    id: str
    organisation_id: str
    message_type: str
    state: str
    reason: str | None
    channel: str | None
    changed_at: datetime
    made_at: datetime
    due_at: datetime | None
    asked_at: datetime | None
    expires_at: datetime
    group_name: str = ""
    about_on: date | None = None


@dataclass(frozen=True)
class Step:
    """One transition of a message; `by` is the name of who took it, empty when it was the software."""

    at: datetime
    state: str
    reason: str | None
    by: str


@dataclass(frozen=True)
class Attempt:
    """One try to send it; outcome is None while it runs."""

    number: int
    channel: str
    started_at: datetime
    handing_over_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    reply_code: int | None


@dataclass(frozen=True)
class MessageDetails:
    """One message whole.

    is_between_them  between the person and who leads their group: no name and no words are given
    may   what somebody can still do with it: hold_back, try_again, mark_resolved, let_through, confirm_verbally
    size  of a text message, in parts as the networks count them; None for what is none
    """

    summary: MessageSummary
    call_name: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    is_between_them: bool
    participant_id: str | None
    is_as_sent: bool
    steps: Sequence[Step]
    attempts: Sequence[Attempt]
    betraying: Sequence[str] = field(repr=False)
    attended_at: datetime | None
    attended_by: str
    let_through_by: str
    let_through_reason: str = field(repr=False)
    may: frozenset[str]
    size: SmsSize | None


def get_message(actor: Actor, message_id: str, sender_details: SenderDetails) -> MessageDetails:
    """Return one message whole. Raises NotFound when there is none for this actor."""
    message = Message.get_or_none(Message.id == message_id, within(actor, Message.organisation_id, ROLES))
    if message is None:
        raise NotFound()
    context = load_context([message])
    channel = routes.preview_channel(message, context)
    subject, text = _words(message, channel, sender_details, context)
    by, let_by = message.attended_by or "", message.let_through_by or ""
    is_caught = message.state == State.HELD and message.reason == "betrays"
    is_between_them = message.message_type in BETWEEN_THEM
    return MessageDetails(
        summary=summary_of(message),
        is_between_them=is_between_them,
        call_name="" if is_between_them else people.shown_names([message], context)[message.id],
        subject="" if is_between_them else subject,
        text="" if is_between_them else text,
        participant_id=None if is_between_them else message.participant_id,
        is_as_sent=message.composed is not None,
        steps=_steps(message),
        attempts=_attempts(message),
        betraying=_betraying(message, channel, sender_details, context) if is_caught else (),
        attended_at=message.attended_at,
        attended_by=_staff_names([by]).get(by, ""),
        let_through_by=_staff_names([let_by]).get(let_by, ""),
        let_through_reason=_let_through_reason(message),
        may=_what_may_be_done(message, context),
        size=sms_size(text) if channel == "sms" and text else None,
    )


def summary_of(row: Message) -> MessageSummary:
    """Return a message as it stands in a list."""
    return MessageSummary(
        id=row.id,
        organisation_id=row.organisation_id,
        message_type=row.message_type,
        state=row.state,
        reason=row.reason,
        channel=row.channel,
        changed_at=row.changed_at,
        made_at=row.made_at,
        due_at=row.due_at,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
    )


def summary_with_subject(message: Message, context: Context | Subjects) -> MessageSummary:
    """Return a message as it stands in a list, with what it is about and not whom."""
    summary = summary_of(message)
    return summary if message.message_type in BETWEEN_THEM else replace(summary, **subject_of(message, context))


def find_organisations(actor: Actor, message_ids: Sequence[str]) -> dict[str, str]:
    """Return message id -> organisation, of those among these messages that this actor may see."""
    rows = Message.select(Message.id, Message.organisation_id).where(
        Message.id.in_(list(message_ids)), within(actor, Message.organisation_id, ROLES)
    )
    return {row.id: row.organisation_id for row in rows}


def _words(message: Message, channel: str, sender_details: SenderDetails, context: Context) -> tuple[str, str]:
    """Return subject and text as they went, or as they would be now; empty when they cannot be written."""
    as_sent = templates.open_words(message)
    if as_sent is not None:
        return as_sent
    try:
        return templates.compose(message, channel, sender_details, context).without_secrets
    except templates.UNWRITABLE:
        return "", ""


def _betraying(message: Message, channel: str, sender_details: SenderDetails, context: Context) -> tuple[str, ...]:
    try:
        composed = templates.compose(message, channel, sender_details, context)
    except templates.UNWRITABLE:
        return ()
    words = "\n".join((composed.subject, composed.text))
    return betraying_words(words, composed.names_to_avoid, composed.own_words)


def _let_through_reason(message: Message) -> str:
    if message.let_through_reason is None:
        return ""
    return service.encryption.open(message.let_through_reason, "message.let_through_reason", message.id)


def _steps(message: Message) -> list[Step]:
    rows = list(MessageStep.select().where(MessageStep.message_id == message.id).order_by(MessageStep.id))
    names = _staff_names([row.actor_id for row in rows])
    return [Step(row.at, row.state, row.reason, names.get(row.actor_id, "")) for row in rows]


def _staff_names(ids: Sequence[str | None]) -> dict[str, str]:
    rows = Staff.select().where(Staff.id.in_({staff_id for staff_id in ids if staff_id}))
    return {row.id: people.staff_name(row) for row in rows}


def _attempts(message: Message) -> list[Attempt]:
    table = DeliveryAttempt
    rows = table.select().where(table.organisation_id == message.organisation_id, table.message_id == message.id)
    return [
        Attempt(
            row.number, row.channel, row.started_at, row.handing_over_at, row.ended_at, row.outcome, row.reply_code
        )
        for row in rows.order_by(table.number)
    ]


def may_be_sent_again(message: Message, context: Context) -> bool:
    """Return whether another try can end otherwise: not for whom there is no address, number or channel."""
    if message.staff_id is not None:
        return message.secret is not None
    if message.reason not in ("no_address", "no_channel", "no_second_channel", "opted_out", "no_consent"):
        return True
    try:
        channel = routes.route_of(message, context).channel
    except (GiveUp, LookupError):
        return False
    return message.reason != "no_channel" and channel in (Channel.EMAIL, Channel.SMS)


def _what_may_be_done(message: Message, context: Context) -> frozenset[str]:
    may = set()
    if lifecycle.may_be_stopped(message.state):
        may.add("hold_back")
    if (
        message.state == State.HELD
        and message.reason == "unconfirmed"
        and message.message_type not in BETWEEN_THEM
    ):
        may.add("confirm_verbally")
    if message.asked_at is not None:
        may.add("mark_resolved")
        if message.expires_at <= clock.now():
            return frozenset(may)
        if message.state == State.HELD and message.reason == "betrays":
            may.add("let_through")
        elif may_be_sent_again(message, context):
            may.add("try_again")
    return frozenset(may)
