"""Text messages through the gateway: taken, refused, in doubt; what it tells later; and how many may go."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from services.notifications.commands import own_page
from services.notifications.models import Contact, Receipt, TextSent
from services.notifications.settings import Settings
from shared.ids import new_id
from shared.security.actor import PUBLIC
from shared.settings import SettingsError
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.gateway import HANGS_UP, HANGS_UP_AFTER, SILENT, TOKEN, Gateway, serving

MOBILE = "+31612345678"
SECRET = "geheim-van-de-gateway-0123456789abcdef"
INVITATION, REMINDER = "intro_talk_invitation", "meeting_reminder"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serving(Gateway()) as made:
        yield made


@pytest.fixture
def texting(bare_harness: NotificationsHarness, gateway: Gateway) -> Settings:
    """An installation that sends text messages by the gateway, and has no mailbox of its own."""
    bare_harness.organisation()
    return with_gateway(bare_harness, gateway)


def with_gateway(harness: NotificationsHarness, gateway: Gateway, **more: Any) -> Settings:
    return dataclasses.replace(
        harness.settings,
        mailbox=None,
        mailbox_page=False,
        sms_token=TOKEN,
        sms_sender="Houvast",
        sms_url=gateway.url,
        sms_timeout_seconds=0.4,
        sms_webhook_secret=SECRET,
        **more,
    )


def invite(harness: NotificationsHarness, mobile: str = MOBILE) -> str:
    person = harness.person(email=None, mobile=mobile)
    harness.talk(person)
    harness.consume()
    return person


def remind(harness: NotificationsHarness) -> None:
    group_id = harness.group()
    harness.membership(harness.person(email=None, mobile=MOBILE), group_id, starts_on="2026-09-01")
    harness.clock_at("2026-11-23 18.01")
    harness.meeting(group_id)
    harness.consume()


def post(harness: NotificationsHarness, settings: Settings, path: str, body: Any, secret: str = SECRET) -> int:
    client = harness.app_with(settings).test_client()
    return int(client.post(f"/berichten/terug/sms/{secret}/{path}", json=body).status_code)


def test_a_text_message_is_taken_with_all_that_the_gateway_needs_to_know(bare_harness, gateway, texting):
    invite(bare_harness)

    bare_harness.send(texting)

    (sent,) = gateway.taken
    assert bare_harness.states(INVITATION) == [(INVITATION, "accepted", None)]
    assert sent["to"] == [{"number": "0031612345678"}]
    assert sent["from"] == "Houvast"
    assert sent["reference"] == bare_harness.message(INVITATION).id.replace("-", "")
    assert sent["allowedChannels"] == ["SMS"]
    assert sent["validity"].endswith("m")
    assert sent["body"]["content"].startswith("Hoi Noor")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (429, "not_now"),
        (503, "not_now"),
        ((401, 101), "not_now"),
        ((200, 102), "not_now"),
        (302, "not_now"),
    ],
    ids=str,
)
def test_what_was_certainly_not_taken_is_tried_again(bare_harness, gateway, texting, answer, outcome):
    invite(bare_harness)
    gateway.answers = [answer]

    bare_harness.send(texting)
    before = bare_harness.states(INVITATION)
    bare_harness.clock_at("2026-11-16 10.02")
    bare_harness.send(texting)

    assert before == [(INVITATION, "due", None)]
    assert bare_harness.attempts(INVITATION) == [outcome, "accepted"]
    assert len(gateway.taken) == 1


def test_nobody_at_the_gateway_is_no_doubt(bare_harness, gateway, texting):
    invite(bare_harness)

    bare_harness.send(dataclasses.replace(texting, sms_url="http://127.0.0.1:9/v1.0/message"))

    assert bare_harness.states(INVITATION) == [(INVITATION, "due", None)]
    assert bare_harness.attempts(INVITATION) == ["not_connected"]


@pytest.mark.parametrize("status", [302, 307])
def test_neither_a_message_nor_our_token_follows_the_gateway_to_another_address(
    bare_harness, gateway, texting, status
):
    invite(bare_harness)

    with serving(Gateway()) as another:
        gateway.answers, gateway.moved_to = [status], another.url
        bare_harness.send(texting)

    assert (another.asked, another.taken) == (0, [])
    assert bare_harness.states(INVITATION) == [(INVITATION, "due", None)]


def test_no_proxy_of_the_machine_stands_between_us_and_the_gateway(bare_harness, gateway, texting, monkeypatch):
    invite(bare_harness)

    with serving(Gateway()) as proxy:
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("http_proxy", proxy.url)
        bare_harness.send(texting)

    assert (proxy.asked, len(gateway.taken)) == (0, 1)


@pytest.mark.parametrize("answer", [500, 502, (500, 500), SILENT, HANGS_UP, HANGS_UP_AFTER], ids=str)
def test_in_doubt_a_reminder_is_not_sent_again(bare_harness, gateway, texting, answer):
    remind(bare_harness)
    gateway.answers = [answer]

    bare_harness.send(texting)
    bare_harness.clock_at("2026-11-23 18.30")
    bare_harness.send(texting)

    assert bare_harness.states(REMINDER) == [(REMINDER, "unknown", None)]
    assert bare_harness.attempts(REMINDER) == ["in_doubt"]
    assert gateway.asked == 1


@pytest.mark.parametrize("answer", [500, SILENT, HANGS_UP_AFTER], ids=str)
def test_in_doubt_an_invitation_is_sent_again_under_the_same_reference(bare_harness, gateway, texting, answer):
    invite(bare_harness)
    gateway.answers = [answer]

    bare_harness.send(texting)
    bare_harness.clock_at("2026-11-16 10.02")
    bare_harness.send(texting)

    assert bare_harness.attempts(INVITATION) == ["in_doubt", "accepted"]
    assert len(set(gateway.references())) == 1
    assert len(gateway.references()) == (1 if answer == 500 else 2)


def test_a_number_that_is_none_is_told_to_the_others_and_not_tried_again(bare_harness, gateway, texting):
    person = invite(bare_harness)
    gateway.answers = [(400, 303)]

    bare_harness.send(texting)

    assert bare_harness.states(INVITATION) == [(INVITATION, "rejected", None)]
    assert Contact.get_by_id(person).refused == ["sms"]
    assert bare_harness.events()[-1].data["refused"] == ["sms"]


def test_a_text_that_is_called_spam_is_not_the_fault_of_the_number(bare_harness, gateway, texting):
    person = invite(bare_harness)
    gateway.answers = [(400, 401)]

    bare_harness.send(texting)

    assert bare_harness.states(INVITATION) == [(INVITATION, "rejected", None)]
    assert Contact.get_by_id(person).refused == []


@pytest.mark.parametrize(
    ("code", "state"), [(0, "accepted"), (1, "undelivered"), (2, "delivered"), (3, "undelivered"), (9, "accepted")]
)
def test_what_came_of_it_is_told_later(bare_harness, gateway, texting, code, state):
    invite(bare_harness)
    bare_harness.send(texting)

    assert post(bare_harness, texting, "bezorging", gateway.status(code)) == 200
    assert bare_harness.states(INVITATION) == [(INVITATION, state, None)]


def test_a_receipt_that_comes_twice_counts_once_and_a_late_worse_one_changes_nothing(
    bare_harness, gateway, texting
):
    invite(bare_harness)
    bare_harness.send(texting)

    for code in (2, 2, 3):
        assert post(bare_harness, texting, "bezorging", gateway.status(code)) == 200

    assert bare_harness.steps(INVITATION) == ["planned", "due", "claimed", "accepted", "delivered"]
    assert Receipt.select().count() == 2


def test_a_receipt_settles_a_doubt(bare_harness, gateway, texting):
    remind(bare_harness)
    gateway.answers = [HANGS_UP_AFTER]
    bare_harness.send(texting)

    post(bare_harness, texting, "bezorging", gateway.status(2))

    assert bare_harness.states(REMINDER) == [(REMINDER, "delivered", None)]
    assert bare_harness.message(REMINDER).asked_at is None


def test_a_receipt_that_beats_the_sender_waits_for_it(bare_harness, gateway, texting):
    remind(bare_harness)
    gateway.answers = [SILENT]
    sender = bare_harness.sender(texting)
    message = bare_harness.message(REMINDER)
    early = gateway.status  # what it would say of the message that it takes

    def report_at_once(claimed: Any, outcome: Any, _settle: Any = sender._settle) -> None:
        assert post(bare_harness, texting, "bezorging", early(2)) == 200
        _settle(claimed, outcome)

    sender._settle = report_at_once
    sender.step()

    assert bare_harness.steps(REMINDER)[-2:] == ["unknown", "delivered"]
    assert message.id.replace("-", "") == gateway.references()[0]


def test_three_lost_in_a_row_and_the_number_counts_as_dead_but_not_when_one_arrived(
    bare_harness, gateway, texting
):
    person = invite(bare_harness)
    bare_harness.send(texting)
    post(bare_harness, texting, "bezorging", gateway.status(2))
    for at in ("15:00", "16:00", "17:00"):
        refused_before = Contact.get_by_id(person).refused
        bare_harness.talk(person, at=at)
        bare_harness.consume()
        bare_harness.send(texting)
        post(bare_harness, texting, "bezorging", gateway.status(3))

    assert refused_before == []
    assert Contact.get_by_id(person).refused == ["sms"]


def test_whoever_does_not_know_the_secret_finds_nothing_there(bare_harness, gateway, texting):
    invite(bare_harness)
    bare_harness.send(texting)

    assert post(bare_harness, texting, "bezorging", gateway.status(2), secret="x" * 32) == 404
    assert post(bare_harness, bare_harness.settings, "bezorging", gateway.status(2)) == 404
    assert bare_harness.states(INVITATION) == [(INVITATION, "accepted", None)]


@pytest.mark.parametrize(
    "body",
    [
        "text",
        [],
        None,
        {"messages": 3},
        {"messages": {"msg": 1}},
        {"messages": {"msg": {}}},
        {"messages": {"msg": [1, None, {"status": 2}, {"status": {"code": {}}}]}},
        {"messages": {"msg": {"reference": [], "status": {"code": "3"}}}},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_let_go_and_not_sent_to_us_again(bare_harness, gateway, texting, body):
    assert post(bare_harness, texting, "bezorging", body) == 200


def test_a_report_that_cannot_be_read_does_not_lose_the_one_behind_it(bare_harness, gateway, texting):
    invite(bare_harness)
    bare_harness.send(texting)
    good = gateway.status(2)["messages"]["msg"]

    post(bare_harness, texting, "bezorging", {"messages": {"msg": ["?", {"status": None}, good]}})

    assert bare_harness.states(INVITATION) == [(INVITATION, "delivered", None)]


def test_what_the_gateway_itself_rejected_is_never_held_against_the_number(bare_harness, gateway, texting):
    person = invite(bare_harness)
    bare_harness.send(texting)
    post(bare_harness, texting, "bezorging", gateway.status(1))
    for at in ("15:00", "16:00", "17:00", "18:00"):
        bare_harness.talk(person, at=at)
        bare_harness.consume()
        bare_harness.send(texting)
        post(bare_harness, texting, "bezorging", gateway.status(1))

    assert Contact.get_by_id(person).refused == []


def test_a_receipt_of_a_message_that_is_none_of_ours_is_let_go(bare_harness, gateway, texting):
    invite(bare_harness)
    bare_harness.send(texting)
    receipt = gateway.status(2)
    receipt["messages"]["msg"]["reference"] = "0199" * 8

    assert post(bare_harness, texting, "bezorging", receipt) == 200
    assert Receipt.select().count() == 0


def test_too_many_to_one_number_wait_until_there_is_room_and_a_person_sees_it(bare_harness, gateway):
    bare_harness.organisation()
    settings = with_gateway(bare_harness, gateway, sms_per_number=2)
    person = bare_harness.person(email=None, mobile=MOBILE)
    for at in ("11:00", "12:00", "13:00"):
        bare_harness.talk(person, at=at)
    bare_harness.consume()

    bare_harness.send(settings)
    waiting = [row for row in bare_harness.messages(INVITATION) if row.state == "held"]
    bare_harness.clock_at("2026-11-17 10.01")
    bare_harness.send(settings)

    assert [(row.reason, row.asked_at is not None) for row in waiting] == [("sms_limit", True)]
    assert len(gateway.taken) == 3
    assert TextSent.select().count() == 3
    bare_harness.clock_at("2026-11-20 10.00")
    bare_harness.send(settings)
    assert TextSent.select().count() == 0


@pytest.mark.parametrize("limit", ["sms_per_number", "sms_per_block", "sms_per_day"])
def test_links_that_strangers_ask_for_take_no_room_from_what_we_send(bare_harness, gateway, limit):
    bare_harness.organisation()
    settings = with_gateway(bare_harness, gateway, **{limit: 2})
    person = bare_harness.person(email=None, mobile=MOBILE)
    bare_harness.consume()
    for _ in range(3):
        own_page.send_link(PUBLIC, channel="sms", address=MOBILE, request_id=new_id())
    bare_harness.send(settings)
    assert len(gateway.taken) == 2

    bare_harness.talk(person)
    bare_harness.consume()
    bare_harness.send(settings)

    assert len(gateway.taken) == 3


@pytest.mark.parametrize("limit", ["sms_per_block", "sms_per_day"])
def test_many_numbers_that_lie_together_share_a_limit_and_so_does_everybody(bare_harness, gateway, limit):
    bare_harness.organisation()
    settings = with_gateway(bare_harness, gateway, **{limit: 2})
    for last in range(4):
        invite(bare_harness, f"+3161234000{last}")

    bare_harness.send(settings)

    assert len(gateway.taken) == 2
    assert sorted(state for _, state, _ in bare_harness.states(INVITATION)) == [
        "accepted",
        "accepted",
        "held",
        "held",
    ]


def test_a_number_of_a_country_that_we_do_not_text_to_is_for_a_person(bare_harness, gateway, texting):
    invite(bare_harness, "+881612345678")

    bare_harness.send(texting)

    assert bare_harness.states(INVITATION) == [(INVITATION, "suppressed", "no_channel")]
    assert bare_harness.message(INVITATION).asked_at is not None
    assert gateway.asked == 0


def test_parts_and_price_are_told_before_it_goes(bare_harness, gateway):
    bare_harness.organisation()
    settings = with_gateway(bare_harness, gateway, sms_part_cents=7.5)
    person = bare_harness.person(name="Daniëlle", email=None, mobile=MOBILE)
    bare_harness.talk(person)
    bare_harness.consume()

    page = bare_harness.visitor("messenger", settings=settings).open(
        f"/berichten/{bare_harness.message(INVITATION).id}"
    )

    assert "Als sms wordt dit 3 delen, ongeveer 0,23 euro. Korter kan zonder: ë" in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"sms_webhook_secret": None},
        {"sms_sender": None},
        {"sms_webhook_secret": "kort"},
        {"sms_url": "http://gw.example/v1.0/message"},
        {"sms_countries": "NL"},
        {"sms_countries": ""},
        {"bounce_secret": "kort"},
    ],
    ids=str,
)
def test_settings_that_cannot_work_or_are_not_safe_are_refused(bare_harness, gateway, texting, wrong):
    with pytest.raises(SettingsError):
        dataclasses.replace(texting, **wrong)
