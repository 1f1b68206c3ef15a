"""Text messages through the gateway: taken, refused, in doubt; what it tells later; and how many may go."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from services.notifications.models import Contact, Receipt, TextSent
from services.notifications.settings import Settings
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
def texting(harness: NotificationsHarness, gateway: Gateway) -> Settings:
    """An installation that sends text messages by the gateway, and has no mailbox of its own."""
    harness.organisation()
    return with_gateway(harness, gateway)


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


def post(harness: NotificationsHarness, settings: Settings, what: str, body: Any, secret: str = SECRET) -> int:
    client = harness.app_with(settings).test_client()
    return int(client.post(f"/berichten/terug/sms/{secret}/{what}", json=body).status_code)


def test_a_text_message_is_taken_with_all_that_the_gateway_needs_to_know(harness, gateway, texting):
    invite(harness)

    harness.send(texting)

    (sent,) = gateway.taken
    assert harness.states(INVITATION) == [(INVITATION, "accepted", None)]
    assert sent["to"] == [{"number": "0031612345678"}]
    assert sent["from"] == "Houvast"
    assert sent["reference"] == harness.one(INVITATION).id.replace("-", "")
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
def test_what_was_certainly_not_taken_is_tried_again(harness, gateway, texting, answer, outcome):
    invite(harness)
    gateway.answers = [answer]

    harness.send(texting)
    before = harness.states(INVITATION)
    harness.clock_at("2026-11-16 10.02")
    harness.send(texting)

    assert before == [(INVITATION, "due", None)]
    assert harness.attempts(INVITATION) == [outcome, "accepted"]
    assert len(gateway.taken) == 1


def test_nobody_at_the_gateway_is_no_doubt(harness, gateway, texting):
    invite(harness)

    harness.send(dataclasses.replace(texting, sms_url="http://127.0.0.1:9/v1.0/message"))

    assert harness.states(INVITATION) == [(INVITATION, "due", None)]
    assert harness.attempts(INVITATION) == ["not_connected"]


@pytest.mark.parametrize("answer", [500, 502, (500, 500), SILENT, HANGS_UP, HANGS_UP_AFTER], ids=str)
def test_in_doubt_a_reminder_is_not_sent_again(harness, gateway, texting, answer):
    remind(harness)
    gateway.answers = [answer]

    harness.send(texting)
    harness.clock_at("2026-11-23 18.30")
    harness.send(texting)

    assert harness.states(REMINDER) == [(REMINDER, "unknown", None)]
    assert harness.attempts(REMINDER) == ["in_doubt"]
    assert gateway.asked == 1


@pytest.mark.parametrize("answer", [500, SILENT, HANGS_UP_AFTER], ids=str)
def test_in_doubt_an_invitation_is_sent_again_under_the_same_reference(harness, gateway, texting, answer):
    invite(harness)
    gateway.answers = [answer]

    harness.send(texting)
    harness.clock_at("2026-11-16 10.02")
    harness.send(texting)

    assert harness.attempts(INVITATION) == ["in_doubt", "accepted"]
    assert len(set(gateway.references())) == 1
    assert len(gateway.references()) == (1 if answer == 500 else 2)


def test_a_number_that_is_none_is_told_to_the_others_and_not_tried_again(harness, gateway, texting):
    person = invite(harness)
    gateway.answers = [(400, 303)]

    harness.send(texting)

    assert harness.states(INVITATION) == [(INVITATION, "rejected", None)]
    assert Contact.get_by_id(person).refused == ["sms"]
    assert harness.events()[-1].data["refused"] == ["sms"]


def test_a_text_that_is_called_spam_is_not_the_fault_of_the_number(harness, gateway, texting):
    person = invite(harness)
    gateway.answers = [(400, 401)]

    harness.send(texting)

    assert harness.states(INVITATION) == [(INVITATION, "rejected", None)]
    assert Contact.get_by_id(person).refused == []


@pytest.mark.parametrize(
    ("code", "state"), [(0, "accepted"), (1, "undelivered"), (2, "delivered"), (3, "undelivered"), (9, "accepted")]
)
def test_what_came_of_it_is_told_later(harness, gateway, texting, code, state):
    invite(harness)
    harness.send(texting)

    assert post(harness, texting, "bezorging", gateway.status(code)) == 200
    assert harness.states(INVITATION) == [(INVITATION, state, None)]


def test_a_receipt_that_comes_twice_counts_once_and_a_late_worse_one_changes_nothing(harness, gateway, texting):
    invite(harness)
    harness.send(texting)

    for code in (2, 2, 3):
        assert post(harness, texting, "bezorging", gateway.status(code)) == 200

    assert harness.steps(INVITATION) == ["planned", "due", "claimed", "accepted", "delivered"]
    assert Receipt.select().count() == 2


def test_a_receipt_settles_a_doubt(harness, gateway, texting):
    remind(harness)
    gateway.answers = [HANGS_UP_AFTER]
    harness.send(texting)

    post(harness, texting, "bezorging", gateway.status(2))

    assert harness.states(REMINDER) == [(REMINDER, "delivered", None)]
    assert harness.one(REMINDER).asked_at is None


def test_a_receipt_that_beats_the_sender_waits_for_it(harness, gateway, texting):
    remind(harness)
    gateway.answers = [SILENT]
    sender = harness.sender(texting)
    message = harness.one(REMINDER)
    early = gateway.status  # what it would say of the message that it takes

    def tell_at_once(claimed: Any, outcome: Any, _settle: Any = sender._settle) -> None:
        assert post(harness, texting, "bezorging", early(2)) == 200
        _settle(claimed, outcome)

    sender._settle = tell_at_once
    sender.step()

    assert harness.steps(REMINDER)[-2:] == ["unknown", "delivered"]
    assert message.id.replace("-", "") == gateway.references()[0]


def test_three_lost_in_a_row_and_the_number_counts_as_dead_but_not_when_one_arrived(harness, gateway, texting):
    person = invite(harness)
    harness.send(texting)
    post(harness, texting, "bezorging", gateway.status(2))
    for at in ("15:00", "16:00", "17:00"):
        refused_before = Contact.get_by_id(person).refused
        harness.talk(person, at=at)
        harness.consume()
        harness.send(texting)
        post(harness, texting, "bezorging", gateway.status(3))

    assert refused_before == []
    assert Contact.get_by_id(person).refused == ["sms"]


def test_whoever_does_not_know_the_secret_finds_nothing_there(harness, gateway, texting):
    invite(harness)
    harness.send(texting)

    assert post(harness, texting, "bezorging", gateway.status(2), secret="x" * 32) == 404
    assert post(harness, harness.settings, "bezorging", gateway.status(2)) == 404
    assert harness.states(INVITATION) == [(INVITATION, "accepted", None)]


@pytest.mark.parametrize(
    "body", ["text", [], {"messages": 3}, {"messages": {"msg": 1}}, {"messages": {"msg": {}}}]
)
def test_what_cannot_be_read_is_refused_and_breaks_nothing(harness, gateway, texting, body):
    assert post(harness, texting, "bezorging", body) in (200, 400)


def test_a_receipt_of_a_message_that_is_none_of_ours_is_let_go(harness, gateway, texting):
    invite(harness)
    harness.send(texting)
    told = gateway.status(2)
    told["messages"]["msg"]["reference"] = "0199" * 8

    assert post(harness, texting, "bezorging", told) == 200
    assert Receipt.select().count() == 0


def test_too_many_to_one_number_wait_until_there_is_room_and_a_person_sees_it(harness, gateway):
    harness.organisation()
    settings = with_gateway(harness, gateway, sms_per_number=2)
    person = harness.person(email=None, mobile=MOBILE)
    for at in ("11:00", "12:00", "13:00"):
        harness.talk(person, at=at)
    harness.consume()

    harness.send(settings)
    waiting = [row for row in harness.messages(INVITATION) if row.state == "held"]
    harness.clock_at("2026-11-17 10.01")
    harness.send(settings)

    assert [(row.reason, row.asked_at is not None) for row in waiting] == [("sms_limit", True)]
    assert len(gateway.taken) == 3
    assert TextSent.select().count() == 3
    harness.clock_at("2026-11-20 10.00")
    harness.send(settings)
    assert TextSent.select().count() == 0


@pytest.mark.parametrize("limit", ["sms_per_block", "sms_per_day"])
def test_many_numbers_that_lie_together_share_a_limit_and_so_does_everybody(harness, gateway, limit):
    harness.organisation()
    settings = with_gateway(harness, gateway, **{limit: 2})
    for last in range(4):
        invite(harness, f"+3161234000{last}")

    harness.send(settings)

    assert len(gateway.taken) == 2
    assert sorted(state for _, state, _ in harness.states(INVITATION)) == ["accepted", "accepted", "held", "held"]


def test_a_number_of_a_country_that_we_do_not_text_to_is_for_a_person(harness, gateway, texting):
    invite(harness, "+881612345678")

    harness.send(texting)

    assert harness.states(INVITATION) == [(INVITATION, "suppressed", "no_channel")]
    assert harness.one(INVITATION).asked_at is not None
    assert gateway.asked == 0


def test_parts_and_price_are_told_before_it_goes(harness, gateway):
    harness.organisation()
    settings = with_gateway(harness, gateway, sms_part_cents=7.5)
    person = harness.person(name="Daniëlle", email=None, mobile=MOBILE)
    harness.talk(person)
    harness.consume()

    page = harness.visitor("messenger", settings=settings).open(f"/berichten/{harness.one(INVITATION).id}")

    assert "Als sms wordt dit 4 delen, ongeveer 0,30 euro. Korter kan zonder: ë" in page.text


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
def test_settings_that_cannot_work_or_are_not_safe_are_refused(harness, gateway, texting, wrong):
    with pytest.raises(SettingsError):
        dataclasses.replace(texting, **wrong)
