"""One store put back to an earlier day while the others remember more: caught up again; what is lost is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import NAMES
from deploy.local.servers import Servers, remember, remembered
from services.intake.commands.people import change_contact
from services.intake.models import Participant, Signup
from services.intake.models import service as intake
from services.intake.queries.people import open_people
from services.meetings.models import Organisation, StaffRole
from services.meetings.models import Participant as Known
from services.meetings.models import Signup as KnownSignup
from services.meetings.models import service as meetings
from services.notifications.models import Participant as Written
from services.notifications.models import service as notifications
from shared.ids import new_id
from shared.messaging.rabbitmq.publisher import RabbitPublisher
from shared.messaging.relay import Relay
from shared.security.actor import Actor
from tests.crash.harness import RunningInstallation
from tests.crash.published_and_consumed import discrepancies
from tests.journeys.operating import KILLED, CommandResult, houvast, houvast_killed_at
from tests.support.inline_installation import InlineInstallation, open_installation
from tests.support.run_servers import BrokerPrefix

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def take(data: Path) -> Path:
    return Path(houvast(data, "backup", "--to", str(data.parent / "copies")).stdout.strip())


def put_back(data: Path, backup: Path, name: str) -> CommandResult:
    restored = houvast(data, "restore", "--from", str(backup), "--service", name, "--yes")
    assert restored.returncode == 0, restored.stderr
    return restored


def somebody(role: str) -> Actor:
    """Return somebody with this role at De Kade."""
    organisation = Organisation.get(Organisation.slug == "de-kade").id
    assignment = StaffRole.get(StaffRole.role == role, StaffRole.organisation == organisation)
    return Actor(assignment.staff_id, "staff", grants={organisation: frozenset({role})})


def doctor(data: Path) -> list[str]:
    """List what the doctor points at once everything was consumed."""
    with open_installation(data) as installation:
        installation.settle()
        return installation.unhealthy_findings()


def called(table: Any, service: Any, participant_id: str) -> str:
    sealed = table.get_by_id(participant_id).call_name
    return str(service.encryption.open(sealed, "participant.call_name", participant_id))


def newest_signup(installation: InlineInstallation, name: str) -> tuple[str, str]:
    """(sign-up, participant) of somebody who signs up now."""
    installation.sign_up(name)
    installation.settle()
    row = Signup.select().order_by(Signup.id.desc()).get()
    return str(row.id), str(row.participant_id)


def test_who_signed_up_after_the_backup_is_named_known_to_the_others_and_in_nobodys_way(
    data_folder: Path,
) -> None:
    backup = take(data_folder)
    with open_installation(data_folder) as installation:
        signup_id, participant_id = newest_signup(installation, "Mies")

    restored = put_back(data_folder, backup, "intake")
    ills = doctor(data_folder)

    assert ills == []
    for line in (f"over signup/{signup_id}", f"over participant/{participant_id}"):
        assert any(row.startswith("meetings") and row.endswith(line) for row in restored.stdout.splitlines())
    with open_installation(data_folder) as installation:
        assert Participant.get_or_none(Participant.id == participant_id) is None
        assert called(Known, meetings, participant_id) == "Mies"
        assert KnownSignup.get_by_id(signup_id).state == "waiting"
        vos, kim = somebody("intro_worker"), somebody("coordinator")
        for actor, path in ((vos, "/"), (vos, "/kennismaking"), (kim, "/"), (kim, "/groepen")):
            assert installation.visitor(actor.id).open(path).status == 200
        assert installation.visitor(vos.id).open(f"/kennismaking/{signup_id}").status == 404


def test_killed_halfway_the_command_that_finishes_it_names_what_is_lost_too(data_folder: Path) -> None:
    backup = take(data_folder)
    with open_installation(data_folder) as installation:
        signup_id, _ = newest_signup(installation, "Mies")
    words = ("restore", "--from", str(backup), "--service", "intake", "--yes")

    killed = houvast_killed_at(data_folder, "store_swapped", *words)
    finished = houvast(data_folder, *words)

    assert killed == KILLED
    assert finished.returncode == 0, finished.stderr
    assert f"over signup/{signup_id}" in finished.stdout
    assert doctor(data_folder) == []


def test_who_signs_up_after_the_restore_is_heard_of_although_the_numbers_were_used_before(
    data_folder: Path,
) -> None:
    backup = take(data_folder)
    with open_installation(data_folder) as installation:
        for name in ("Mies", "Puck"):
            newest_signup(installation, name)
    put_back(data_folder, backup, "intake")

    with open_installation(data_folder) as installation:
        signup_id, participant_id = newest_signup(installation, "Fien")
        ills = installation.unhealthy_findings()

        assert called(Known, meetings, participant_id) == "Fien"
        assert KnownSignup.get_by_id(signup_id).state == "waiting"
    assert ills == []


def test_what_was_changed_after_the_backup_is_for_everybody_what_it_was_before(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        signup_id, participant_id = newest_signup(installation, "Mies")
    backup = take(data_folder)
    with open_installation(data_folder) as installation:
        change_contact(
            somebody("intro_worker"), signup_id=signup_id, call_name="Anders", purposes=[], request_id=new_id()
        )
        installation.settle()
        name = called(Known, meetings, participant_id)

    put_back(data_folder, backup, "intake")
    ills = doctor(data_folder)

    with open_installation(data_folder):
        assert name == "Anders"
        assert open_people([participant_id])[participant_id].call_name == "Mies"
        assert called(Known, meetings, participant_id) == "Mies"
        assert called(Written, notifications, participant_id) == "Mies"
    assert ills == []


def test_what_is_changed_after_the_restore_is_consumed_by_everybody(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        signup_id, participant_id = newest_signup(installation, "Mies")
    backup = take(data_folder)
    with open_installation(data_folder) as installation:
        for name in ("Een", "Twee", "Drie"):
            change_contact(
                somebody("intro_worker"), signup_id=signup_id, call_name=name, purposes=[], request_id=new_id()
            )
            installation.settle()
    put_back(data_folder, backup, "intake")

    with open_installation(data_folder) as installation:
        change_contact(
            somebody("intro_worker"), signup_id=signup_id, call_name="Vier", purposes=[], request_id=new_id()
        )
        installation.settle()

        assert called(Known, meetings, participant_id) == "Vier"
        assert called(Written, notifications, participant_id) == "Vier"


@pytest.mark.parametrize("name", NAMES)
def test_whichever_store_is_put_back_the_installation_is_caught_up_again_and_every_event_counts_once(
    files: Path, name: str
) -> None:
    backup = take(files)
    with open_installation(files) as installation:
        newest_signup(installation, "Mies")
        mails = installation.mailbox.count()

    put_back(files, backup, name)
    ills = doctor(files)

    assert ills == []
    with open_installation(files) as installation:
        assert discrepancies() == []
        assert installation.mailbox.count() == mails


def test_a_store_that_is_broken_is_put_back_all_the_same_and_kept(files: Path) -> None:
    backup = take(files)
    broken = files / "stores" / "meetings.sqlite3"
    broken.write_bytes(b"\\0" * broken.stat().st_size)
    spoilt = broken.read_bytes()

    put_back(files, backup, "meetings")

    assert doctor(files) == []
    [kept] = files.glob("stores.before-*/meetings.sqlite3")
    assert kept.read_bytes() == spoilt


def test_with_a_broker_an_event_of_before_that_is_still_under_way_is_consumed_by_nobody(
    files: Path, broker_prefix: BrokerPrefix
) -> None:
    remember(files, Servers(broker=broker_prefix.url, prefix=str(broker_prefix)))
    running = RunningInstallation(files, remembered(files))
    running.start()
    # What nobody is bound to yet comes back unroutable: from here on a queue takes what intake publishes.
    running.wait_until(lambda: running.is_well() and intake.outbox.sent() >= intake.outbox.head()[1])
    running.close()
    backup = take(files)
    with open_installation(files) as installation:
        before = int(KnownSignup.select().count())
        installation.sign_up("Mies")
        hand_over(broker_prefix)

    restored = houvast(files, "restore", "--from", str(backup), "--yes")

    running = RunningInstallation(files, remembered(files))
    try:
        running.start()
        running.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", call_name="Puck")
        running.wait_until(lambda: KnownSignup.select().count() > before and running.is_well())
        assert restored.returncode == 0, restored.stderr
        assert KnownSignup.select().count() == before + 1
        assert discrepancies() == []
    finally:
        running.close()


def hand_over(broker: BrokerPrefix) -> None:
    """Send what intake published to the broker, while nobody consumes it."""
    intake.leases.forget_holders()
    relay = Relay(
        intake.outbox,
        intake.leases.lease("relay", 10),
        lambda: None,
        RabbitPublisher(broker.url, str(broker), "intake"),
    )
    try:
        while relay.step() or intake.outbox.sent() < intake.outbox.head()[1]:
            pass
    finally:
        relay.close()
