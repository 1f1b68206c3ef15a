"""What was promised to people, written down once more: when, how often, with whose consent, and never at night."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Amsterdam")
REMINDER = "meeting_reminder"
MOVED, CANCELLED = "meeting_moved", "meeting_cancelled"
MISSED = "missed_you"
WELCOME = "welcome"
TO_LEADER = "meeting_change_to_leader"
TALK_REMINDER = "intro_talk_reminder"
LIST = "questionnaire_invitation"
CONFIRMATION = "signup_confirmation"

# To which of them somebody must have said yes, and what it is called that they said yes to.
NEEDS_YES = {REMINDER: "reminders", TALK_REMINDER: "reminders", MISSED: "missed_you", LIST: "questionnaires"}
# Only to an address that is known to be theirs.
NEEDS_TRUST = frozenset({REMINDER, MISSED, LIST, MOVED, CANCELLED})
# Stopped by who stops everything, though it asks for no yes.
NEWS = frozenset({MOVED, CANCELLED})
# Somebody sits waiting for it, whatever the hour.
AT_ANY_HOUR = frozenset({"access_code", "own_page_link", "sign_in_link", "reply_received"})
# An e-mail about it wakes nobody; a text message waits for the morning, unless that would be too late.
URGENT = frozenset(
    {
        MOVED,
        CANCELLED,
        "meeting_substitute",
        TO_LEADER,
        "move_in_person",
        "cancellation_in_person",
    }
)
IN_PERSON = {MOVED: "move_in_person", CANCELLED: "cancellation_in_person"}

QUIET = (time(21, 30), time(8))
MOST_A_WEEK, WEEK = 4, timedelta(days=7)
MISSED_EVERY = timedelta(weeks=3)
MISSED_HELPS = timedelta(days=4)
EVENING_BEFORE, NOON = time(18), time(12)
LEAST_AHEAD = timedelta(hours=3)
LEAST_NOTICE = timedelta(hours=1)
JUST_NOTIFIED = timedelta(hours=12)
FOLLOWS_WITHIN_DAYS = 7

_MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def moment_of(on: date, clock: time) -> datetime:
    """Return the moment at which a Dutch clock shows this."""
    return datetime.combine(on, clock, HERE).astimezone(ZoneInfo("UTC"))


def wall(moment: datetime) -> datetime:
    """Return what a Dutch clock shows."""
    return moment.astimezone(HERE)


def words_of(on: date, clock: time) -> tuple[str, str]:
    """Return how a day and an hour are written in a message."""
    return f"{_DAYS[on.weekday()]} {on.day} {_MONTHS[on.month - 1]}", f"{clock.hour}.{clock.minute:02d}"


def remind_at(on: date) -> datetime:
    """Return six o'clock on the evening before."""
    return moment_of(on - timedelta(days=1), EVENING_BEFORE)


def is_quiet(moment: datetime, quiet: tuple[time, time]) -> bool:
    """Tell whether a Dutch clock shows an hour at which somebody wants no message."""
    shown, (first, until) = wall(moment).time(), quiet
    if first == until:
        return False
    return first <= shown < until if first < until else shown >= first or shown < until


def quiet_until(moment: datetime, quiet: tuple[time, time]) -> datetime:
    """Return the end of the quiet hours around this moment; the moment itself when it is not quiet."""
    if not is_quiet(moment, quiet):
        return moment
    here = wall(moment)
    ends_on = here.date() + timedelta(days=here.time() >= quiet[1])
    return moment_of(ends_on, quiet[1])
