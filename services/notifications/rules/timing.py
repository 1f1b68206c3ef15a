"""When a message goes: the evening before, and never in someone's quiet hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

REMINDER_TIME = time(18, 0)  # local time, on the evening before
# Our own rule: with less than this left, who is coming is on the way, and who is not cannot change it any more.
LEAST_AHEAD = timedelta(hours=3)

# Our own default: a facilitator has the morning after to look at "we missed you".
VETO_UNTIL = time(12, 0)
# Our own rule: with less than this left, an urgent text message does not wait for the end of the quiet hours.
LEAST_NOTICE = timedelta(hours=1)
# Our own rule: who hears of a change so shortly before the reminder has just been reminded.
REMINDED_BY_CHANGE = timedelta(hours=12)

# Our own default; every person can change it.
QUIET_FROM = time(21, 30)
QUIET_UNTIL = time(8, 0)

_ONE_DAY = timedelta(days=1)
_LAST_MINUTE = timedelta(minutes=1)


def starts_at(on: date, at: time, zone: tzinfo) -> datetime:
    """Return the moment (UTC) at which a local date and time falls.

    A time that the clock says twice is taken the first time; one that it skips falls as much later as the
    clock jumps.
    """
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)


def reminder_at(on: date, at: time, zone: tzinfo, now: datetime) -> datetime | None:
    """Return when to remind of what starts at this local date and time; None when it is too late to help.

    18.00 local time on the evening before. Planned after that: at once, if the start is at least three hours
    away. Quiet hours come on top of this: see `released_at`.
    """
    now = _utc(now)
    evening_before = starts_at(on - _ONE_DAY, REMINDER_TIME, zone)
    if now <= evening_before:
        return evening_before
    return now if starts_at(on, at, zone) - now >= LEAST_AHEAD else None


def veto_until(now: datetime, zone: tzinfo) -> datetime:
    """Return until when a facilitator may look at it first: noon of the next day."""
    return starts_at(_utc(now).astimezone(zone).date() + _ONE_DAY, VETO_UNTIL, zone)


def is_reminded_by_change(notified_at: datetime, reminder_due_at: datetime) -> bool:
    """Tell whether hearing of a change at this moment makes the reminder of the new moment one too many."""
    return _utc(reminder_due_at) - _utc(notified_at) < REMINDED_BY_CHANGE


def is_same_evening(first: datetime, other: datetime, zone: tzinfo) -> bool:
    """Tell whether two moments fall on the same local day."""
    return _utc(first).astimezone(zone).date() == _utc(other).astimezone(zone).date()


def urgent_release(
    now: datetime, quiet_from: time, quiet_until: time, zone: tzinfo, needed_by: datetime
) -> datetime:
    """Return when an urgent text message goes: at the end of the quiet hours, unless that leaves too little time.

    needed_by  the moment before which somebody has to know: the start of what does not go on, the old or the new
               start of what was moved, whichever is first
    """
    now, needed_by = _utc(now), _utc(needed_by)
    release = now
    while (stretch := quiet_stretch(release, quiet_from, quiet_until, zone)) is not None:
        release = stretch[1]
        if needed_by - release < LEAST_NOTICE:
            return now
    return release


def released_at(
    due_at: datetime,
    quiet_from: time,
    quiet_until: time,
    zone: tzinfo,
    expires_at: datetime,
    *,
    now: datetime | None = None,
) -> datetime | None:
    """Return the moment (UTC) at which a message that is due at `due_at` may go without breaking the quiet hours.

    Quiet hours put off, they do not drop: a message due in them goes at their end. Where it would have expired
    by then it goes just before they begin, if that is still ahead of `now` (a minute earlier, so that the phone
    is silent in time). None only when no quiet moment is left: then a person has to know, and the message
    expires with the reason `no_quiet_moment`.

    quiet_from and quiet_until are local wall times; equal means no quiet hours. now is `due_at` when left out.
    """
    now, due_at, expires_at = _utc(due_at if now is None else now), _utc(due_at), _utc(expires_at)
    release = earliest = max(due_at, now)
    while release < expires_at:
        stretch = quiet_stretch(release, quiet_from, quiet_until, zone)
        if stretch is None:
            return release
        release = stretch[1]
    return _brought_forward(earliest, quiet_from, quiet_until, zone, min(expires_at, earliest), now)


def is_too_late(release: datetime | None, expires_at: datetime) -> bool:
    """Tell whether what is released then comes too late, or so late that it is hardly of use."""
    return release is None or _utc(expires_at) - _utc(release) < LEAST_NOTICE


def _brought_forward(
    moment: datetime, quiet_from: time, quiet_until: time, zone: tzinfo, latest: datetime, now: datetime
) -> datetime | None:
    """Return the last minute before the quiet hours of `moment`; None when that is past or quiet itself."""
    stretch = quiet_stretch(moment, quiet_from, quiet_until, zone)
    if stretch is None:
        return None
    before = stretch[0] - _LAST_MINUTE
    fits = now <= before < latest and quiet_stretch(before, quiet_from, quiet_until, zone) is None
    return before if fits else None


def quiet_stretch(
    moment: datetime, quiet_from: time, quiet_until: time, zone: tzinfo
) -> tuple[datetime, datetime] | None:
    """Return the quiet hours (from, until; UTC) that a moment lies in, or None.

    The end itself is no longer quiet.
    """
    if quiet_from == quiet_until:
        return None
    moment = _utc(moment)
    nights = timedelta(0) if quiet_from < quiet_until else _ONE_DAY
    today = moment.astimezone(zone).date()
    for begins_on in (today - _ONE_DAY, today):
        begins = min(_readings(begins_on, quiet_from, zone))
        ends = max(_readings(begins_on + nights, quiet_until, zone))
        if begins <= moment < ends:
            return begins, ends
    return None


def _readings(on: date, at: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return both moments that a wall time can mean; they differ only in the hour that the clock repeats or skips.

    Quiet hours take the earliest beginning and the latest end, so that nobody is woken by a clock change.
    """
    first = datetime.combine(on, at, tzinfo=zone)
    return first.astimezone(UTC), first.replace(fold=1).astimezone(UTC)


def _utc(moment: datetime) -> datetime:
    # A naive moment would silently be read in the machine's own time zone; and two moments in one local zone
    # are compared by their wall time, which is wrong in the repeated hour.
    assert moment.tzinfo is not None, "a moment carries its zone"
    return moment.astimezone(UTC)
