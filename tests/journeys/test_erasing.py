"""Somebody asks to be forgotten: every service proves it, a search finds nothing, the numbers stay as they were,
and a backup from before forgets again.
"""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import APPLICATIONS
from services.intake.commands.erasure import request_erasure
from services.intake.queries.erasure import find_erasure
from services.meetings.models import Meeting
from services.questionnaires.models import Measurement
from shared import log
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.actor import Actor
from tests.crash.published_and_consumed import discrepancies
from tests.journeys.canary import (
    Traces,
    actor_of,
    found_in,
    live,
    mailbox_bytes,
    named_in,
    participants,
    store_bytes,
)
from tests.journeys.operating import houvast
from tests.support.inline_installation import InlineInstallation, open_installation

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(300)]


def take(data: Path) -> Path:
    taken = houvast(data, "backup", "--to", str(data.parent / "copies"))
    assert taken.returncode == 0, taken.stderr
    return Path(taken.stdout.strip())


def ask_for_it(installation: InlineInstallation, traces: Traces) -> None:
    themselves = Actor(traces.participant_id, "participant")
    request_erasure(themselves, participant_id=traces.participant_id, request_id=new_id())
    installation.settle()


def turnouts() -> list[Any]:
    """Return the numbers of all meetings that are over."""
    columns = [
        Meeting.id,
        Meeting.total_members,
        Meeting.total_present,
        Meeting.total_absent,
        Meeting.total_unnamed,
    ]
    return list(Meeting.select(*columns).where(Meeting.state == "took_place").order_by(Meeting.id).tuples())


def completed() -> int:
    return int(Measurement.select().where(Measurement.state == "completed").count())


def is_proven(traces: Traces) -> bool:
    proof = find_erasure(traces.participant_id)
    return proof is not None and proof.is_done and proof.logged_at is not None


def test_before_it_is_asked_the_search_does_find_somebody(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        traces = live(installation)

    assert found_in(store_bytes(data_folder), traces)
    assert found_in(mailbox_bytes(data_folder), traces)
    assert named_in(data_folder, traces)


def test_every_service_proves_it_and_nothing_can_be_found_and_the_numbers_stay(
    data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_installation(data_folder) as installation:
        traces = live(installation)
        numbers, lists, others = turnouts(), completed(), participants() - {traces.participant_id}
        log.configure("test", level=logging.DEBUG)
        ask_for_it(installation, traces)
        output = capsys.readouterr()
        log.configure("test", level=logging.ERROR)

        assert is_proven(traces)
        assert (turnouts(), completed()) == (numbers, lists)
        assert participants() == others
        assert discrepancies() == []
        assert installation.unhealthy_findings() == []

    assert found_in(store_bytes(data_folder), traces) == []
    assert named_in(data_folder, traces) == set()
    assert found_in(mailbox_bytes(data_folder), traces) == []
    assert found_in((output.out + output.err).encode(), traces) == []


def test_what_operators_can_print_or_copy_holds_nothing_either(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        traces = live(installation)
        ask_for_it(installation, traces)

    printed = [houvast(data_folder, "dead-letters", "--json")] + [
        houvast(
            data_folder, "feed", "--service", application.name, "--after", "0", "--limit", "9999", "--data-too"
        )
        for application in APPLICATIONS
    ]
    backup = take(data_folder)

    assert found_in("".join(answer.stdout + answer.stderr for answer in printed).encode(), traces) == []
    assert found_in(b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file()), traces) == []


def test_a_backup_from_before_forgets_again_before_anything_serves(data_folder: Path) -> None:
    with open_installation(data_folder) as installation:
        traces = live(installation)
    backup = take(data_folder)
    with open_installation(data_folder) as installation:
        numbers = turnouts()
        ask_for_it(installation, traces)

    restored = houvast(data_folder, "restore", "--from", str(backup), "--yes")

    assert restored.returncode == 0, restored.stderr
    assert "opnieuw vergeten: 1" in restored.stderr
    assert found_in(store_bytes(data_folder), traces) == []
    with open_installation(data_folder) as installation:
        installation.settle()
        assert is_proven(traces)
        assert turnouts() == numbers
        assert discrepancies() == []
        assert installation.unhealthy_findings() == []
    assert named_in(data_folder, traces) == set()


def test_a_backup_put_back_on_an_empty_machine_forgets_by_the_erasure_log_beside_it(
    files: Path, tmp_path: Path
) -> None:
    with open_installation(files) as installation:
        traces = live(installation)
    backup = take(files)
    with open_installation(files) as installation:
        ask_for_it(installation, traces)
    take(files)
    for keys in (files / "keys").iterdir():
        (tmp_path / "elsewhere" / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
        copied = tmp_path / "elsewhere" / "keys" / keys.name
        copied.write_bytes(keys.read_bytes())
        copied.chmod(0o600)

    restored = houvast(tmp_path / "elsewhere", "restore", "--from", str(backup), "--yes")

    assert restored.returncode == 0, restored.stderr
    assert found_in(store_bytes(tmp_path / "elsewhere"), traces) == []
    with open_installation(tmp_path / "elsewhere") as installation:
        installation.settle()
        assert is_proven(traces)


def test_a_backup_goes_after_the_days_that_people_were_promised_once_there_is_a_newer_one(files: Path) -> None:
    old, young, copies = take(files), take(files), files.parent / "copies"
    age(old, days=31)
    age(young, days=29)
    (copies / "houvast-something").mkdir()
    (copies / "holiday").mkdir()

    taken = houvast(files, "backup", "--to", str(copies), "--keep-days", "30")

    left = {path.name for path in copies.iterdir()}
    assert left == {young.name, Path(taken.stdout.strip()).name, "houvast-something", "holiday"}
    assert f"{old.name} was ouder" in taken.stderr
    assert "houvast-something is niet te lezen" in taken.stderr


def age(backup: Path, *, days: int) -> None:
    manifest = json.loads((backup / "manifest.json").read_text("utf-8"))
    made_at = datetime.fromisoformat(manifest["made_at"]) - timedelta(days=days)
    (backup / "manifest.json").write_text(json.dumps({**manifest, "made_at": made_at.isoformat()}))


@pytest.mark.parametrize("name", [service.name for service in APPLICATIONS])
def test_one_store_put_back_alone_forgets_as_well(files: Path, name: str) -> None:
    with open_installation(files) as installation:
        traces = live(installation)
    backup = take(files)
    with open_installation(files) as installation:
        ask_for_it(installation, traces)

    restored = houvast(files, "restore", "--from", str(backup), "--service", name, "--yes")

    assert restored.returncode == 0, restored.stderr
    assert found_in(store_bytes(files), traces) == []
    with open_installation(files) as installation:
        installation.settle()
        assert is_proven(traces)
        assert discrepancies() == []
    assert named_in(files, traces) == set()


def test_without_an_erasure_log_what_the_others_answered_makes_an_older_store_forget(files: Path) -> None:
    with open_installation(files) as installation:
        traces = live(installation)
    backup = take(files)
    with open_installation(files) as installation:
        ask_for_it(installation, traces)
    (files / "erasures").unlink()

    houvast(files, "restore", "--from", str(backup), "--service", "intake", "--yes")
    with open_installation(files) as installation:
        installation.settle()
        assert is_proven(traces)

    assert found_in(store_bytes(files), traces) == []
    assert named_in(files, traces) == set()


def test_who_may_decide_in_another_organisation_cannot_have_somebody_forgotten(files: Path) -> None:
    with open_installation(files) as installation:
        traces = live(installation)
        kim = actor_of("coordinator")
        stranger = Actor(kim.id, "staff", grants={new_id(): frozenset({"coordinator", "manager"})})
        worker = actor_of("intro_worker")
        somebody_else = Actor(new_id(), "participant")

        for actor in (stranger, worker, somebody_else):
            with pytest.raises(NotFound):
                request_erasure(actor, participant_id=traces.participant_id, request_id=new_id())

        request_erasure(kim, participant_id=traces.participant_id, request_id=new_id())
        installation.settle()
        assert is_proven(traces)
