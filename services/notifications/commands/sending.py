"""The steps of sending: what is due is examined and claimed, marked before it is handed over, and settled after.

Each function is one transaction. Who lost its claim (the token is another one) changes nothing any more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from services.notifications.commands import addresses, bundling, people
from services.notifications.commands.eligibility import SendContext, find_route
from services.notifications.commands.lifecycle import hold, transition
from services.notifications.commands.reachability import publish_reachability
from services.notifications.commands.receipts import apply_receipts
from services.notifications.models import Message, service
from services.notifications.queries.context import Context, Mark, as_of, load_context
from services.notifications.queries.frequency_cap import Sent
from services.notifications.queries.routes import Route
from services.notifications.queries.templates import Composed
from services.notifications.rules import sending
from services.notifications.rules.eligibility import Obstacle
from services.notifications.rules.frequency_cap import COUNTING
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import BY_CODE, types_that
from services.notifications.rules.routes import Channel
from services.notifications.rules.sending import Failure
from shared import clock, log
from shared.ids import new_id
from shared.storage import MomentField

BATCH = 20
_URGENT = types_that("may_skip_catch_up")


@dataclass(frozen=True)
class ClaimedAttempt:
    """Which try of which message we hold: `token` is ours as long as nobody else took it over."""

    message: Message = field(repr=False)
    attempt_id: int
    number: int
    token: str
    channel: str
    provider_id: str
    was_handing_over: bool = False


@dataclass(frozen=True)
class Claim:
    """A message that is ours to send now, with its words and address in memory only.

    as_of  how much was consumed when it was examined
    """

    claimed: ClaimedAttempt
    address: str = field(repr=False)
    words: Composed = field(repr=False)
    as_of: Mark


@dataclass(frozen=True)
class Outcome:
    """How a try ended; without a failure it was accepted.

    is_address_refused  the other side says that this address does not exist
    sender_died         before anything was sent, which says nothing of the message itself
    """

    failure: Failure | None = None
    reply_code: int | None = None
    is_address_refused: bool = False
    sender_died: bool = False


def claim_due(send: SendContext, limit: int = BATCH) -> tuple[list[Claim], bool]:
    """Examine what is due: stop what is no longer true, hold what must wait, claim the rest.

    Returns the claims, and whether anything was due.
    """
    # Examining takes the write lock; this does not.
    if not Message.select(Message.id).where(Message.due_at <= clock.now()).limit(1).exists():
        return [], False
    with service.transaction():
        due = _find_due(send, limit)
        context = load_context(due)
        claims = [claim for message in due if (claim := _examine(message, context, send)) is not None]
    for claim in claims:
        log.step("message_claimed", message_id=claim.claimed.message.id)
    return claims, bool(due)


def _find_due(send: SendContext, limit: int) -> list[Message]:
    """Return what is due, oldest first.

    What somebody sits waiting for does not stand behind a thousand reminders.
    """
    due = Message.select().where(Message.due_at <= clock.now()).order_by(Message.due_at).limit(limit)
    urgent = list(due.where(Message.message_type.in_(_URGENT)))
    if send.is_caught_up is None:
        return urgent
    rest = due.where(Message.message_type.not_in(_URGENT))
    if not send.is_caught_up:
        rest = rest.where(Message.reason.is_null() | (Message.reason != "not_caught_up"))
    return urgent + list(rest.limit(max(0, limit - len(urgent))))


def _examine(message: Message, context: Context, send: SendContext) -> Claim | None:
    """Claim a message that may go now; let any other wait, or stop it."""
    route = find_route(message, context, send)
    if isinstance(route, Obstacle):
        _stand_aside(message, route)
        return None
    words = bundling.compose(message, route, context, send)
    if isinstance(words, Obstacle):
        _stand_aside(message, words)
        return None
    if message.message_type in COUNTING:
        # What follows in this batch counts it already.
        membership = context.memberships.get(message.membership_id or "")
        group_id = None if membership is None else membership.group_id
        sent = Sent(message.id, message.message_type, group_id, clock.now())
        context.sent.setdefault(message.participant_id or "", []).append(sent)
    return Claim(_claim(message, route, send), route.address, words, context.mark)


def _stand_aside(message: Message, obstacle: Obstacle) -> None:
    if obstacle.state == State.HELD:
        hold(message, obstacle.reason, obstacle.due_at)
        if obstacle.reason == "unconfirmed":
            addresses.ask_to_confirm(message.participant_id or "")
        return
    transition(message, obstacle.state, obstacle.reason, channel=obstacle.channel)
    if obstacle.reason in ("no_address", "address_dead") and message.participant_id:
        publish_reachability(message.participant_id, message.organisation_id)


def _claim(message: Message, route: Route, send: SendContext) -> ClaimedAttempt:
    token, channel = new_id(), str(route.channel)
    if message.state != State.DUE:
        transition(message, State.DUE, due_at=message.due_at)
    transition(message, State.CLAIMED, channel=channel, claim_token=token, claimed_until=clock.wall() + send.lease)
    # The same for every try of this message, so that who keeps only the first can recognise the second.
    provider_id = f"<{message.id}@{send.domain}>"
    attempt = service.database.execute(
        _INSERT_ATTEMPT,
        (
            message.organisation_id,
            message.id,
            channel,
            MomentField().db_value(clock.now()),
            provider_id,
            route.blind,
            message.organisation_id,
            message.id,
        ),
    )
    attempt_id, number = attempt.fetchone()
    return ClaimedAttempt(message, attempt_id, number, token, channel, provider_id)


def mark_handing_over(claim: Claim, send: SendContext) -> bool:
    """Check the claim once more, and mark that from here on only the other side knows whether it arrived.

    False when the message must not be sent.
    """
    message = claim.claimed.message
    with service.transaction():
        if not _is_ours(claim.claimed):
            return False
        if not _is_still_so(claim, send):
            # Back to where everything is examined again.
            transition(message, State.DUE, due_at=clock.now())
            _end_attempt(claim.claimed, "not_true", None)
            return False
        kept = service.encryption.seal("\n".join(claim.words.without_secrets), "message.composed", message.id)
        sql, moment = service.database.execute, MomentField().db_value
        sql(_MARK_ATTEMPT, (moment(clock.now()), claim.claimed.attempt_id))
        sql(_MARK_MESSAGE, (kept, moment(clock.wall() + send.lease), message.id))
        if claim.claimed.channel == Channel.SMS:
            addresses.record_text(message, claim.address, claim.words.text)
    log.step("message_handing_over", message_id=message.id)
    return True


def _is_still_so(claim: Claim, send: SendContext) -> bool:
    message = claim.claimed.message
    if message.expires_at <= clock.now():
        return False
    if as_of() == claim.as_of and claim.claimed.channel != Channel.SMS:
        return True
    route = find_route(message, load_context([message]), send)
    if isinstance(route, Obstacle):
        return False
    return (route.channel, route.address) == (message.channel, claim.address)


def settle(claimed: ClaimedAttempt, outcome: Outcome, *, drops_doubles: bool) -> None:
    """Write down how a try ended, and what follows from it.

    drops_doubles  whether the channel keeps only the first of two with the same id
    """
    with service.transaction():
        _end_attempt(claimed, str(outcome.failure or "accepted"), outcome.reply_code)
        if not _is_ours(claimed):
            _settle_late(claimed, outcome)
        elif outcome.failure is None:
            transition(claimed.message, State.ACCEPTED)
        else:
            _settle_failure(claimed.message, claimed, outcome, drops_doubles)
        apply_receipts(claimed.message.id)
    if outcome.failure is None:
        log.step("message_accepted", message_id=claimed.message.id)
    else:
        log.event(
            "message_not_accepted",
            message_id=claimed.message.id,
            failure=str(outcome.failure),
            reply_code=outcome.reply_code,
        )


def _settle_failure(message: Message, claimed: ClaimedAttempt, outcome: Outcome, drops_doubles: bool) -> None:
    assert outcome.failure is not None, "a failure has a class"
    attempt_count, random_value = message.attempt_count + (not outcome.sender_died), random.random()  # noqa: S311
    if outcome.sender_died:
        next_at = sending.next_try_after_death(claimed.number, clock.now(), random_value, message.expires_at)
    else:
        next_at = sending.next_try_at(attempt_count, clock.now(), random_value, message.expires_at)
    promise = BY_CODE[message.message_type].spec.promise
    for state in sending.steps_after(outcome.failure, promise, channel_drops_doubles=drops_doubles):
        transition(message, state, due_at=next_at if state == State.DUE else None, attempt_count=attempt_count)
    if message.state == State.DUE and next_at is None:
        transition(message, State.EXPIRED, "too_late")
    if outcome.is_address_refused and message.participant_id and message.channel:
        blind = addresses.sent_to(message.id, claimed.number)
        people.record_refused_address(
            message.participant_id, message.organisation_id, message.channel, blind, "refusal"
        )


def _settle_late(claimed: ClaimedAttempt, outcome: Outcome) -> None:
    message = Message.get_or_none(Message.id == claimed.message.id)
    if message is not None and outcome.failure is None and message.state == State.UNKNOWN:
        transition(message, State.ACCEPTED)


def _end_attempt(claimed: ClaimedAttempt, outcome: str, reply_code: int | None) -> None:
    values = (MomentField().db_value(clock.now()), outcome, reply_code, claimed.attempt_id, outcome)
    service.database.execute(_END_ATTEMPT, values)


def _is_ours(claimed: ClaimedAttempt) -> bool:
    """Tell whether nobody took the claim over; then the message is still as we know it."""
    return service.database.execute(_IS_OURS, (claimed.message.id, claimed.token)).fetchone() is not None


# Constant SQL: building these statements costs more than running them.
_IS_OURS = "SELECT 1 FROM message WHERE id = ? AND claim_token = ? AND state = 'claimed'"
_MARK_MESSAGE = "UPDATE message SET composed = ?, claimed_until = ? WHERE id = ?"
_MARK_ATTEMPT = "UPDATE delivery_attempt SET handing_over_at = ? WHERE id = ?"
_INSERT_ATTEMPT = (
    "INSERT INTO delivery_attempt (organisation_id, message_id, channel, started_at, provider_id, address_index,"
    " number) SELECT ?, ?, ?, ?, ?, ?, COALESCE(MAX(number), 0) + 1 FROM delivery_attempt"
    " WHERE organisation_id = ? AND message_id = ? RETURNING id, number"
)
# What was written down in doubt is corrected by "accepted", and by nothing else.
_END_ATTEMPT = (
    "UPDATE delivery_attempt SET ended_at = ?, outcome = ?, reply_code = ?"
    " WHERE id = ? AND (outcome IS NULL OR ? = 'accepted')"
)
