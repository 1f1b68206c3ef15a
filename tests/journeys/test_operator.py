"""What an operator can do with events: see which nobody could handle, replay them, read a log."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest

from deploy.local.installation import claim
from deploy.local.ports import free_port
from deploy.local.public_address import settle_address
from deploy.local.servers import Servers, remember
from services.intake.models import service as intake
from services.meetings.models import service as meetings
from shared.ids import new_id
from tests.journeys.operating import houvast, tree
from tests.support.inline_installation import open_installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SECRET = "Noor"
REASON = ("--reason", "de vragenlijst is er nu")


@pytest.fixture
def with_dead_letters(data_folder: Path) -> Path:
    """With three events that intake could not handle: two that it can now, and one that nobody ever can."""
    with open_installation(data_folder):
        for _, text in meetings.outbox.after(0, 2):
            event = json.loads(text)
            with intake.transaction():
                intake.inbox.dead_letter("meetings", event["id"], event["subject"], text, "no such thing")
        with intake.transaction():
            intake.inbox.dead_letter(
                "?", new_id(), "", f'{{"call_name": "{SECRET}"', "unreadable: JSONDecodeError"
            )
    return data_folder


def dead(data: Path) -> list[dict[str, Any]]:
    failures: list[dict[str, Any]] = json.loads(houvast(data, "dead-letters", "--json").stdout)
    return failures


def audit(data: Path) -> list[Any]:
    with open_installation(data):
        table = intake.audit.AuditEntry
        return list(table.select().where(table.about_kind == "dead_letter").dicts())


def test_dead_letters_are_shown_with_why_and_never_with_what_is_in_them(with_dead_letters: Path) -> None:
    printed, shown = houvast(with_dead_letters, "dead-letters"), dead(with_dead_letters)

    assert printed.returncode == 0
    assert SECRET not in printed.stdout + json.dumps(shown)
    assert "no such thing" in printed.stdout
    assert [failure["service"] for failure in shown] == ["intake"] * 3
    assert [failure["type"].rpartition(".houvast.")[2] for failure in shown[:2]] == [
        "meetings.organisation_changed.v1"
    ] * 2
    assert shown[0]["subject"].startswith("organisation/")
    assert (shown[2]["source"], shown[2]["type"], shown[2]["reason"]) == (
        "?",
        "?",
        "unreadable: JSONDecodeError",
    )
    assert set(shown[0]) == {
        "service",
        "id",
        "source",
        "type",
        "subject",
        "reason",
        "dead_lettered_at",
        "event_id",
    }


def test_without_dead_letters_it_says_so(files: Path) -> None:
    result = houvast(files, "dead-letters")

    assert result.returncode == 0
    assert "Alle gebeurtenissen zijn verwerkt" in result.stdout
    assert dead(files) == []


def test_a_replayed_event_is_tried_again_and_the_reason_and_who_asked_are_kept(with_dead_letters: Path) -> None:
    first = dead(with_dead_letters)[0]

    result = houvast(with_dead_letters, "replay", "--service", "intake", "--id", str(first["id"]), *REASON)
    with open_installation(with_dead_letters) as installation:
        installation.settle()
        waiting = intake.inbox.InboxRetry.select().count()

    assert result.returncode == 0, result.stderr
    assert first["id"] not in [failure["id"] for failure in dead(with_dead_letters)]
    assert waiting == 0
    [line] = audit(with_dead_letters)
    assert (line["event"], line["about_id"], line["purpose"]) == ("change", first["event_id"], REASON[1])
    assert (line["actor_id"], line["actor_kind"]) == (f"operator:{getpass.getuser()}", "operator")


def test_an_event_that_fails_again_is_dead_again_with_its_new_reason(with_dead_letters: Path) -> None:
    hopeless = dead(with_dead_letters)[2]["id"]

    houvast(with_dead_letters, "replay", "--service", "intake", "--id", str(hopeless), *REASON)
    with open_installation(with_dead_letters) as installation:
        installation.settle()

    [again] = [failure for failure in dead(with_dead_letters) if failure["source"] == "?"]
    assert again["id"] != hopeless
    assert again["reason"].startswith("unreadable")


def test_all_of_a_service_are_replayed_at_once_also_while_it_runs(with_dead_letters: Path) -> None:
    with claim(with_dead_letters):
        result = houvast(with_dead_letters, "replay", "--service", "intake", "--all", *REASON)

    assert result.returncode == 0, result.stderr
    assert dead(with_dead_letters) == []
    assert len(audit(with_dead_letters)) == 3


def test_a_dry_run_shows_what_it_would_replay_and_changes_nothing(with_dead_letters: Path) -> None:
    before = dead(with_dead_letters)

    result = houvast(with_dead_letters, "replay", "--service", "intake", "--all", *REASON, "--dry-run")

    assert result.returncode == 0
    assert "geprobeerd zouden worden: 3" in result.stderr
    assert dead(with_dead_letters) == before
    assert audit(with_dead_letters) == []


def test_a_number_that_no_dead_letter_has_is_refused_whole(with_dead_letters: Path) -> None:
    before = dead(with_dead_letters)

    result = houvast(
        with_dead_letters, "replay", "--service", "intake", "--id", str(before[0]["id"]), "--id", "99", *REASON
    )

    assert result.returncode == 1
    assert "99" in result.stderr
    assert dead(with_dead_letters) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("--service", "intake", *REASON),
        ("--service", "intake", "--all", "--id", "1", *REASON),
        ("--service", "intake", "--all"),
        ("--service", "intake", "--all", "--reason", "  "),
        ("--service", "intake", "--all", "--reason", "x" * 201),
        ("--service", "nobody", "--all", *REASON),
        ("--all", *REASON),
    ],
)
def test_a_replay_without_a_choice_and_a_reason_is_not_done(files: Path, arguments: tuple[str, ...]) -> None:
    result = houvast(files, "replay", *arguments)

    assert result.returncode == 2
    assert audit(files) == []


def test_a_log_shows_which_events_there_are_and_not_what_is_in_them(data_folder: Path) -> None:
    result = houvast(data_folder, "feed", "--service", "intake", "--limit", "3")

    assert result.returncode == 0, result.stderr
    with open_installation(data_folder):
        last = [json.loads(text) for _, text in intake.outbox.after(intake.outbox.head()[1] - 3, 10)]
    assert len(result.stdout.splitlines()) == 3
    for line, event in zip(result.stdout.splitlines(), last, strict=True):
        assert line.split() == [str(int(event["sequence"])), event["time"], event["type"], event["subject"]]


def test_a_program_reads_on_in_a_log_from_a_number(files: Path) -> None:
    first = json.loads(
        houvast(files, "feed", "--service", "intake", "--after", "0", "--limit", "5", "--json").stdout
    )
    beyond = json.loads(
        houvast(files, "feed", "--service", "intake", "--after", str(first["head"]), "--json").stdout
    )

    assert [event["number"] for event in first["events"]] == [1, 2, 3, 4, 5]
    assert first["epoch"] == 1
    assert all(set(event) == {"number", "id", "type", "subject", "time"} for event in first["events"])
    assert beyond["events"] == []


def test_with_their_data_sealed_values_stay_sealed(files: Path) -> None:
    result = houvast(files, "feed", "--service", "intake", "--after", "0", "--data-too", "--json")

    [event] = [each for each in json.loads(result.stdout)["events"] if "contact_changed" in each["type"]][:1]
    assert set(event["data"]["personal"]) == {"notifications"}
    assert "example.org" not in result.stdout
    assert "Lente" not in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("dead-letters",), ("feed", "--service", "intake"), ("replay", "--service", "intake", "--all", *REASON)],
    ids=["dead-letters", "feed", "replay"],
)
def test_a_folder_without_an_installation_is_refused_and_stays_away(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    result = houvast(tmp_path / "nowhere", *arguments)

    assert result.returncode == 2
    assert "staat geen Houvast" in result.stderr
    assert not (tmp_path / "nowhere").exists()


def test_when_the_database_server_is_away_it_says_so(files: Path) -> None:
    remember(files, Servers(f"postgresql://postgres@127.0.0.1:{free_port()}/houvast"))

    result = [houvast(files, "dead-letters"), houvast(files, "backup", "--to", str(files.parent / "copies"))]

    assert [each.returncode for each in result] == [1, 1]
    assert "geeft nu geen antwoord" in result[0].stderr
    assert "geen reservekopie gemaakt" in result[1].stderr


def test_looking_changes_nothing_of_what_is_there(files: Path) -> None:
    before = tree(files)

    for arguments in (("dead-letters",), ("feed", "--service", "meetings"), ("doctor",)):
        houvast(files, *arguments)

    assert tree(files) == before


@pytest.mark.parametrize(
    ("url", "finding"),
    [
        ("https://zelfhulp.example", "LET OP  notifications   wat in elk bericht te veel verraadt: ‘zelfhulp’ in"),
        (
            "https://dinsdaggroep.example",
            "LET OP  notifications   wat in elk bericht te veel verraadt: ‘Dinsdaggroep’",
        ),
        ("https://groepen.example", "goed    notifications   wat in elk bericht te veel verraadt: niets"),
    ],
)
def test_the_doctor_says_what_in_every_message_betrays(files: Path, url: str, finding: str) -> None:
    settle_address(files, url, None)

    assert finding in houvast(files, "doctor").stdout
