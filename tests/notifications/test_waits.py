"""What Vandaag is told of messages: how much waits for whoever is looking, and never who."""

from __future__ import annotations

import pytest

from services.notifications.models import house as our_house
from shared.ids import new_id
from tests.notifications.conftest import Office
from tests.notifications.test_absences import missed
from tests.notifications.test_replies import MOBILE, text

HERE = "/berichten/wacht"


def test_nothing_that_waits_is_nothing_said(house: Office):
    page = house.visitor("facilitator", "messenger").open(HERE)

    assert (page.status, page.html) == (204, "")


def test_who_leads_a_group_hears_of_missed_you_and_of_replies_and_nobody_is_looked_at(house: Office):
    missed(house, mobile=MOBILE)
    text(house, "Mag ik een keer kijken?")

    page = house.visitor("facilitator").open(HERE)

    assert "Gemist Er gaat straks 1 bericht naar wie er niet was." in page.text
    assert "Antwoorden 1 persoon schreef iets terug" in page.text
    assert page.link("/berichten/gemist")
    assert page.link("/berichten/antwoorden")
    assert not [name for name in ("Noor", "kijken?") if name in page.html]
    assert our_house.audit.AuditLine.select().where(our_house.audit.AuditLine.event == "read").count() == 0


def test_what_was_seen_to_and_what_went_wait_no_more(house: Office):
    missed(house)
    house.clock_at("2026-11-25 12.01")
    house.send()

    assert house.visitor("facilitator").open(HERE).status == 204


def test_a_messenger_hears_how_many_messages_ask(house: Office):
    for _ in range(2):
        house.talk(house.person(email=None))
    house.hear()
    house.send()

    page = house.visitor("messenger").open(HERE)

    assert "Berichten 2 berichten vragen om jou" in page.text
    assert page.link("/berichten")
    assert house.visitor("facilitator").open(HERE).status == 204


@pytest.mark.parametrize("role", ["facilitator", "messenger"])
def test_of_another_organisation_nothing_waits(house: Office, role: str):
    missed(house)
    house.talk(house.person(email=None))
    house.hear()
    house.send()

    assert house.visitor(role, organisation_id=new_id()).open(HERE).status == 204


@pytest.mark.parametrize("role", ["coordinator", "intro_worker", "manager"])
def test_it_is_for_who_has_such_work(house: Office, role: str):
    assert house.visitor(role).open(HERE).status == 403
