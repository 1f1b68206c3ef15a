"""The pages of whoever looks after messages: what asks for a person, every state, and who may see and do what."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from deploy.local.ports import free_port
from services.notifications.channels.mailbox import name_of
from services.notifications.commands import triage
from services.notifications.models import Meeting, Message
from services.notifications.models import service as own_service
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.access import Cookies
from shared.security.actor import Actor
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.mail_server import Contrary, serving
from tests.support.service_harness import URL
from tests.support.visitor import Visitor

INVITATION = "intro_talk_invitation"
SECRETS = ("Noor", "noor@example.org", "Brugstraat", "Afspraak op")


def refused(harness: NotificationsHarness) -> str:
    """An invitation that was not accepted; gives its id."""
    settings = dataclasses.replace(harness.settings, mailbox=None, smtp_port=free_port())
    harness.talk(harness.person())
    harness.consume()
    with serving(Contrary(rcpt="550 no such user"), settings.smtp_port):
        harness.send(settings)
    return str(harness.message(INVITATION).id)


def count_questions(harness: NotificationsHarness, path: str) -> int:
    """How many statements a page takes, after it was shown once."""
    visitor, asked = harness.visitor("messenger"), []
    visitor.open(path)
    connection = own_service.database.proxy.connection()
    connection.set_trace_callback(asked.append)
    visitor.open(path)
    connection.set_trace_callback(None)
    return len(asked)


def test_the_flow_tells_kind_and_state_and_nothing_of_who_or_what(harness: NotificationsHarness):
    harness.talk(harness.person())
    go_on(harness)

    page = harness.visitor("messenger").open("/berichten")

    assert page.status == 200
    assert "Uitnodiging om kennis te maken maandag 23 november Verstuurd" in page.text
    assert "Herinnering aan de kennismaking maandag 23 november Gepland" in page.text
    assert "zondag 22 november, 18.00" in page.text
    assert not [word for word in SECRETS if word in page.html]


def test_what_asks_for_a_person_stands_first_with_its_reason(harness: NotificationsHarness):
    harness.talk(harness.person(email=None))
    harness.talk(harness.person(), place="Herstelhuis Midden")
    go_on(harness)

    page = harness.visitor("messenger").open("/berichten")

    first = page.text[: page.text.index("Alle berichten")]
    assert "Geen adres of nummer 1 bericht" in first
    assert "Een woord dat te veel verraadt" in first


def test_what_asks_for_a_person_names_group_and_day_and_nobody_before_it_is_opened(
    harness: NotificationsHarness,
):
    group_id = harness.group()
    harness.membership(harness.person(email=None), group_id, starts_on="2026-09-01")
    meeting_id = harness.meeting(group_id)
    harness.consume()
    harness.cancelled(meeting_id, group_id)
    go_on(harness)

    messenger = harness.visitor("messenger")
    opened = messenger.open("/berichten?oorzaak=no_address").text

    about = "Bijeenkomst gaat niet door, voor Noor Dinsdaggroep, dinsdag 24 november"
    assert about in opened[: opened.index("Alle berichten")]
    assert "Noor" not in messenger.open("/berichten").text


def test_nothing_that_asks_is_shown_so(harness: NotificationsHarness):
    page = harness.visitor("messenger").open("/berichten")

    assert "Er is nu niets om na te kijken." in page.text
    assert "Er zijn geen berichten die hierbij passen." in page.text


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("stand=planned", ["Herinnering aan de kennismaking"]),
        ("stand=accepted", ["Uitnodiging om kennis te maken"]),
        ("soort=intro_talk_reminder", ["Herinnering aan de kennismaking"]),
        ("stand=accepted&soort=intro_talk_reminder", []),
        ("stand=&soort=", ["Herinnering aan de kennismaking", "Uitnodiging om kennis te maken"]),
    ],
)
def test_the_flow_can_be_narrowed_by_state_and_type(harness: NotificationsHarness, asked: str, shown: list[str]):
    harness.talk(harness.person())
    go_on(harness)

    page = harness.visitor("messenger").open(f"/berichten?{asked}")

    assert sorted(re.findall(r'<a href="/berichten/[0-9a-f-]{36}">([^<]+)</a>', page.html)) == shown


@pytest.mark.parametrize(
    "asked",
    ["stand=nonsense", "soort=nonsense", "oorzaak=nonsense", "na=x", "na=2026-12-01~x", "na=~", "voor=noor"],
)
def test_a_list_that_cannot_be_is_not_there(harness: NotificationsHarness, asked: str):
    page = harness.visitor("messenger").open(f"/berichten?{asked}")

    assert page.status == 404
    assert "Deze pagina is er niet" in page.text


def test_a_long_flow_comes_in_pages_in_which_nothing_is_missing_or_double(harness: NotificationsHarness):
    group_id = harness.group()
    harness.membership(harness.person(), group_id, starts_on="2026-09-01")
    for day in range(1, 31):
        harness.meeting(group_id, on=f"2026-12-{day:02d}", at="10:00")
        harness.meeting(group_id, on=f"2026-12-{day:02d}")
    harness.consume()
    planned = {row.id for row in Message.select().where(Message.state == "planned")}
    visitor = harness.visitor("messenger")

    pages = [visitor.open("/berichten?stand=planned")]
    harness.membership(harness.person(), group_id, starts_on="2026-09-01")  # as many once more, between the others
    harness.consume()
    while len(pages) < 9 and "Oudere" in pages[-1].text:
        pages.append(visitor.open(pages[-1].link(r"/berichten\?stand=planned&na=.+")))

    seen = [
        message_id
        for page in pages
        for message_id in re.findall(r'<a href="/berichten/([0-9a-f-]{36})">', page.html)
    ]
    assert len(planned) == 60
    assert planned <= set(seen)
    assert len(seen) == len(set(seen))
    assert "Naar het begin" in pages[-1].text
    assert "Oudere" not in pages[-1].text


def test_the_flow_can_be_narrowed_to_a_group_and_to_a_person_but_never_tells_who_was_missed(
    harness: NotificationsHarness,
):
    here, there, noor = harness.group(name="Dinsdaggroep"), harness.group(name="Zondagkring"), harness.person()
    for group_id in (here, there):
        harness.membership(noor, group_id, starts_on="2026-09-01")
        harness.meeting(group_id, on="2026-12-01")
    harness.consume()
    Message.update(message_type="missed_you").where(
        Message.meeting_id.in_(Meeting.select(Meeting.id).where(Meeting.group_id == there))
    ).execute()
    visitor = harness.visitor("messenger")

    of_group, of_person = (
        visitor.open("/berichten?groep=dinsdag").html,
        visitor.open(f"/berichten?voor={noor}").html,
    )

    assert "Dinsdaggroep" in of_group
    assert "Zondagkring" not in of_group
    shown = set(re.findall(r'<a href="/berichten/([0-9a-f-]{36})">', of_person))
    private = {row.id for row in Message.select().where(Message.message_type == "missed_you")}
    assert private
    assert shown
    assert not shown & private


@pytest.mark.parametrize("path", ["/berichten", "/berichten/postbus"])
def test_a_page_takes_as_many_questions_for_many_messages_as_for_one(harness: NotificationsHarness, path: str):
    harness.talk(harness.person(name="Sam", email=None))
    harness.talk(harness.person())
    go_on(harness)
    for_few = count_questions(harness, path)
    for number in range(15):
        harness.talk(harness.person(name=f"Noor {number}", email=f"noor{number}@example.org"))
        harness.talk(harness.person(name=f"Sam {number}", email=None))
    go_on(harness)

    for_many = count_questions(harness, path)

    assert for_many == for_few


def test_one_message_shows_its_states_its_words_and_who_it_is_for(harness: NotificationsHarness):
    harness.talk(harness.person())
    go_on(harness)

    page = harness.visitor("messenger").open(f"/berichten/{harness.message(INVITATION).id}")

    assert "Voor Noor" in page.text
    assert "Afspraak op maandag 23 november" in page.text
    for word in ("Gepland", "Klaar om te versturen", "Wordt nu verstuurd", "Verstuurd"):
        assert word in page.text
    assert "Pogingen om het te bezorgen" in page.text
    assert "noor@example.org" not in page.html
    assert "<title>" in page.html
    assert not [word for word in ("Noor", "kennis") if word in page.html[: page.html.index("</title>")]]


def test_what_somebody_tells_themselves_has_no_links_below_it(harness: NotificationsHarness):
    harness.talk(harness.person(email=None))
    go_on(harness)

    page = harness.visitor("messenger").open(f"/berichten/{harness.message(INVITATION).id}")

    assert "Wat je kunt vertellen" in page.text
    assert "We maken graag kennis met je." in page.text
    assert "Liever geen berichten meer" not in page.text


def test_who_looks_at_a_message_is_written_down(harness: NotificationsHarness):
    harness.talk(harness.person())
    go_on(harness)
    message_id = harness.message(INVITATION).id

    harness.visitor("messenger").open(f"/berichten/{message_id}")

    line = own_service.audit.AuditEntry.get()
    assert (line.event, line.actor_id, line.about_id) == ("read", harness.kim, message_id)
    assert line.organisation_id == harness.organisation_id


@pytest.mark.parametrize("message_type", ["questionnaire_invitation", "sign_in_link"])
def test_whoever_looks_at_a_message_cannot_use_its_link(harness: NotificationsHarness, message_type: str):
    harness.measurement(harness.person())
    harness.sign_in(secret="Geheim123abcDEF456ghi789")
    harness.consume()
    visitor, path = harness.visitor("messenger"), f"/berichten/{harness.message(message_type).id}"
    before = visitor.open(path)
    harness.send()
    after = visitor.open(path)

    for page in (before, after):
        assert re.search(r"http://127\.0\.0\.1:8780/\S+/…", page.text)
        assert not re.search(r"(vragenlijst|link)/[A-Za-z0-9_-]{10}", page.text)


def test_a_message_that_betrays_shows_which_word(harness: NotificationsHarness):
    harness.talk(harness.person(), place="Herstelhuis Midden")
    go_on(harness)

    page = harness.visitor("messenger").open(f"/berichten/{harness.message(INVITATION).id}")

    assert "Het gaat om: herstel." in page.text


def test_a_messenger_lets_a_message_go_that_was_held_for_a_word_and_says_why(harness: NotificationsHarness):
    harness.talk(harness.person(), place="Herstelhuis Midden")
    go_on(harness)
    path = f"/berichten/{harness.message(INVITATION).id}"
    visitor = harness.visitor("messenger")

    empty = visitor.submit(visitor.open(path), f"{path}/toch-versturen")
    done = visitor.submit(visitor.open(path), f"{path}/toch-versturen", reason="Zo heet het huis al honderd jaar.")
    go_on(harness)

    assert empty.status == 400
    assert "Schrijf erbij waarom dit bericht toch weg mag." in empty.text
    assert "Het bericht wordt toch verstuurd." in done.text
    assert "Toch verstuurd" in done.text
    assert "Zo heet het huis al honderd jaar." in done.text
    assert len(harness.mails()) == 1
    changes = [line.purpose for line in own_service.audit.AuditEntry.select() if line.event == "change"]
    assert changes == ["let_through"]


def test_sending_again_is_not_offered_until_there_is_an_address(harness: NotificationsHarness):
    person = harness.person(email=None)
    harness.talk(person)
    go_on(harness)
    message_id = harness.message(INVITATION).id
    messenger = Actor(harness.kim, "staff", "Kim", {harness.organisation_id: frozenset({"messenger"})})
    visitor = harness.visitor("messenger")
    without = visitor.open(f"/berichten/{message_id}").html

    with pytest.raises(Refusal, match="message_no_address"):
        triage.try_again(messenger, message_id=message_id, request_id=new_id())
    harness.reached(person, email="noor@example.org")
    harness.consume()

    assert "Stuur het nog een keer" not in without
    assert "Ik heb het zelf verteld" in without
    assert "Stuur het nog een keer" in visitor.open(f"/berichten/{message_id}").html


def test_a_message_that_is_held_back_does_not_go(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()
    path = f"/berichten/{harness.message(INVITATION).id}"
    visitor = harness.visitor("messenger")

    page = visitor.submit(visitor.open(path), f"{path}/tegenhouden")
    harness.send()

    assert "Dit bericht wordt niet verstuurd." in page.text
    assert "Ingetrokken, door Kim" in page.text
    assert harness.mails() == []


def test_holding_back_twice_by_a_double_click_is_once(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()
    path = f"/berichten/{harness.message(INVITATION).id}"
    visitor = harness.visitor("messenger")
    page = visitor.open(path)

    answers = [visitor.submit(page, f"{path}/tegenhouden").status for _ in range(2)]

    assert answers == [200, 200]
    assert harness.steps(INVITATION) == ["planned", "withdrawn"]


def test_holding_back_in_a_second_tab_says_that_it_is_too_late(harness: NotificationsHarness):
    harness.talk(harness.person())
    harness.consume()
    path = f"/berichten/{harness.message(INVITATION).id}"
    visitor = harness.visitor("messenger")
    second_tab = visitor.open(path)
    harness.send()

    page = visitor.submit(second_tab, f"{path}/tegenhouden")

    assert page.status == 409
    assert "Dit kan niet meer met dit bericht" in page.text
    assert len(harness.mails()) == 1


def test_a_refused_message_is_sent_again_as_a_new_one_to_an_address_with_a_new_chance(
    harness: NotificationsHarness,
):
    path = f"/berichten/{refused(harness)}"
    visitor = harness.visitor("messenger")

    page = visitor.submit(visitor.open(path), f"{path}/opnieuw")
    harness.send()

    assert "Het bericht wordt opnieuw verstuurd." in page.text
    assert harness.mails() == [("noor@example.org", "Afspraak op maandag 23 november")]
    assert [state for _, state, _ in harness.states(INVITATION)] == ["rejected", "accepted"]
    assert harness.events("reachability_changed")[-1].data["refused"] == []
    assert "Er is nu niets om na te kijken." in visitor.open("/berichten").text


def test_a_message_in_doubt_is_sent_again_as_itself(harness: NotificationsHarness):
    harness.talk(harness.person())
    go_on(harness)
    path = f"/berichten/{harness.message(INVITATION).id}"
    with own_service.transaction():
        Message.update(state="unknown", asked_at=harness.message(INVITATION).changed_at).execute()
    visitor = harness.visitor("messenger")

    visitor.submit(visitor.open(path), f"{path}/opnieuw")
    harness.send()

    assert harness.attempts(INVITATION) == ["accepted", "accepted"]
    assert len(harness.mails()) == 1, "the mailbox keeps only the first of two with one Message-ID"


def test_sending_again_what_would_come_too_late_is_refused_and_not_offered(harness: NotificationsHarness):
    path = f"/berichten/{refused(harness)}"
    visitor = harness.visitor("messenger")
    page = visitor.open(path)
    harness.clock_at("2026-11-23 14.00")

    answer = visitor.submit(page, f"{path}/opnieuw")

    assert answer.status == 409
    assert "het moment is voorbij" in answer.text
    assert "Stuur het nog een keer" in page.html
    assert "Stuur het nog een keer" not in visitor.open(path).html


def test_a_link_whose_secret_is_gone_cannot_be_sent_again(harness: NotificationsHarness):
    harness.sign_in()
    harness.consume()
    path = f"/berichten/{harness.message('sign_in_link').id}"
    with own_service.transaction():
        Message.update(state="rejected", secret=None, asked_at=harness.message("sign_in_link").made_at).execute()

    page = harness.visitor("messenger").open(path)

    assert "Stuur het nog een keer" not in page.text
    assert "Markeer als afgehandeld" in page.text


def test_what_was_told_in_person_asks_for_nobody_any_more(harness: NotificationsHarness):
    harness.talk(harness.person(email=None))
    go_on(harness)
    path = f"/berichten/{harness.message(INVITATION).id}"
    visitor = harness.visitor("messenger")

    page = visitor.submit(visitor.open(path), f"{path}/gezien")

    assert "Afgehandeld" in page.text
    assert ", door Kim" in page.text
    assert "Er is nu niets om na te kijken." in visitor.open("/berichten").text
    assert [line.purpose for line in own_service.audit.AuditEntry.select() if line.event == "change"] == [
        "seen_to"
    ]


def test_what_nobody_could_tell_in_time_asks_no_more_but_stays_to_be_read(harness: NotificationsHarness):
    harness.talk(harness.person(email=None))
    go_on(harness)
    visitor = harness.visitor("messenger")
    assert "Er is nu niets om na te kijken." not in visitor.open("/berichten").text

    harness.clock_at("2026-12-30 10.00")
    page = visitor.open("/berichten")

    assert "Er is nu niets om na te kijken." in page.text
    assert "Uitnodiging om kennis te maken maandag 23 november Niet verstuurd" in page.text


def test_what_asks_for_nobody_cannot_be_seen_to_or_sent_again(harness: NotificationsHarness):
    path = f"/berichten/{refused(harness)}"
    visitor = harness.visitor("messenger")
    page = visitor.open(path)
    visitor.submit(page, f"{path}/gezien")

    second = [visitor.submit(page, f"{path}/{act}", request_id=new_id()) for act in ("gezien", "opnieuw")]

    assert [(answer.status, "al afgehandeld" in answer.text) for answer in second] == [(409, True)] * 2


def test_a_manager_is_not_sent_to_pages_of_messengers(harness: NotificationsHarness):
    manager, messenger = (harness.visitor(role).open("/berichten") for role in ("manager", "messenger"))

    for path in ("/berichten/antwoorden", "/berichten/postbus"):
        assert f'href="{path}"' in messenger.html
        assert f'href="{path}"' not in manager.html


def test_a_manager_reads_and_does_nothing(harness: NotificationsHarness):
    harness.talk(harness.person(email=None))
    go_on(harness)
    path = f"/berichten/{harness.message(INVITATION).id}"
    page = harness.visitor("messenger").open(path)
    manager = harness.visitor("manager")

    read, acted = manager.open(path), manager.submit(page, f"{path}/gezien", csrf_token="x")

    assert read.status == 200
    assert not [form for form in read.forms if form.action.startswith("/berichten")]
    assert acted.status == 403
    assert harness.message(INVITATION).asked_at is not None


def test_who_is_a_messenger_elsewhere_and_a_manager_here_reads_and_does_nothing(harness: NotificationsHarness):
    message_id = refused(harness)
    here, another = harness.organisation_id, new_id()
    both = Actor(new_id(), "staff", "Sam", {here: frozenset({"manager"}), another: frozenset({"messenger"})})
    visitor = Visitor(harness.app, cookies={Cookies.of(URL).staff: harness.pass_for(both)}, base_url=URL)

    page = visitor.open(f"/berichten/{message_id}")

    assert page.status == 200
    for act in (triage.try_again, triage.mark_resolved, triage.hold_back):
        with pytest.raises(NotFound):
            act(both, message_id=message_id, request_id=new_id())
    assert harness.message(INVITATION).asked_at is not None


@pytest.mark.parametrize("role", ["facilitator", "coordinator", "intro_worker"])
@pytest.mark.parametrize("path", ["/berichten", "/berichten/postbus", "/berichten/{id}"])
def test_messages_are_for_messengers_and_managers(harness: NotificationsHarness, role: str, path: str):
    harness.talk(harness.person())
    go_on(harness)

    page = harness.visitor(role).open(path.format(id=harness.message(INVITATION).id))

    assert page.status == 403


def test_who_is_not_signed_in_is_led_to_sign_in(harness: NotificationsHarness):
    page = harness.visitor().open("/berichten")

    assert page.path == "/inloggen/verder?naar=/berichten"


def test_another_organisation_sees_nothing_of_ours(harness: NotificationsHarness):
    harness.talk(harness.person(email=None))
    harness.talk(harness.person())
    go_on(harness)
    stranger = harness.visitor("messenger", "manager", organisation_id=new_id())
    own = harness.visitor("messenger").open(f"/berichten/{harness.message(INVITATION).id}")

    flow, page = stranger.open("/berichten"), stranger.open(f"/berichten/{harness.message(INVITATION).id}")

    assert not re.findall(r"/berichten/[0-9a-f-]{36}", flow.html)
    assert page.status == 404
    assert "Deze pagina is er niet, of niet voor jou" in page.text
    assert own.status == 200


def test_another_organisation_can_do_nothing_with_ours(harness: NotificationsHarness):
    path = f"/berichten/{refused(harness)}"
    visitor = harness.visitor("messenger")
    page = visitor.open(path)
    stranger = harness.visitor("messenger", organisation_id=new_id())
    token = stranger.open("/berichten").forms[0].fields["csrf_token"][0]

    answers = [stranger.submit(page, f"{path}/{act}", csrf_token=token) for act in ("gezien", "opnieuw")]

    assert [answer.status for answer in answers] == [404, 404]
    assert harness.message(INVITATION).asked_at is not None


# The mailbox of this machine.


def test_the_mailbox_shows_what_arrived_newest_first(harness: NotificationsHarness):
    harness.talk(harness.person())
    go_on(harness)
    harness.clock_at("2026-11-22 18.01")
    harness.send()

    page = harness.visitor("messenger").open("/berichten/postbus")

    subjects = re.findall(r'href="/berichten/postbus/[0-9a-f]{32}">([^<]+)</a>', page.html)
    assert subjects == ["Herinnering: afspraak op maandag 23 november", "Afspraak op maandag 23 november"]


def test_a_link_to_our_own_pages_can_be_followed_from_the_mailbox_and_no_other(harness: NotificationsHarness):
    harness.measurement(harness.person(name="Noor http://kwaad.example.org/x"))
    go_on(harness)
    visitor = harness.visitor("messenger")

    page = visitor.open(visitor.open("/berichten/postbus").link(r"/berichten/postbus/[0-9a-f]{32}"))

    assert re.search(r'<a href="http://127\.0\.0\.1:8780/mijn/vragenlijst/[\w-]{20,}">', page.html)
    assert 'href="http://kwaad' not in page.html
    assert "http://kwaad.example.org/x" in page.text


def test_what_somebody_typed_is_no_markup_in_the_mailbox(harness: NotificationsHarness):
    harness.talk(harness.person(name="<img src=x>"))
    go_on(harness)
    visitor = harness.visitor("messenger")

    page = visitor.open(visitor.open("/berichten/postbus").link(r"/berichten/postbus/[0-9a-f]{32}"))

    assert "Hoi &lt;img src=x&gt;," in page.html


def test_a_text_message_lies_in_the_mailbox_too(harness: NotificationsHarness):
    harness.talk(harness.person(email=None, mobile="+31612345678"))
    go_on(harness)
    visitor = harness.visitor("messenger")

    page = visitor.open(visitor.open("/berichten/postbus").link(r"/berichten/postbus/[0-9a-f]{32}"))

    assert "Aan +31612345678" in page.text
    assert "Sms" in page.text


def test_the_mailbox_shows_nothing_of_another_organisation(harness: NotificationsHarness):
    harness.talk(harness.person())
    go_on(harness)
    name = name_of(f"<{harness.message(INVITATION).id}@houvast.example>")
    stranger = harness.visitor("messenger", organisation_id=new_id())

    listed, opened = stranger.open("/berichten/postbus"), stranger.open(f"/berichten/postbus/{name}")

    assert "Afspraak" not in listed.text
    assert opened.status == 404


@pytest.mark.parametrize("name", ["0" * 32, "..", "nothing", "%2e%2e%2fkeys", "a.b"])
def test_what_is_not_in_the_mailbox_is_not_there(harness: NotificationsHarness, name: str):
    assert harness.visitor("messenger").open(f"/berichten/postbus/{name}").status == 404


@pytest.mark.parametrize("missing", [{"mailbox": None}, {"mailbox_page": False}], ids=["mailbox", "demo"])
def test_without_a_mailbox_or_a_demo_there_is_no_page_of_it(
    harness: NotificationsHarness, missing: dict[str, Any]
):
    visitor = harness.visitor("messenger", settings=dataclasses.replace(harness.settings, **missing))

    assert visitor.open("/berichten/postbus").status == 404
    assert "postbus" not in visitor.open("/berichten").html
