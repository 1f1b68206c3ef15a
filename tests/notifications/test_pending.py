"""What Vandaag shows of messages: how much waits for whoever is looking, and never who."""

from __future__ import annotations

import pytest

from services.notifications.models import service as own_service
from shared.ids import new_id
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.test_absences import missed
from tests.notifications.test_replies import MOBILE, text

HERE = "/berichten/wacht"


def test_nothing_that_waits_is_nothing_said(harness: NotificationsHarness):
    page = harness.visitor("facilitator", "messenger").open(HERE)

    assert (page.status, page.html) == (204, "")


def test_who_leads_a_group_hears_of_missed_you_and_of_replies_and_nobody_is_looked_at(
    harness: NotificationsHarness,
):
    missed(harness, mobile=MOBILE)
    text(harness, "Mag ik een keer kijken?")

    page = harness.visitor("facilitator").open(HERE)

    assert "Dinsdaggroep 1 bericht staat klaar voor wie er niet was op dinsdag 24 november." in page.text
    assert "Antwoorden 1 persoon schreef iets terug" in page.text
    assert page.link("/berichten/gemist")
    assert page.link("/berichten/antwoorden")
    assert not [name for name in ("Noor", "kijken?") if name in page.html]
    assert own_service.audit.AuditEntry.select().where(own_service.audit.AuditEntry.event == "read").count() == 0


def test_what_was_seen_to_and_what_went_wait_no_more(harness: NotificationsHarness):
    missed(harness)
    harness.clock_at("2026-11-25 12.01")
    harness.send()

    assert harness.visitor("facilitator").open(HERE).status == 204


def test_a_messenger_hears_how_many_messages_ask(harness: NotificationsHarness):
    for _ in range(2):
        harness.talk(harness.person(email=None))
    harness.consume()
    harness.send()

    page = harness.visitor("messenger").open(HERE)

    assert "Berichten 2 berichten kwamen niet aan" in page.text
    assert page.link("/berichten")
    assert harness.visitor("facilitator").open(HERE).status == 204


@pytest.mark.parametrize("role", ["facilitator", "messenger"])
def test_of_another_organisation_nothing_waits(harness: NotificationsHarness, role: str):
    missed(harness)
    harness.talk(harness.person(email=None))
    harness.consume()
    harness.send()

    assert harness.visitor(role, organisation_id=new_id()).open(HERE).status == 204


@pytest.mark.parametrize("role", ["coordinator", "intro_worker", "manager"])
def test_it_is_for_who_has_such_work(harness: NotificationsHarness, role: str):
    assert harness.visitor(role).open(HERE).status == 403
