"""The words of a message: from its templates and from what we have heard, written anew each time it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import peewee
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifications.models import Meeting, Message, house
from services.notifications.queries import people
from services.notifications.queries.known import Known
from services.notifications.rules.promises import Kind
from shared import clock
from shared.auth import links
from shared.errors import GiveUp

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

    hidden  what only the person it is for may see: the secrets of links
    """

    subject: str = field(repr=False)
    text: str = field(repr=False)
    page: str = field(repr=False)
    hidden: tuple[str, ...] = field(repr=False)

    def to_keep(self) -> tuple[str, str]:
        """Subject and text without their secrets."""
        text = self.text
        for secret in self.hidden:
            text = text.replace(secret, "…")
        return self.subject, text


def compose(message: Message, channel: str, letterhead: Letterhead, known: Known) -> Composed:
    """The message in words; raises one of UNWRITABLE."""
    told, hidden = _BY_KIND[Kind(message.kind)](message, letterhead, known)
    values = {
        "call_name": people.name_of(message, known), "sender_name": letterhead.sender_name,
        "reply_to": letterhead.is_answered, **told,
    }  # fmt: skip

    def write(file: str) -> str:
        return _templates.get_template(f"messages/{message.kind}/{file}").render(values)

    if channel == "sms":
        return Composed("", write("sms.txt"), "", hidden)
    return Composed(write("subject.txt"), write("body.txt"), write("body.html"), hidden)


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


def _meeting(message: Any, _: Letterhead, known: Known) -> Values:
    return _when_and_where(known.meetings[message.meeting_id], known), ()


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
    if group is not None:
        told |= {"place_name": group.place_name or "", "place_address": group.place_address or ""}
    return told


def _measurement(message: Any, letterhead: Letterhead, known: Known) -> Values:
    row: Any = known.measurements[message.measurement_id]
    token = links.mint(house.privacy.keyring, "questionnaires", "fill_in", row.id, row.expires_at)
    # A list that closes at midnight can be filled in until the end of the day before.
    last_day = clock.local(row.expires_at - timedelta(seconds=1)).date()
    link = f"{letterhead.public_url}/mijn/vragenlijst/{token}"
    return {"link": link, "expires_text": clock.day_text(last_day)}, (token,)


def _sign_in(message: Any, letterhead: Letterhead, _: Known) -> Values:
    secret = house.privacy.open(message.secret, "message.secret", message.id) if message.secret else "…"
    minutes = max(1, round((message.expires_at - clock.now()).total_seconds() / 60))
    return {"link": f"{letterhead.public_url}/inloggen/link/{secret}", "minutes": minutes}, (secret,)


def _moment(on: date, at: time, prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}on_text": clock.day_text(on), f"{prefix}at_text": f"{clock.hour_text(at)} uur"}


_BY_KIND: dict[Kind, Callable[[Message, Letterhead, Known], Values]] = {
    Kind.INTRO_TALK_INVITATION: _talk, Kind.INTRO_TALK_REMINDER: _talk, Kind.INTRO_TALK_CHANGED: _talk,
    Kind.WELCOME: _welcome, Kind.MEETING_REMINDER: _meeting, Kind.QUESTIONNAIRE_INVITATION: _measurement,
    Kind.SIGN_IN_LINK: _sign_in,
}  # fmt: skip
