"""A full disk: a clear answer in Dutch, nothing half written, nothing lost, and on it goes when there is room."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.local.installation import application_named
from services.intake.models import Participant, Signup
from services.intake.models import service as intake
from services.meetings.commands.organisations import register_organisation
from services.meetings.models import Signup as KnownSignup
from shared.ids import new_id
from shared.security.actor import system
from shared.storage import StoreUnavailable


def fill(name: str) -> None:
    """Allow no page more than there is now, for the connection of this thread."""
    database = application_named(name).service.database.proxy
    pages = database.execute_sql("PRAGMA page_count").fetchone()[0]
    database.execute_sql(f"PRAGMA max_page_count = {pages}")


def make_room(name: str) -> None:
    database = application_named(name).service.database.proxy
    database.execute_sql("PRAGMA max_page_count = 1000000")


@pytest.fixture
def kade(installation: Any) -> Any:
    register_organisation(system("meetings"), name="De Kade", region="Lindeveen", request_id=new_id())
    installation.settle()
    return installation


def sign_up_until_refused(installation: Any) -> Any:
    for number in range(200):
        person = installation.visitor()
        page = person.submit(
            person.open("/aanmelden/de-kade"),
            "/aanmelden/de-kade",
            call_name=f"Noor {number}",
            help_question="x" * 500,
        )
        if page.status != 200:
            return page
    raise AssertionError("the disk never became full")


def test_a_sign_up_on_a_full_disk_is_refused_kindly_and_leaves_nothing_half(kade: Any) -> None:
    fill("intake")

    page = sign_up_until_refused(kade)

    assert page.status == 503
    assert "Er is niets half opgeslagen" in page.text
    assert Participant.select().count() == Signup.select().count()
    published = sum(event.type.endswith("signup_received.v1") for event in map_events())
    assert published == Signup.select().count()


def map_events() -> list[Any]:
    table = intake.outbox.Outbox
    return list(table.select(table.type))


def test_what_a_consumer_could_not_write_is_consumed_when_there_is_room_again(kade: Any) -> None:
    fill("meetings")
    for number in range(120):
        person = kade.visitor()
        person.submit(person.open("/aanmelden/de-kade"), "/aanmelden/de-kade", call_name=f"Noor {number}")
    with pytest.raises(StoreUnavailable):
        kade.settle()

    make_room("meetings")
    kade.settle()

    assert KnownSignup.select().count() == 120
