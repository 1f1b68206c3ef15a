"""Sends what is due: claims it, hands it over in two halves, settles what came of it, and picks up what was lost.

Any number of senders may run side by side; they share only the rows that are due.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from services.notifications.channels.mailbox import Mailbox, MailboxTextChannel
from services.notifications.channels.port import Connection, NotAccepted, OutgoingChannel, OutgoingMessage
from services.notifications.channels.sms_cm import CmChannel
from services.notifications.channels.smtp import SmtpChannel, domain_of
from services.notifications.commands import addresses, sending, sweep
from services.notifications.commands.eligibility import SendContext
from services.notifications.commands.sending import Claim, ClaimedAttempt, Outcome
from services.notifications.queries.sender_details import SenderDetails
from services.notifications.rules.sending import Failure
from services.notifications.rules.text_limits import TextLimits
from services.notifications.settings import Settings
from shared import log, watchdog
from shared.messaging.feed import Feeds
from shared.messaging.inbox import Inbox
from shared.storage import StoreUnavailable

Position = tuple[int, int]
_NEVER: Position = (-1, 1)
_LAST_MINUTE = timedelta(minutes=1)
# A claim lasts so much longer than one answer of the other side may take: what a dead sender held waits for that.
CLAIM_SECONDS = 3.0
# While people work there is always something that was published just now: for that much nobody waits.
PATIENCE_SECONDS = 10.0


class CaughtUp:
    """Whether every event was consumed that the others had published when somebody began to wait for that.

    A log at hand is read now; another one stands as the consumer saw it in the last minute.
    """

    def __init__(self, inbox: Inbox, feeds: Feeds, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._inbox, self._feeds, self._patience_seconds = inbox, feeds, patience_seconds
        self._awaited: dict[str, Position] = {}
        self._since = self._looked_at = 0.0

    def __call__(self) -> bool | None:
        """Look: None as long as nobody need know that something is still awaited.

        What was published longer than `patience_seconds` ago has been consumed when this is True.
        """
        now, before = time.monotonic(), self._looked_at
        self._looked_at = now
        if not self._awaited or now - before > self._patience_seconds:
            self._await_heads(now)
        if all(self._has_consumed(source, head) for source, head in self._awaited.items()):
            self._awaited = {}
            return True
        if now - self._since < self._patience_seconds:
            return None
        self._await_heads(now)
        return False

    def _await_heads(self, now: float) -> None:
        heads = {
            source: feed.head() if feed.is_local else self._inbox.seen_head(source, _LAST_MINUTE)
            for source, feed in self._feeds.items()
        }
        self._awaited, self._since = {source: head or _NEVER for source, head in heads.items()}, now

    def _has_consumed(self, source: str, head: Position) -> bool:
        epoch, seq = self._inbox.position(source)
        return head[1] == 0 or (epoch == head[0] and seq >= head[1])


class Sender:
    """One sender with its channels; `is_caught_up` says whether what we know is all there is to know."""

    def __init__(
        self, settings: Settings, channels: Mapping[str, OutgoingChannel], is_caught_up: Callable[[], bool | None]
    ) -> None:
        self._channels, self._is_caught_up = channels, is_caught_up
        self._held: frozenset[str] = frozenset()
        # Long enough for one answer of the other side; whoever takes longer finds that the message is not theirs.
        longest = max(settings.smtp_timeout_seconds, 2 * settings.sms_timeout_seconds if settings.sms_token else 0)
        self._send_context = SendContext(
            sender_details_of(settings),
            frozenset(channels),
            domain_of(settings),
            is_caught_up=False,
            lease=timedelta(seconds=longest + CLAIM_SECONDS),
            limits=limits_of(settings),
        )

    def step(self) -> bool:
        """Send one batch; True when there may be more."""
        send = replace(self._send_context, is_caught_up=self._is_caught_up())
        claims, had_work = sending.claim_due(send)
        self._held = frozenset(claim.claimed.token for claim in claims)
        batch = _Batch(self._channels)
        try:
            for claim in claims:
                with watchdog.may_take(self._send_context.lease.total_seconds()):
                    self._send(claim, send, batch)
        finally:
            self._held = frozenset()
            batch.close()
        return had_work and not batch.down

    def _send(self, claim: Claim, send: SendContext, batch: _Batch) -> None:
        claimed, outgoing = claim.claimed, _outgoing(claim)
        log.step("message_composed", message_id=claimed.message.id)
        is_handing_over = False
        try:
            connection = batch.connection(claimed.channel)
            connection.offer(outgoing)
            is_handing_over = sending.mark_handing_over(claim, send)
            if not is_handing_over:
                connection.withdraw()
                return
            outcome = Outcome(reply_code=connection.hand_over(outgoing))
            log.step("message_handed_over", message_id=claimed.message.id)
        except NotAccepted as why:
            outcome = Outcome(why.failure, why.reply_code, why.is_address_refused)
            batch.note(claimed.channel, why)
        except StoreUnavailable:
            raise
        except Exception as error:
            # One message that breaks must not stop those behind it.
            log.error("message_not_sent", error, message_id=claimed.message.id)
            outcome = Outcome(_lost(is_handing_over))
        self._settle(claimed, outcome)

    def _settle(self, claimed: ClaimedAttempt, outcome: Outcome) -> None:
        channel = self._channels[claimed.channel]
        if outcome.failure == Failure.IN_DOUBT:
            outcome = _asked(channel, claimed, outcome)
        sending.settle(claimed, outcome, drops_doubles=channel.drops_doubles)

    def sweep(self) -> bool:
        """Settle what a dead sender left, expire what is too late, hasten what a wrong clock put off.

        True when there was any.
        """
        # Not what we are at in another thread, however slow the other side is.
        lost = [claimed for claimed in sweep.list_abandoned() if claimed.token not in self._held]
        for claimed in lost:
            self._settle(claimed, Outcome(_lost(claimed.was_handing_over), sender_died=True))
        return sweep.expire_waiting() or sweep.bring_forward() or addresses.prune_texts() or bool(lost)


class _Batch:
    """The connections of one batch; a channel that nobody answers at is not tried again in it."""

    def __init__(self, channels: Mapping[str, OutgoingChannel]) -> None:
        self._channels = channels
        self._connections: dict[str, Connection] = {}
        self.down: set[str] = set()

    def connection(self, channel: str) -> Connection:
        """Return the one connection of this channel. Raises NotAccepted when it is down."""
        if channel in self.down:
            raise NotAccepted(Failure.NOT_CONNECTED)
        if channel not in self._connections:
            self._connections[channel] = self._channels[channel].connection()
        return self._connections[channel]

    def note(self, channel: str, why: NotAccepted) -> None:
        """Remember a channel at which nobody answers."""
        if why.is_down:
            self.down.add(channel)

    def close(self) -> None:
        """Close every connection."""
        for connection in self._connections.values():
            connection.close()


def _outgoing(claim: Claim) -> OutgoingMessage:
    words = claim.words
    return OutgoingMessage(
        claim.claimed.provider_id,
        claim.address,
        words.subject,
        words.text,
        words.page,
        claim.claimed.message.expires_at,
        words.stop_link,
        words.sender_name,
    )


def _asked(channel: OutgoingChannel, claimed: ClaimedAttempt, outcome: Outcome) -> Outcome:
    """Ask the other side whether a message in doubt arrived."""
    taken = channel.has_taken(claimed.provider_id)
    if taken:
        return Outcome()
    if taken is None:
        return replace(outcome, sender_died=False)
    return replace(outcome, failure=Failure.TIMED_OUT_BEFORE)


def _lost(was_handing_over: bool) -> Failure:
    """Return the class of failure: before the mark nothing was sent; after it only the other side can tell."""
    return Failure.IN_DOUBT if was_handing_over else Failure.TIMED_OUT_BEFORE


def channels_of(settings: Settings) -> dict[str, OutgoingChannel]:
    """Return the channels that these settings give."""
    channels: dict[str, OutgoingChannel] = {"email": SmtpChannel(settings)}
    if settings.mailbox is not None:
        channels["sms"] = MailboxTextChannel(Mailbox(settings.mailbox))
    elif settings.sms_token is not None:
        channels["sms"] = CmChannel(settings)
    return channels


def limits_of(settings: Settings) -> TextLimits:
    """Return how many text messages may leave, and to which countries."""
    countries = tuple(settings.sms_countries.split())
    limits = TextLimits(countries, settings.sms_per_number, settings.sms_per_block, follows_region=True)
    per_day = settings.sms_per_day
    return limits if per_day is None else replace(limits, in_all=per_day, follows_region=False)


def sender_details_of(settings: Settings) -> SenderDetails:
    """Return what stands on every message, from these settings."""
    return SenderDetails(settings.public_url, settings.sender_name, settings.reply_to is not None)
