"""What people text back: kept sealed, for who leads their group; a stop is a stop; nothing else is understood."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.meetings import events as meetings
from services.notifications.models import Contact, OptOut, Reply
from services.notifications.models import service as own_service
from services.notifications.rules.replies import answers_by_itself, is_looked_at, says_stop
from services.notifications.settings import Settings
from shared import clock
from shared.ids import new_id
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.gateway import TOKEN, Gateway

pytestmark = pytest.mark.clock

MOBILE = "+31612345678"
SECRET = "geheim-van-de-gateway-0123456789abcdef"
LATER = "reply_received"
WORDS = "Ik durf niet zo goed, mag ik een keer kijken?"


def settings_of(harness: NotificationsHarness) -> Settings:
    """Text messages go into the mailbox of this machine; the webhooks are those of the gateway."""
    return dataclasses.replace(
        harness.settings, sms_token=TOKEN, sms_sender="+31600000000", sms_webhook_secret=SECRET
    )


def text(
    harness: NotificationsHarness, words: str, *, number: str = MOBILE, secret: str = SECRET, **more: Any
) -> int:
    client = harness.app_with(settings_of(harness)).test_client()
    body = Gateway().reply(number, words, **more)
    return int(client.post(f"/berichten/terug/sms/{secret}/antwoord", json=body).status_code)


def member(harness: NotificationsHarness, **person: Any) -> str:
    """Somebody in the group that Kim leads."""
    person_id, group_id = harness.person(**({"mobile": MOBILE, "email": None} | person)), harness.group()
    harness.membership(person_id, group_id, starts_on="2026-09-01")
    harness.staff(harness.kim, group_ids=[group_id])
    harness.consume()
    return person_id


def test_who_leads_the_group_reads_it_and_it_is_written_down_who_looked(harness: NotificationsHarness):
    person = member(harness)
    assert text(harness, WORDS) == 200

    visitor = harness.visitor("facilitator")
    listed = visitor.open("/berichten/antwoorden")
    page = visitor.open(f"/berichten/antwoorden/{Reply.get().id}")

    assert "Noor" in listed.text
    assert WORDS not in listed.text
    assert WORDS in page.text
    entries = own_service.audit.AuditEntry.select().where(own_service.audit.AuditEntry.purpose == "read_reply")
    assert [(line.event, line.about_id) for line in entries] == [("read", person)]


def test_nobody_else_reads_it(harness: NotificationsHarness):
    member(harness)
    text(harness, WORDS)
    path = f"/berichten/antwoorden/{Reply.get().id}"

    for roles, organisation_id in ((("messenger",), None), (("coordinator",), None), (("facilitator",), new_id())):
        visitor = harness.visitor(*roles, organisation_id=organisation_id)
        assert visitor.open(path).status in (403, 404)
        assert "Noor" not in visitor.open("/berichten/antwoorden").text


def test_of_who_left_or_was_never_in_a_group_a_messenger_reads_it(harness: NotificationsHarness):
    harness.person(mobile=MOBILE, email=None)
    harness.consume()
    text(harness, WORDS)

    assert WORDS in harness.visitor("messenger").open(f"/berichten/antwoorden/{Reply.get().id}").text
    assert harness.visitor("facilitator").open(f"/berichten/antwoorden/{Reply.get().id}").status == 404


def test_of_a_group_that_nobody_leads_a_messenger_reads_it(harness: NotificationsHarness):
    member(harness)
    harness.staff(harness.kim, group_ids=[])
    harness.consume()
    text(harness, WORDS)

    assert harness.visitor("messenger").open(f"/berichten/antwoorden/{Reply.get().id}").status == 200


def test_a_number_that_we_do_not_know_is_read_by_a_messenger_where_there_is_one_organisation(
    harness: NotificationsHarness,
):
    harness.consume()
    text(harness, "Verkeerd nummer?", number="+31699999999")

    assert "Een nummer dat we niet kennen" in harness.visitor("messenger").open("/berichten/antwoorden").text
    assert harness.states(LATER) == []


def test_where_there_are_more_organisations_the_messengers_of_each_read_it_and_nobody_else(
    harness: NotificationsHarness,
):
    other_id = new_id()
    harness.organisation()
    harness.publish(meetings.ORGANISATION_CHANGED, other_id, organisation_id=other_id, name="Het Anker")
    harness.consume()
    text(harness, "Verkeerd nummer?", number="+31699999999")
    path = f"/berichten/antwoorden/{Reply.get().id}"

    for organisation_id in (None, other_id):
        assert "Verkeerd nummer?" in harness.visitor("messenger", organisation_id=organisation_id).open(path).text
    assert harness.visitor("facilitator").open(path).status == 404
    assert harness.visitor("facilitator").open("/berichten/antwoorden").text.count("niet kennen") == 0
    seen = harness.visitor("messenger", organisation_id=other_id)
    assert "Bewaard. Dit antwoord is gezien." in seen.submit(seen.open(path), path + "/gezien").text


def test_a_character_that_was_cut_in_two_loses_nothing_else(harness: NotificationsHarness):
    member(harness)

    text(harness, "Tot morgen \ud83d")

    assert "Tot morgen" in harness.visitor("facilitator").open(f"/berichten/antwoorden/{Reply.get().id}").text


def test_the_same_text_delivered_again_is_there_once(harness: NotificationsHarness):
    member(harness)

    for _ in range(3):
        assert text(harness, WORDS) == 200
    assert text(harness, WORDS, at="2026-11-23T18:06:00") == 200

    assert Reply.select().count() == 2


def test_stop_is_a_stop_for_everybody_who_gave_this_number(harness: NotificationsHarness):
    first = member(harness)
    second = harness.person(name="Sam", email="sam@example.org", mobile=MOBILE)
    harness.consume()

    text(harness, "STOP!")

    assert {(row.participant_id, row.purpose, row.by) for row in OptOut.select()} == {
        (first, "all", "sms"),
        (second, "all", "sms"),
    }
    harness.talk(first)
    harness.talk(second, on="2026-11-27")
    harness.consume()
    harness.send()
    assert sorted(harness.states("intro_talk_invitation")) == [
        ("intro_talk_invitation", "accepted", None),  # by mail: an answer to what Sam asked for
        ("intro_talk_invitation", "suppressed", "no_address"),
    ]
    assert harness.mails()[-1][0] == "sam@example.org"


def test_out_of_hours_they_hear_that_nobody_reads_along_once_a_day_with_where_to_call(
    harness: NotificationsHarness,
):
    member(harness)
    harness.clock_at("2026-11-21 23.00")

    text(harness, WORDS)
    text(harness, "Ben je er?", at="2026-11-23T18:07:00")
    harness.send()

    assert harness.states(LATER) == [(LATER, "accepted", None)]
    assert harness.message(LATER).channel == "sms"
    words = harness.mailbox.messages()[0].get_content()
    assert "112" in words
    assert "0800-0113" in words


def test_in_office_hours_nothing_is_said_by_itself(harness: NotificationsHarness):
    member(harness)

    text(harness, WORDS)

    assert harness.states(LATER) == []


def test_words_and_number_lie_sealed(harness: NotificationsHarness):
    member(harness)
    text(harness, WORDS)

    own_service.database.proxy.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    stores = b"".join(path.read_bytes() for path in Path(harness.settings.stores).glob("notifications*"))
    assert b"durf niet" not in stores
    assert b"612345678" not in stores


def test_somebody_sees_to_it_once(harness: NotificationsHarness):
    member(harness)
    text(harness, WORDS)
    visitor, path = harness.visitor("facilitator"), f"/berichten/antwoorden/{Reply.get().id}"

    page = visitor.submit(visitor.open(path), path + "/gezien")

    assert "Bewaard. Dit antwoord is gezien." in page.text
    assert "gezien door Kim" in page.text


@pytest.mark.parametrize(
    "body",
    [
        "tekst",
        "[" * 100_000,
        '{"from": ',
        "\x00",
        [],
        7,
        {},
        {"from": 3},
        {"message": {"text": "x"}},
        {"from": {"number": "KPN"}, "message": {"text": "Tegoed bijna op"}},
        {"from": {"number": "1008"}, "message": {"text": "Voicemail"}},
        {"from": {"number": "Houvast"}, "message": "x"},
        {"from": {"number": None}, "message": None},
        {"from": {"number": ["0031612345678"]}, "message": {"text": "x"}},
        {"from": {"number": "٣١٦١٢٣٤٥٦٧٨"}, "message": {"text": "x"}},
    ],
    ids=lambda body: str(body)[:40],
)
def test_what_cannot_be_answered_or_read_is_let_go_and_not_sent_to_us_again(
    harness: NotificationsHarness, body: Any
):
    client = harness.app_with(settings_of(harness)).test_client()

    payload = {"data": body} if isinstance(body, str) else {"json": body}
    assert client.post(f"/berichten/terug/sms/{SECRET}/antwoord", **payload).status_code == 200
    assert text(harness, WORDS, secret="y" * 40) == 404
    assert Reply.select().count() == 0


def test_a_reference_of_somebody_elses_message_changes_nothing(harness: NotificationsHarness):
    person = member(harness)
    other = harness.person(name="Sam", email="sam@example.org")
    harness.talk(other)
    harness.consume()
    harness.send()

    text(harness, WORDS, reference=harness.message("intro_talk_invitation").id.replace("-", ""))

    assert (Reply.get().participant_id, Reply.get().message_id) == (person, None)


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ("STOP", True),
        ("stop!", True),
        ("Stop aub", True),
        ("stop alles", True),
        ("Stoppen", True),
        ("", False),
        ("Ik stop ermee", False),
        ("stop met dat gepieker zeg ik dan", False),
        ("Afmelden", False),
        ("Kan niet stoppen met drinken", False),
        ("stopcontact", False),
        ("Stop!", True),
        ("stop a.u.b.", True),
        ("STOP AUB", True),
        ("Stop s.v.p.", True),
        ("stop alstublieft", True),
        ("S.T.O.P.", True),
        ("S T O P", True),
        ("ＳＴＯＰ", True),
        ("STOP\u200b", True),
        ("S\u200bTOP", True),
        ("stop met sms'en", True),
        ("Stop met sms’jes", True),
        ("stop met berichten aub", True),
        ("stop berichten", True),
        ("Stop met deze berichten", True),
        ("graag stoppen", True),
        ("Stoppen graag", True),
        ("stop maar", True),
        ("STOPALL", True),
        ("stop all", True),
        ("opt-out", True),
        ("OPT OUT", True),
        ("optout", True),
        ("Unsubscribe me", True),
        ("Uitschrijven aub", True),
        ("uitschrijven alstublieft", True),
        ("Geen berichten meer", True),
        ("geen sms meer aub", True),
        ("geen smsjes meer alstublieft", True),
        ("Ik wil geen berichten meer", True),
        ("stuur geen berichten meer", True),
        ("stop dank je", True),
        ("Stop, bedankt", True),
        ("stop please", True),
        ("STOP SMS", True),
        ("Stop stop stop", True),
        ("stop!!! stop", True),
        ("Stop. Nu.", True),
        ("stop 🛑", True),
        ("#stop", True),
        ("STOP.", True),
        ("«stop»", True),
        ("sTóp", True),
        ("wil stoppen met berichten", True),
        ("Schrijf me uit", True),
        ("stopp", True),
        ("afmelden voor berichten", True),
        ("kan niet stoppen met denken", False),
        ("stop met alles", False),
        ("afmelden", False),
        ("Ik kom niet", False),
        ("stoppen met drinken lukt niet", False),
        ("Ik wil stoppen met leven", False),
        ("niet stoppen aub", False),
        ("stop je ook morgen?", False),
        ("geen idee meer", False),
        ("geen sms gehad", False),
        ("Geen zin meer", False),
        ("ik wil niet meer", False),
        ("bushalte stop 3", False),
        ("nee", False),
        ("geen berichten meer gehad van jullie?", False),
        ("stop met roken", False),
        ("wil stoppen", False),
        ("Ik kan dit niet meer", False),
        ("wanneer stopt het?", False),
    ],
)
def test_only_a_bare_stop_is_understood(words: str, stops: bool):
    assert says_stop(words) is stops


def test_a_reply_is_answered_by_itself_out_of_hours_and_once_a_day(harness: NotificationsHarness):
    zone = ZoneInfo("Europe/Amsterdam")
    for text_, looked in (("2026-11-16 09.00", True), ("2026-11-16 17.00", False), ("2026-11-21 12.00", False)):
        harness.clock_at(text_)
        assert is_looked_at(clock.now(), zone) is looked
        assert answers_by_itself(clock.now(), zone, []) is not looked
        assert not answers_by_itself(clock.now(), zone, [clock.now()])


def test_nothing_of_a_reply_is_in_what_we_tell_others(harness: NotificationsHarness):
    member(harness)
    text(harness, WORDS)

    assert WORDS not in repr([event.data for event in harness.events()])
    assert Contact.select().count() == 1
