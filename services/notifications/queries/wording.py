"""The words of a message: from its templates and from what we have heard, written anew each time it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import peewee
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.models import Meeting, Message, service
from services.notifications.queries import people
from services.notifications.queries.known import Known
from services.notifications.queries.links import confirm_token, stop_link
from services.notifications.rules import moments
from services.notifications.rules.promises import Kind
from shared import clock
from shared.errors import GiveUp
from shared.security import links

# How long the links at the foot of a message work.
_MINE_WORKS = timedelta(days=180)

# What goes wrong with one message alone: its template, a value that does not open, something never heard of.
UNWRITABLE = (
    TemplateError, GiveUp, LookupError, ValueError, TypeError, AttributeError, peewee.DoesNotExist,
)  # fmt: skip

_templates = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html"]),
)


@dataclass(frozen=True)
class Letterhead:
    """What stands on every message: the address of our pages, who sends it, and whether a person reads answers."""

    public_url: str
    sender_name: str
    is_answered: bool


@dataclass(frozen=True)
class Composed:
    """A message as it is read. A text message has neither subject nor page.

    hidden     what only the person it is for may see: the secrets of links
    stop_link  where the person can say that such messages need not come any more; empty for who works here
    """

    subject: str = field(repr=False)
    text: str = field(repr=False)
    page: str = field(repr=False)
    hidden: tuple[str, ...] = field(repr=False)
    stop_link: str = field(default="", repr=False)

    def to_keep(self) -> tuple[str, str]:
        """Subject and text without their secrets."""
        text = self.text
        for secret in self.hidden:
            text = text.replace(secret, "…")
        return self.subject, text


def compose(
    message: Message,
    channel: str,
    letterhead: Letterhead,
    known: Known,
    also: Sequence[tuple[Message, Known]] = (),
) -> Composed:
    """The message in words; raises one of UNWRITABLE. also: what is said along, each with what is known of it."""
    told, hidden = _BY_KIND[Kind(message.kind)](message, letterhead, known)
    others = [_BY_KIND[Kind(one.kind)](one, letterhead, its) for one, its in also]
    foot, foot_hidden = _foot(message, letterhead)
    values = {
        "call_name": people.name_of(message, known), "sender_name": letterhead.sender_name,
        "reply_to": letterhead.is_answered, **foot, **told, "others": [values for values, _ in others],
    }  # fmt: skip
    hidden += foot_hidden + tuple(secret for _, secrets in others for secret in secrets)

    def write(file: str) -> str:
        return _templates.get_template(f"messages/{message.kind}/{file}").render(values)

    if channel == "sms":
        return Composed("", write("sms.txt"), "", hidden)
    stop_link = foot.get("stop_link", "")
    return Composed(write("subject.txt"), write("body.txt"), write("body.html"), hidden, stop_link)


def names_to_avoid(message: Message, letterhead: Letterhead, known: Known) -> tuple[str, ...]:
    """The names that this message may not say: of the group and the organisation, except the sender's own."""
    membership = known.memberships.get(message.membership_id or "")
    group = None if membership is None else known.groups.get(membership.group_id)
    rows: list[Any] = [group, known.organisations.get(message.organisation_id)]
    return tuple(row.name for row in rows if row is not None and row.name != letterhead.sender_name)


# What a kind of message says, and which of it are the secrets of its links.
Values = tuple[dict[str, Any], tuple[str, ...]]


def _talk(message: Any, _: Letterhead, known: Known) -> Values:
    talk: Any = known.talks[message.talk_id]
    told: dict[str, Any] = {"change": message.change}
    if message.change is not None:
        told |= _moment(message.old_on, message.old_at, "old_")
    if message.change != "called_off":
        told |= _moment(talk.on, talk.at) | _how(talk)
        told |= {"minutes": talk.minutes, "with_whom": people.staff_name(known.staff.get(talk.host_staff_id))}
    return told, ()


def _how(talk: Any) -> dict[str, str]:
    if talk.form == "phone":
        return {"how": "phone"}
    if talk.form == "video" and talk.place.startswith("https://"):
        return {"how": "video", "video_link": talk.place}
    return {"how": "place", "place_name": talk.place}


def _foot(message: Message, letterhead: Letterhead) -> tuple[dict[str, str], tuple[str, ...]]:
    """The links that stand below every message to somebody who takes part: to their own page, and to stop this."""
    if not message.participant_id:
        return {}, ()
    keyring, person = service.encryption.keyring, message.participant_id
    mine = links.mint(keyring, "meetings", "mine", person, clock.now() + _MINE_WORKS)
    told = {"preferences_link": f"{letterhead.public_url}/mijn/naar/{mine}"}
    stop = stop_link(message, letterhead.public_url)
    if not stop:
        return told, (mine,)
    return told | {"stop_link": stop}, (mine, stop.rpartition("/")[2])


def _meeting(message: Any, letterhead: Letterhead, known: Known) -> Values:
    """When and where, with the link to call off for this once."""
    meeting = known.meetings[message.meeting_id]
    starts_at = moments.starts_at(meeting.on, meeting.at, ZoneInfo(meeting.zone))
    subject = f"{message.meeting_id}.{message.membership_id}"
    token = links.mint(service.encryption.keyring, "meetings", "call_off", subject, starts_at)
    link = {"link": f"{letterhead.public_url}/mijn/afmelden/{token}"}
    return _when_and_where(meeting, known) | link, (token,)


def _moved(message: Any, letterhead: Letterhead, known: Known) -> Values:
    told, hidden = _meeting(message, letterhead, known)
    return told | {"change": message.change} | _moment(message.old_on, message.old_at, "old_"), hidden


def _cancelled(message: Any, _: Letterhead, known: Known) -> Values:
    meeting = known.meetings[message.meeting_id]
    return _moment(meeting.on, meeting.at), ()


def _missed(message: Any, _: Letterhead, known: Known) -> Values:
    """With what a facilitator wrote to go with it, and their name."""
    if message.line is None:
        return {}, ()
    line = service.encryption.open(message.line, "message.line", message.id)
    return {"line": line, "line_by": people.staff_name(known.staff.get(message.line_by))}, ()


def _to_staff(message: Any, letterhead: Letterhead, known: Known) -> Values:
    told = _when_and_where(known.meetings[message.meeting_id], known)
    old = _moment(message.old_on, message.old_at, "old_")
    return told | old | {"change": message.change, "link": _page_of(message, letterhead)}, ()


def _by_hand(message: Any, letterhead: Letterhead, known: Known) -> Values:
    meeting = known.meetings[message.meeting_id]
    count = known.unreached.get(message.id, 0)
    return _moment(meeting.on, meeting.at) | {"count": count, "link": _page_of(message, letterhead)}, ()


def _page_of(message: Any, letterhead: Letterhead) -> str:
    return f"{letterhead.public_url}/bijeenkomsten/{message.meeting_id}"


def _welcome(message: Any, _: Letterhead, known: Known) -> Values:
    """The first meeting that the person can come to, when it is known."""
    membership = known.memberships[message.membership_id]
    first = (
        Meeting.select()
        .where(
            Meeting.group_id == membership.group_id, Meeting.state == "planned",
            Meeting.on >= max(membership.starts_on, clock.today()),
        )
        .order_by(Meeting.on, Meeting.at)
        .first()
    )  # fmt: skip
    return ({} if first is None else _when_and_where(first, known)), ()


def _when_and_where(meeting: Meeting, known: Known) -> dict[str, Any]:
    group = known.groups.get(meeting.group_id)
    told = _moment(meeting.on, meeting.at) | {"minutes": meeting.minutes}
    place: Any = meeting if meeting.place_name or meeting.place_address else group
    if place is not None:
        told |= {"place_name": place.place_name or "", "place_address": place.place_address or ""}
    return told


def _measurement(message: Any, letterhead: Letterhead, known: Known) -> Values:
    row: Any = known.measurements[message.measurement_id]
    token = links.mint(service.encryption.keyring, "questionnaires", "fill_in", row.id, row.expires_at)
    # A list that closes at midnight can be filled in until the end of the day before.
    last_day = clock.local(row.expires_at - timedelta(seconds=1)).date()
    link = f"{letterhead.public_url}/mijn/vragenlijst/{token}"
    return {"link": link, "expires_text": clock.day_text(last_day)}, (token,)


def _sign_in(message: Any, letterhead: Letterhead, _: Known) -> Values:
    secret = service.encryption.open(message.secret, "message.secret", message.id) if message.secret else "…"
    minutes = max(1, round((message.expires_at - clock.now()).total_seconds() / 60))
    return {"link": f"{letterhead.public_url}/inloggen/link/{secret}", "minutes": minutes}, (secret,)


def _access(message: Any, _: Letterhead, __: Known) -> Values:
    code = service.encryption.open(message.secret, "message.secret", message.id) if message.secret else "…"
    minutes = max(1, round((message.expires_at - clock.now()).total_seconds() / 60))
    return {"code": code, "minutes": minutes}, (code,)


def _confirm(message: Any, letterhead: Letterhead, known: Known) -> Values:
    blind = people.blind_of(message.participant_id, message.change, known)
    token = confirm_token(message.participant_id, message.change, blind)
    # Somebody else may read it, so it says nobody's name.
    return {"link": f"{letterhead.public_url}/mijn/berichten/klopt/{token}", "call_name": "daar"}, (token,)


def _nothing_more(*_: Any) -> Values:
    return {}, ()


def _moment(on: date, at: time, prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}on_text": clock.day_text(on), f"{prefix}at_text": f"{clock.hour_text(at)} uur"}


_BY_KIND: dict[Kind, Callable[[Message, Letterhead, Known], Values]] = {
    Kind.INTRO_TALK_INVITATION: _talk, Kind.INTRO_TALK_REMINDER: _talk, Kind.INTRO_TALK_CHANGED: _talk,
    Kind.WELCOME: _welcome, Kind.MEETING_REMINDER: _meeting, Kind.QUESTIONNAIRE_INVITATION: _measurement,
    Kind.SIGN_IN_LINK: _sign_in, Kind.MEETING_MOVED: _moved, Kind.MEETING_CANCELLED: _cancelled,
    Kind.MEETING_SUBSTITUTE: _to_staff, Kind.MEETING_CHANGE_TO_LEADER: _to_staff, Kind.MOVED_BY_HAND: _by_hand,
    Kind.CANCELLATION_BY_HAND: _by_hand, Kind.MISSED_YOU: _missed, Kind.ACCESS_CODE: _access,
    Kind.CONFIRM_ADDRESS: _confirm, Kind.REPLY_RECEIVED: _nothing_more,
}  # fmt: skip
