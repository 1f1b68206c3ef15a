"""What did not arrive is folded by cause: a line each with the number, opening to who it is for and what helps."""

from __future__ import annotations

import re

import pytest

from services.notifications.models import Message
from services.notifications.models import service as own_service
from services.notifications.queries.triage import list_asking, list_causes
from services.notifications.rules.lifecycle import ASKING, REASONS, State, needs_person
from shared.ids import new_id
from shared.security.actor import Actor
from shared.web.text import Texts
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness

INVITATION = "intro_talk_invitation"
UNREACHED = ("Noor", "Lente", "Storm")


@pytest.fixture
def unreached(harness: NotificationsHarness) -> NotificationsHarness:
    """Three people without an address, and one whose invitation says too much."""
    for name in UNREACHED:
        harness.talk(harness.person(name=name, email=None))
    harness.talk(harness.person(name="Merel"), place="Herstelhuis Midden")
    go_on(harness)
    return harness


def accessed(harness: NotificationsHarness) -> list[str]:
    return [line.about_id for line in own_service.audit.AuditEntry.select() if line.event == "read"]


def above_the_flow(text: str) -> str:
    return text[: text.index("Alle berichten")]


def test_each_cause_is_one_line_with_its_number_and_nobody_is_named(unreached: NotificationsHarness) -> None:
    page = unreached.visitor("messenger").open("/berichten")

    lines = re.findall(r"oorzaak=(\w+)#", page.html)
    assert sorted(lines) == ["betrays", "no_address"]
    assert "Geen adres of nummer 3 berichten" in page.text
    assert not [name for name in (*UNREACHED, "Merel") if name in page.text]
    assert "Vertel het zelf" not in above_the_flow(page.text)
    assert accessed(unreached) == []


def test_a_line_opens_to_who_it_is_for_and_what_helps_and_who_looked_is_logged(
    unreached: NotificationsHarness,
) -> None:
    messenger = unreached.visitor("messenger")

    page = messenger.open(messenger.open("/berichten").link(r"/berichten\?oorzaak=no_address#.*"))

    shown = above_the_flow(page.text)
    assert "Vertel het zelf, en vraag om een adres of nummer." in shown
    assert [name for name in UNREACHED if f"Uitnodiging om kennis te maken, voor {name}" in shown] == list(
        UNREACHED
    )
    assert "Merel" not in shown
    ids = {
        row.id
        for row in Message.select().where(Message.message_type == INVITATION, Message.reason == "no_address")
    }
    assert set(accessed(unreached)) == ids
    assert messenger.open(page.link(r"/berichten/[0-9a-f-]{36}")).status == 200
    assert messenger.open(page.link("/berichten#oorzaak-no_address")).html.count('aria-expanded="true"') == 0


def test_two_of_one_group_who_are_called_alike_have_a_number_and_somebody_elsewhere_has_none(
    harness: NotificationsHarness,
) -> None:
    people = [harness.person(name=name, email=None) for name in ("Noor", "noor", "Noor")]
    tuesday, wednesday = harness.group(), harness.group(name="Woensdaggroep")
    for person, group_id in zip(people, (tuesday, tuesday, wednesday), strict=True):
        harness.membership(person, group_id)
        harness.talk(person)
    go_on(harness)
    messenger = Actor(new_id(), "staff", grants={harness.organisation_id: frozenset({"messenger"})})

    names = [message.call_name for message in list_asking(messenger, "no_address")]

    assert sorted(set(names)) == ["Noor", "Noor (1)", "noor (2)"]


def test_what_was_seen_to_is_counted_no_more_and_a_cause_without_messages_has_no_line(
    unreached: NotificationsHarness,
) -> None:
    messenger = unreached.visitor("messenger")
    page = messenger.open("/berichten?oorzaak=betrays")
    path = page.link(r"/berichten/[0-9a-f-]{36}")

    messenger.submit(messenger.open(path), f"{path}/gezien")

    after = messenger.open("/berichten?oorzaak=betrays")
    assert "Een woord dat te veel verraadt" not in above_the_flow(after.text)
    assert "Geen adres of nummer 3 berichten" in after.text


def test_another_organisation_sees_no_line_and_nobody(unreached: NotificationsHarness) -> None:
    stranger = Actor(new_id(), "staff", grants={new_id(): frozenset({"messenger", "manager"})})
    facilitator = Actor(new_id(), "staff", grants={unreached.organisation_id: frozenset({"facilitator"})})

    for actor in (stranger, facilitator):
        assert (list_causes(actor), list_asking(actor, "no_address")) == ([], [])


def test_who_was_missed_is_not_named_here_either(harness: NotificationsHarness) -> None:
    harness.talk(harness.person(email=None))
    go_on(harness)
    Message.update(message_type="missed_you").where(Message.reason == "no_address").execute()

    page = harness.visitor("messenger").open("/berichten?oorzaak=no_address")

    assert "voor iemand die bij een groep hoort" in page.text
    assert "Noor" not in page.text


def test_everything_that_asks_has_a_cause_with_a_heading_and_what_helps(harness: NotificationsHarness) -> None:
    asking = {
        reason or str(state)
        for state in State
        for reason in REASONS.get(state, (None,))
        if needs_person(state, reason, "hand" if state == State.SUPPRESSED else "email")
    }
    texts = Texts(harness.application.folder / "data" / "messages.nl.toml")

    assert asking == set(ASKING)
    assert set(texts.table("asking_causes")) == set(texts.table("asking_helps")) == asking
