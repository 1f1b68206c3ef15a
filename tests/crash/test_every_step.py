"""kill -9 at every numbered step of "the way of one command": nothing lost, nothing counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.inline_worker import InlineWorker
from services.intake.models import Participant
from services.intake.models import service as intake
from services.meetings.commands.organisations import register_organisation
from services.meetings.commands.staff import register_staff
from services.meetings.models import Signup
from services.notifications.channels.mailbox import Mailbox
from shared.ids import new_id
from shared.security.actor import system
from tests.crash.harness import RunningInstallation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
US = system("meetings")
PEOPLE = 6

# The numbers are those of the way of one command: 1 arrives, 2 is one transaction, 3 is announced, 4 is fetched,
# 5 is handled in the transaction that records it as consumed, 6 is retried later;
# then the message that comes of it.
WEB = ["request_started", "event_published", "command_done", "command_committed", "request_answered"]
WORK = ["events_announced", "events_fetched", "events_handling", "events_handled"]
SENDING = [
    "message_claimed",
    "message_composed",
    "message_handing_over",
    "message_handed_over",
    "message_accepted",
]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningInstallation]:
    made = RunningInstallation(tmp_path / "installation")
    organisation = register_organisation(US, name="De Kade", region="Lindeveen", request_id=new_id())
    for number in range(PEOPLE):
        register_staff(
            US,
            organisation_id=organisation,
            name=f"Kim {number}",
            email=f"kim{number}@example.org",
            roles=["facilitator"],
            request_id=new_id(),
        )
    inline_worker = InlineWorker(made.installation)
    inline_worker.settle()
    inline_worker.close()
    yield made
    made.close()


def ask_for_links(running: RunningInstallation) -> None:
    for number in range(PEOPLE):
        page = running.visitor().submit("/inloggen", "/inloggen", email=f"kim{number}@example.org")
        assert page.status == 200


def sign_up_people(running: RunningInstallation) -> None:
    for number in range(PEOPLE):
        page = running.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", call_name=f"Noor {number}")
        assert page.status == 200


def delivered(running: RunningInstallation) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in Mailbox(running.installation.mailbox).messages())


def signed_up() -> Counter[str]:
    return Counter(
        intake.encryption.open(row.call_name, "participant.call_name", row.id) for row in Participant.select()
    )


@pytest.mark.parametrize("step", [f"{step}:{times}" for step in WEB for times in (1, 4)])
def test_a_web_process_that_dies_loses_no_sign_up_and_makes_none_twice(
    running: RunningInstallation, step: str
) -> None:
    running.start(web=step)

    sign_up_people(running)
    running.wait_until(running.is_well)

    assert running.has_crashed()
    assert signed_up() == Counter({f"Noor {number}": 1 for number in range(PEOPLE)})
    assert Signup.select().count() == PEOPLE


@pytest.mark.parametrize("step", [f"{step}:{times}" for step in WORK for times in (1, 3)])
def test_a_work_process_that_dies_hands_over_every_event_once(running: RunningInstallation, step: str) -> None:
    running.start(work=step)

    sign_up_people(running)
    running.wait_until(running.has_crashed)
    running.kill("work")
    running.start()
    running.wait_until(running.is_well)

    assert signed_up() == Counter({f"Noor {number}": 1 for number in range(PEOPLE)})
    assert Signup.select().count() == PEOPLE


@pytest.mark.parametrize("step", [f"{step}:{times}" for step in SENDING for times in (1, 3)])
def test_a_sender_that_dies_delivers_every_message_once(running: RunningInstallation, step: str) -> None:
    running.start(work=step)

    ask_for_links(running)
    running.wait_until(running.has_crashed)
    running.kill("work")
    running.start()
    running.wait_until(lambda: sum(delivered(running).values()) >= PEOPLE and running.is_well())

    assert delivered(running) == Counter({f"kim{number}@example.org": 1 for number in range(PEOPLE)})
