"""The words of a message: from its template and its context, written anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

import peewee
from jinja2 import TemplateError

from services.notifications.models import Group, Meeting, Message, Talk, service
from services.notifications.queries import addresses, links, people
from services.notifications.queries.context import Context
from services.notifications.queries.discretion import names_to_avoid, own_words
from services.notifications.queries.intro_talks import place_of
from services.notifications.queries.rendering import Layout, render, translate
from services.notifications.queries.sender_details import SenderDetails
from services.notifications.rules.message_spec import Values
from services.notifications.rules.message_types import BY_CODE
from shared import clock, language
from shared.discretion import OwnWords
from shared.errors import GiveUp
from shared.security.links import mint

# What goes wrong with one message alone: its template, a value that does not open, something not known.
UNWRITABLE = (
    TemplateError,
    GiveUp,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    peewee.DoesNotExist,
)


@dataclass(frozen=True)
class Composed:
    """A message as it is read. A text message has neither subject nor page.

    sender_name  the name that its reader sees it come from
    own_words  what it says because somebody or some place is called so
    hidden     what only the person it is for may see: the secrets of links
    stop_link  where the person can say that such messages need not come any more; empty for who works here
    """

    subject: str = field(repr=False)
    text: str = field(repr=False)
    page: str = field(repr=False)
    hidden: tuple[str, ...] = field(repr=False)
    names_to_avoid: tuple[str, ...] = field(repr=False)
    own_words: OwnWords = field(repr=False)
    sender_name: str
    stop_link: str = field(default="", repr=False)

    @property
    def without_secrets(self) -> tuple[str, str]:
        """Subject and text, as they may be kept."""
        text = self.text
        for secret in self.hidden:
            text = text.replace(secret, "…")
        return self.subject, text


def compose(
    message: Message,
    channel: str,
    sender_details: SenderDetails,
    context: Context,
    bundled: Sequence[tuple[Message, Context]] = (),
) -> Composed:
    """Write the message in the language of its reader; who works here reads Dutch. Raises one of UNWRITABLE.

    bundled  the messages that go along, each with its own context
    """
    with language.using(people.language_of(message, context)):
        return _compose(message, channel, sender_details, context, bundled)


def _compose(
    message: Message,
    channel: str,
    sender_details: SenderDetails,
    context: Context,
    bundled: Sequence[tuple[Message, Context]],
) -> Composed:
    sender_details = sender_details.of(message, context)
    names = names_to_avoid(message, sender_details, context)
    values, secrets = _fill(message, sender_details, context)
    others = [_fill(other, sender_details, its_context) for other, its_context in bundled]
    links_below, link_secrets = links.links_below(message, sender_details.public_url)
    everything = {
        "call_name": people.name_of(message, context),
        "sender_name": sender_details.sender_name,
        "reply_to": sender_details.is_answered,
        "telephone": sender_details.telephone,
        "out_of_hours_telephone": sender_details.out_of_hours_telephone,
        **links_below,
        **values,
        "others": [their_values for their_values, _ in others],
    }
    own = own_words([everything, *(their_values for their_values, _ in others)])
    hidden = (*secrets, *link_secrets, *(secret for _, their_secrets in others for secret in their_secrets))

    if channel == "sms":
        text = render(message.message_type, Layout.SMS, everything)
        return Composed("", text, "", hidden, names, own, sender_details.sender_name)
    subject, text, page = (
        render(message.message_type, layout, everything) for layout in (Layout.SUBJECT, Layout.TEXT, Layout.PAGE)
    )
    stop_link = links_below.get("stop_link", "")
    return Composed(subject, text, page, hidden, names, own, sender_details.sender_name, stop_link)


def open_words(message: Message) -> tuple[str, str] | None:
    """Return subject and text as the message went, without their secrets; None when it did not go."""
    if message.composed is None:
        return None
    subject, _, text = service.encryption.open(message.composed, "message.composed", message.id).partition("\n")
    return subject, text


# What the templates are filled with, and which of it are the secrets of links.
FilledIn = tuple[dict[str, object], tuple[str, ...]]


def _fill(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    return _FILLERS[BY_CODE[message.message_type].spec.values](message, sender_details, context)


def _talk(message: Message, _: SenderDetails, context: Context) -> FilledIn:
    talk = context.talks[message.talk_id]
    values: dict[str, object] = {"change": message.change}
    if message.change is not None:
        values |= _moment(message.old_on, message.old_at, "old_")
    if message.change != "called_off":
        values |= _moment(talk.on, talk.at) | _how(talk)
        values |= {"minutes": talk.minutes, "with_whom": people.staff_name(context.staff.get(talk.host_staff_id))}
    return values, ()


def _how(talk: Talk) -> dict[str, str]:
    place = place_of(talk)
    if talk.form == "phone":
        return {"how": "phone"}
    if talk.form == "video" and place.startswith("https://"):
        return {"how": "video", "video_link": place}
    return {"how": "place", "place_name": place}


def _meeting(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    """Return when and where, with the link to call off for this once."""
    meeting = context.meetings[message.meeting_id]
    values = _when_and_where(meeting, context)
    subject = f"{message.meeting_id}.{message.membership_id}"
    # Such a message helps until the meeting starts, and so does its link.
    token = mint(service.encryption.keyring, "meetings", "call_off", subject, message.expires_at)
    return values | {"link": f"{sender_details.public_url}/mijn/afmelden/{token}"}, (token,)


def _moved_meeting(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    values, hidden = _meeting(message, sender_details, context)
    return values | {"change": message.change} | _moment(message.old_on, message.old_at, "old_"), hidden


def _cancelled_meeting(message: Message, _: SenderDetails, __: Context) -> FilledIn:
    """Return the moment at which its reader expected the meeting."""
    return _moment(message.old_on, message.old_at), ()


def note_of(message: Message) -> str:
    """Return what a facilitator wrote to go with a message; an empty text when nobody did."""
    sealed = message.personal_note
    return service.encryption.open(sealed, "message.personal_note", message.id) if sealed else ""


def _personal_note(message: Message, _: SenderDetails, context: Context) -> FilledIn:
    note = note_of(message)
    if not note:
        return {}, ()
    by = people.staff_name(context.staff.get(message.personal_note_by))
    return {"personal_note": note, "personal_note_by": by}, ()


def _meeting_for_staff(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    values = _when_and_where(context.meetings[message.meeting_id], context)
    old = _moment(message.old_on, message.old_at, "old_")
    return values | old | {"change": message.change, "link": _page_of(message, sender_details)}, ()


def _people_to_tell(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    meeting = context.meetings[message.meeting_id]
    count = context.unnotified.get(message.id, 0)
    return _moment(meeting.on, meeting.at) | {"count": count, "link": _page_of(message, sender_details)}, ()


def _page_of(message: Message, sender_details: SenderDetails) -> str:
    return f"{sender_details.public_url}/bijeenkomsten/{message.meeting_id}"


def _welcome(message: Message, _: SenderDetails, context: Context) -> FilledIn:
    """Return the first meeting that the person can come to, when it is known."""
    membership = context.memberships[message.membership_id]
    first = (
        Meeting.select()
        .where(
            Meeting.group_id == membership.group_id,
            Meeting.state == "planned",
            Meeting.on >= max(membership.starts_on, clock.today()),
        )
        .order_by(Meeting.on, Meeting.at)
        .first()
    )
    return ({} if first is None else _when_and_where(first, context)), ()


def _when_and_where(meeting: Meeting, context: Context) -> dict[str, object]:
    group = context.groups.get(meeting.group_id)
    values = _moment(meeting.on, meeting.at) | {"minutes": meeting.minutes}
    place: Meeting | Group | None = meeting if meeting.place_name or meeting.place_address else group
    if place is not None:
        values |= {"place_name": place.place_name or "", "place_address": place.place_address or ""}
    return values


def _measurement(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    row = context.measurements[message.measurement_id]
    token = mint(service.encryption.keyring, "questionnaires", "fill_in", row.id, row.expires_at)
    # A list that closes at midnight can be filled in until the end of the day before.
    last_day = clock.local(row.expires_at - timedelta(seconds=1)).date()
    link = f"{sender_details.public_url}/mijn/vragenlijst/{token}"
    return {"link": link, "expires_text": clock.day_text(last_day)}, (token,)


def _sign_in_link(message: Message, sender_details: SenderDetails, _: Context) -> FilledIn:
    secret = service.encryption.open(message.secret, "message.secret", message.id) if message.secret else "…"
    minutes = max(1, round((message.expires_at - clock.now()).total_seconds() / 60))
    return {"link": f"{sender_details.public_url}/inloggen/link/{secret}", "minutes": minutes}, (secret,)


def _invitation(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    invited_by = people.staff_name(context.staff.get(message.by_staff_id))
    # No secret: who holds this mail still proves that the address is theirs.
    return {"invited_by": invited_by, "link": f"{sender_details.public_url}/inloggen"}, ()


def _access_code(message: Message, _: SenderDetails, __: Context) -> FilledIn:
    code = service.encryption.open(message.secret, "message.secret", message.id) if message.secret else "…"
    minutes = max(1, round((message.expires_at - clock.now()).total_seconds() / 60))
    return {"code": code, "minutes": minutes}, (code,)


def _own_page_link(message: Message, sender_details: SenderDetails, _: Context) -> FilledIn:
    link, token = links.own_page_link(message.participant_id or "", sender_details.public_url)
    return {"link": link}, (token,)


def _confirm_link(message: Message, sender_details: SenderDetails, context: Context) -> FilledIn:
    channel = message.change or ""
    blind = addresses.blind_of(message.participant_id, channel, context)
    token = links.confirm_token(message.participant_id, channel, blind)
    # Somebody else may read it, so it says nobody's name.
    link = f"{sender_details.public_url}/mijn/berichten/klopt/{token}"
    return {"link": link, "call_name": translate("daar")}, (token,)


def _promise(message: Message, _: SenderDetails, context: Context) -> FilledIn:
    organisation = context.organisations.get(message.organisation_id)
    return {"answer_within_days": organisation and organisation.answer_within_days}, ()


def _nothing_more(*_: object) -> FilledIn:
    return {}, ()


def _moment(on: date | None, at: time | None, prefix: str = "") -> dict[str, object]:
    if on is None or at is None:
        raise LookupError("a moment")
    return {f"{prefix}on_text": clock.day_text(on), f"{prefix}at_text": clock.hour_of_day(at)}


_FILLERS: dict[Values, Callable[[Message, SenderDetails, Context], FilledIn]] = {
    Values.NONE: _nothing_more,
    Values.PROMISE: _promise,
    Values.TALK: _talk,
    Values.WELCOME: _welcome,
    Values.MEETING: _meeting,
    Values.MOVED_MEETING: _moved_meeting,
    Values.MOMENT: _cancelled_meeting,
    Values.PERSONAL_NOTE: _personal_note,
    Values.MEETING_FOR_STAFF: _meeting_for_staff,
    Values.PEOPLE_TO_TELL: _people_to_tell,
    Values.MEASUREMENT: _measurement,
    Values.SIGN_IN_LINK: _sign_in_link,
    Values.INVITATION: _invitation,
    Values.ACCESS_CODE: _access_code,
    Values.OWN_PAGE_LINK: _own_page_link,
    Values.CONFIRM_LINK: _confirm_link,
}
