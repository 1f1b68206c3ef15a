"""Sends what is due: claims it, hands it over in two halves, settles what came of it, and picks up what was lost.

Any number of these may run side by side; they share only the rows that are due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from services.notifications.channels.mailbox import Mailbox, TextBox
from services.notifications.channels.sms_cm import CmWay
from services.notifications.channels.smtp import SmtpWay, domain_of
from services.notifications.channels.way import Line, NotTaken, Parcel, Way
from services.notifications.commands import addresses, sending
from services.notifications.commands.looking import Desk
from services.notifications.commands.sending import Claim, Grip, Outcome
from services.notifications.queries.wording import Letterhead
from services.notifications.rules.limits import Limits
from services.notifications.rules.retry import Failure
from services.notifications.settings import Settings
from shared import clock, log
from shared.messaging.feed import Feeds
from shared.messaging.inbox import Inbox
from shared.storage import StoreUnavailable

Position = tuple[int, int]
_LAST_MINUTE = timedelta(minutes=1)


class CaughtUp:
    """Whether all that others said was heard: our positions are the heads of their logs.

    A log at hand is looked at now; another one stands as the consumer saw it in the last minute.
    """

    def __init__(self, inbox: Inbox, feeds: Feeds) -> None:
        self._inbox, self._feeds = inbox, feeds

    def __call__(self) -> bool:
        """Look."""
        return all(
            self._has_heard(source, feed.head())
            if feed.is_at_hand
            else self._inbox.is_caught_up(source, _LAST_MINUTE)
            for source, feed in self._feeds.items()
        )

    def _has_heard(self, source: str, head: Position) -> bool:
        return head[1] == 0 or self._inbox.position(source) == head


class Sender:
    """One sender with its ways out; `is_caught_up` says whether what we know is all there is to know."""

    def __init__(self, settings: Settings, ways: Mapping[str, Way], is_caught_up: Callable[[], bool]) -> None:
        self._ways, self._is_caught_up = ways, is_caught_up
        self._letterhead = letterhead_of(settings)
        self._domain = domain_of(settings)
        self._limits = limits_of(settings)
        # Long enough for one answer of the other side; whoever takes longer finds that the message is not theirs.
        longest = max(settings.smtp_timeout_seconds, 2 * settings.sms_timeout_seconds if settings.sms_token else 0)
        self._lease = timedelta(seconds=settings.lease_seconds + longest)

    def step(self) -> bool:
        """Send one batch; True when there may be more."""
        if not sending.is_anything_due():
            return False
        desk = Desk(
            self._letterhead, frozenset(self._ways), self._domain, self._is_caught_up(), self._lease_until,
            self._limits,
        )  # fmt: skip
        claims, had_work = sending.claim_due(desk)
        batch = _Batch(self._ways)
        try:
            for claim in claims:
                self._send(claim, desk, batch)
        finally:
            batch.close()
        return had_work and not batch.down

    def sweep(self) -> bool:
        """Settle what a sender left behind when it died, and let go of what is too late; True if there was any."""
        lost = sending.list_lost()
        for grip in lost:
            self._settle(grip, Outcome(_lost(grip.was_handing_over), has_died=True))
        return sending.expire_waiting() or addresses.forget_texts() or bool(lost)

    def _send(self, claim: Claim, desk: Desk, batch: _Batch) -> None:
        grip, parcel = claim.grip, _parcel(claim)
        log.step("message_composed", message_id=grip.message_id)
        is_handing_over = False
        try:
            line = batch.line(grip.channel)
            line.offer(parcel)
            is_handing_over = sending.mark_handing_over(claim, desk)
            if not is_handing_over:
                line.withdraw()
                return
            outcome = Outcome(reply_code=line.hand_over(parcel))
            log.step("message_handed_over", message_id=grip.message_id)
        except NotTaken as why:
            outcome = Outcome(why.failure, why.reply_code, why.is_address_refused)
            batch.note(grip.channel, why)
        except StoreUnavailable:
            raise
        except Exception as error:
            # One message that breaks must not stop those behind it.
            log.error("message_not_sent", error, message_id=grip.message_id)
            outcome = Outcome(_lost(is_handing_over))
        self._settle(grip, outcome)

    def _settle(self, grip: Grip, outcome: Outcome) -> None:
        way = self._ways[grip.channel]
        if outcome.failure == Failure.IN_DOUBT:
            outcome = _asked(way, grip, outcome)
        sending.settle(grip, outcome, drops_doubles=way.drops_doubles)

    def _lease_until(self) -> datetime:
        return clock.wall() + self._lease


class _Batch:
    """The connections of one batch; a way that nobody answers at is not tried again in it."""

    def __init__(self, ways: Mapping[str, Way]) -> None:
        self._ways = ways
        self._lines: dict[str, Line] = {}
        self.down: set[str] = set()

    def line(self, channel: str) -> Line:
        """The one connection of this channel. Raises NotTaken when it is down."""
        if channel in self.down:
            raise NotTaken(Failure.NOT_CONNECTED)
        if channel not in self._lines:
            self._lines[channel] = self._ways[channel].line()
        return self._lines[channel]

    def note(self, channel: str, why: NotTaken) -> None:
        """Remember that nobody answers there."""
        if why.is_down:
            self.down.add(channel)

    def close(self) -> None:
        """Hang up everywhere."""
        for line in self._lines.values():
            line.close()


def ways_of(settings: Settings) -> dict[str, Way]:
    """The ways out that these settings give."""
    ways: dict[str, Way] = {"email": SmtpWay(settings)}
    if settings.mailbox is not None:
        ways["sms"] = TextBox(Mailbox(settings.mailbox))
    elif settings.sms_token is not None:
        ways["sms"] = CmWay(settings)
    return ways


def limits_of(settings: Settings) -> Limits:
    """How many text messages may leave; on this machine none leave it, so every country will do."""
    countries = ("",) if settings.mailbox is not None else tuple(settings.sms_countries.split())
    return Limits(countries, settings.sms_per_number, settings.sms_per_block, settings.sms_per_day)


def letterhead_of(settings: Settings) -> Letterhead:
    """What stands on every message."""
    return Letterhead(settings.public_url, settings.sender_name, settings.reply_to is not None)


def _asked(way: Way, grip: Grip, outcome: Outcome) -> Outcome:
    """Ask the other side whether a message in doubt arrived."""
    taken = way.has_taken(grip.provider_id)
    if taken:
        return Outcome()
    if taken is None:
        return replace(outcome, has_died=False)
    return replace(outcome, failure=Failure.TIMED_OUT_BEFORE)


def _lost(was_handing_over: bool) -> Failure:
    """Before the mark nothing was sent, for certain; after it only the other side can tell."""
    return Failure.IN_DOUBT if was_handing_over else Failure.TIMED_OUT_BEFORE


def _parcel(claim: Claim) -> Parcel:
    words = claim.words
    return Parcel(
        claim.grip.provider_id, claim.address, words.subject, words.text, words.page,
        claim.grip.message.expires_at, claim.stop_link,
    )  # fmt: skip
