"""The registry of message types: one entry each, with what it promises, whose yes it needs and how long it helps.

Its words lie in templates/notifications/message_types/<code>.txt; docs/MESSAGES.md is made from these entries.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from services.notifications.rules.message_spec import MessageSpec, Promise, Purpose, Validity, Values
from shared.errors import Refusal


class MessageType(StrEnum):
    """The types of message; the value is the code that is stored, and `spec` the entry."""

    spec: MessageSpec

    def __new__(cls, spec: MessageSpec) -> MessageType:
        """Make a member that is its code, with its entry."""
        member = str.__new__(cls, spec.code)
        member._value_, member.spec = spec.code, spec
        return member

    SIGNUP_CONFIRMATION = MessageSpec(
        code="signup_confirmation",
        api_name="bevestiging-aanmelding",
        label="Bevestiging van de aanmelding",
        why="Je meldde je aan.",
        promise=Promise.ONCE,
        validity=Validity.ALWAYS,
        values=Values.PROMISE,
        lasts=timedelta(days=2),
        until="by then somebody has called or written, or soon will",
    )
    INTRO_TALK_INVITATION = MessageSpec(
        code="intro_talk_invitation",
        api_name="uitnodiging-kennismaking",
        label="Uitnodiging om kennis te maken",
        why="Je wilde kennismaken, en er is een afspraak gemaakt.",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.TALK,
        values=Values.TALK,
        until="the start of the talk",
        in_person=True,
        mails_at_night=True,
    )
    INTRO_TALK_REMINDER = MessageSpec(
        code="intro_talk_reminder",
        api_name="herinnering-kennismaking",
        label="Herinnering aan de kennismaking",
        why="Je wilde graag een herinnering aan je afspraak.",
        promise=Promise.ONCE,
        purpose=Purpose.REMINDERS,
        validity=Validity.TALK,
        values=Values.TALK,
        until="the start of the talk",
        is_bundled=True,
        goes_unconfirmed=True,
    )
    INTRO_TALK_CHANGED = MessageSpec(
        code="intro_talk_changed",
        api_name="wijziging-kennismaking",
        label="Wijziging van de kennismaking",
        why="Er veranderde iets aan je afspraak.",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.TALK,
        values=Values.TALK,
        until="the new start of the talk, or the old one when it is called off",
        in_person=True,
        mails_at_night=True,
    )
    WELCOME = MessageSpec(
        code="welcome",
        api_name="welkom",
        label="Welkom",
        why="Je gaat meedoen.",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.MEMBERSHIP,
        values=Values.WELCOME,
        lasts=timedelta(days=7),
        in_person=True,
    )
    MEETING_REMINDER = MessageSpec(
        code="meeting_reminder",
        api_name="herinnering-bijeenkomst",
        label="Herinnering aan de bijeenkomst",
        why="Je wilde graag een herinnering.",
        promise=Promise.ONCE,
        purpose=Purpose.REMINDERS,
        validity=Validity.REMINDER,
        values=Values.MEETING,
        until="the start of the meeting",
        is_bundled=True,
    )
    MEETING_MOVED = MessageSpec(
        code="meeting_moved",
        api_name="bijeenkomst-verplaatst",
        label="Bijeenkomst verplaatst",
        why="Er veranderde iets aan een afspraak waar je bij hoort.",
        promise=Promise.ONCE,
        validity=Validity.MOVED,
        values=Values.MOVED_MEETING,
        until="the start of the meeting",
        is_urgent=True,
        in_person=True,
        is_unrequested=True,
    )
    MEETING_CANCELLED = MessageSpec(
        code="meeting_cancelled",
        api_name="bijeenkomst-gaat-niet-door",
        label="Bijeenkomst gaat niet door",
        why="Er veranderde iets aan een afspraak waar je bij hoort.",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.CANCELLED,
        values=Values.MOMENT,
        until="the end of the meeting: who stands before a closed door is still helped by it",
        is_urgent=True,
        skips_catch_up=True,
        in_person=True,
        on_two_channels=True,
        is_unrequested=True,
    )
    MEETING_SUBSTITUTE = MessageSpec(
        code="meeting_substitute",
        api_name="invallen",
        label="Invallen bij een bijeenkomst",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.SUBSTITUTE,
        values=Values.MEETING_FOR_STAFF,
        until="the start of the meeting",
        is_urgent=True,
    )
    MEETING_CHANGE_TO_LEADER = MessageSpec(
        code="meeting_change_to_leader",
        api_name="wijziging-voor-begeleider",
        label="Wijziging, voor wie begeleidt",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.FACILITATOR,
        values=Values.MEETING_FOR_STAFF,
        until="the start of the meeting; its end when it is off",
        is_urgent=True,
    )
    MOVE_IN_PERSON = MessageSpec(
        code="move_in_person",
        api_name="zelf-vertellen-verplaatst",
        label="Zelf vertellen: verplaatst",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.IN_PERSON,
        values=Values.PEOPLE_TO_TELL,
        until="the end of the last message that asks for a person",
        tells_of="meeting_moved",
        is_urgent=True,
    )
    CANCELLATION_IN_PERSON = MessageSpec(
        code="cancellation_in_person",
        api_name="zelf-vertellen-gaat-niet-door",
        label="Zelf vertellen: gaat niet door",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.IN_PERSON,
        values=Values.PEOPLE_TO_TELL,
        until="the end of the last message that asks for a person",
        tells_of="meeting_cancelled",
        is_urgent=True,
        skips_catch_up=True,
    )
    MISSED_YOU = MessageSpec(
        code="missed_you",
        api_name="gemist",
        label="Gemist",
        why="Je vond het goed dat we iets laten horen als je er niet was.",
        promise=Promise.AT_MOST_ONCE,
        purpose=Purpose.MISSED_YOU,
        validity=Validity.MISSED,
        values=Values.PERSONAL_NOTE,
        lasts=timedelta(days=4),
        until="later it would be strange, and the next meeting may have been",
        is_private=True,
    )
    QUESTIONNAIRE_INVITATION = MessageSpec(
        code="questionnaire_invitation",
        api_name="uitnodiging-vragenlijst",
        label="Vragenlijst staat klaar",
        why="Je vond het goed dat we je soms vragen stellen.",
        promise=Promise.ONCE,
        purpose=Purpose.QUESTIONNAIRES,
        validity=Validity.MEASUREMENT,
        values=Values.MEASUREMENT,
        until="the closing of the questionnaire",
    )
    STAFF_INVITATION = MessageSpec(
        code="staff_invitation",
        api_name="uitnodiging-collega",
        label="Uitnodiging aan een collega",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.ALWAYS,
        values=Values.INVITATION,
        lasts=timedelta(days=7),
    )
    SIGN_IN_LINK = MessageSpec(
        code="sign_in_link",
        api_name="inloglink",
        label="Link om in te loggen",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.ALWAYS,
        values=Values.SIGN_IN_LINK,
        lasts=timedelta(minutes=15),
        ignores_quiet_hours=True,
        is_awaited=True,
    )
    ACCESS_CODE = MessageSpec(
        code="access_code",
        api_name="code-eigen-pagina",
        label="Code voor de eigen pagina",
        why="Iemand vroeg met een link uit jouw berichten een code.",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.ALWAYS,
        values=Values.ACCESS_CODE,
        lasts=timedelta(minutes=10),
        ignores_quiet_hours=True,
        is_awaited=True,
    )
    OWN_PAGE_LINK = MessageSpec(
        code="own_page_link",
        api_name="link-eigen-pagina",
        label="Link naar de eigen pagina",
        why="Iemand vroeg met jouw adres of nummer een link naar je eigen pagina.",
        promise=Promise.AT_LEAST_ONCE,
        validity=Validity.ALWAYS,
        values=Values.OWN_PAGE_LINK,
        lasts=timedelta(hours=1),
        ignores_quiet_hours=True,
        is_awaited=True,
        to_one_address=True,
    )
    CONFIRM_ADDRESS = MessageSpec(
        code="confirm_address",
        api_name="adres-bevestigen",
        label="Vraag of het adres klopt",
        why="Dit adres of nummer werd bij ons opgegeven, en we wilden weten of het van jou is.",
        promise=Promise.ONCE,
        validity=Validity.ADDRESS,
        values=Values.CONFIRM_LINK,
        lasts=timedelta(days=7),
        to_one_address=True,
    )
    REPLY_RECEIVED = MessageSpec(
        code="reply_received",
        api_name="antwoord-ontvangen",
        label="Antwoord dat er later iemand leest",
        why="Je stuurde ons iets op een moment dat niemand meelas.",
        promise=Promise.AT_MOST_ONCE,
        validity=Validity.ALWAYS,
        values=Values.NONE,
        lasts=timedelta(hours=1),
        until="also at night: who wrote a moment ago may know that nobody reads it now, and who does",
        ignores_quiet_hours=True,
        to_one_address=True,
    )


BY_CODE = {str(member): member for member in MessageType}
API_NAMES = {code: member.spec.api_name for code, member in BY_CODE.items()}
LABELS = {code: member.spec.label for code, member in BY_CODE.items()}
WHYS = {code: member.spec.why for code, member in BY_CODE.items() if member.spec.why}


def types_that(attribute: str) -> frozenset[MessageType]:
    """Return the types whose entry has this attribute of `MessageSpec` set."""
    return frozenset(member for member in MessageType if getattr(member.spec, attribute))


def spec_of(code: str) -> MessageSpec:
    """Return the entry of a type.

    Refused: kind_unknown.
    """
    try:
        return BY_CODE[code].spec
    except KeyError:
        raise Refusal("kind_unknown", kind=code) from None


def expires_at(code: str, *, made_at: datetime, until: datetime | None = None) -> datetime:
    """Return the moment from which the message no longer helps and must not be sent.

    until  the moment that the entry names in words; a type that lasts a fixed time does not look at it

    Refused: expiry_missing when the type needs `until` and it is not there: a message that never expires arrives
    when it can only confuse.
    """
    lasts = spec_of(code).lasts
    if lasts is not None:
        return made_at + lasts
    if until is None:
        raise Refusal("expiry_missing", message_type=str(code))
    return until
