"""`./houvast start` as a newcomer meets it: greeting, second start, Ctrl-C, kill -9, no demo, lost keys."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.installation import Installation, application_named
from deploy.local.ports import free_port
from deploy.local.servers import Servers
from deploy.local.start import greet
from services.notifications.channels.mailbox import Mailbox
from shared.settings import SettingsError, read
from tests.support.authenticator import show_code
from tests.support.faulty_network import FaultyNetwork
from tests.support.inline_installation import close_stores
from tests.support.run_servers import DatabasePrefix
from tests.support.started import Started

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1][:3]


def test_start_says_where_to_go_and_who_to_be_and_stops_at_ctrl_c(start: Callable[..., Started]) -> None:
    installation = start().until_greeted()

    page = installation.visitor().open("/inloggen")
    pids = installation.pids()
    code = installation.stop()

    assert f"http://127.0.0.1:{installation.port}" in installation.output
    assert not [line for line in installation.output.splitlines() if line.startswith("{")]
    assert str(installation.data / "houvast.log") in installation.output
    assert (installation.data / "houvast.log").stat().st_mode & 0o077 == 0
    assert all(name in installation.output and name in page.text for name in ("Kim", "Vos", "Sam", "Robin"))
    assert code == 0
    assert "Alles is bewaard" in installation.output
    assert not any(is_alive(pid) for pid in pids)


def test_a_second_start_on_the_same_data_is_refused_in_dutch_and_harms_nothing(
    start: Callable[..., Started],
) -> None:
    first = start("--no-demo").until_greeted()

    second = start("--no-demo")

    assert second.process.wait(60) == 1
    assert "draait al" in second.output
    assert first.visitor().open("/inloggen").status == 200


def test_a_port_that_is_taken_is_refused_with_what_to_do(start: Callable[..., Started], tmp_path: Path) -> None:
    first = start("--no-demo").until_greeted()

    second = Started(tmp_path / "other", tmp_path / "said-other", "--no-demo", port=first.port)

    assert second.process.wait(60) == 1
    assert "--port" in second.output


def test_when_the_supervisor_is_killed_its_processes_go_too_and_a_new_start_works(
    start: Callable[..., Started],
) -> None:
    first = start("--no-demo").until_greeted()
    pids = first.pids()

    first.process.kill()
    first.process.wait()
    first.until(lambda: not any(is_alive(pid) for pid in pids))

    assert start("--no-demo", port=first.port).until_greeted().visitor().open("/inloggen").status == 200


@pytest.mark.parametrize("which", [0, 1], ids=["web", "work"])
def test_a_process_that_is_killed_is_started_again(start: Callable[..., Started], which: int) -> None:
    installation = start("--no-demo").until_greeted()
    before = installation.pids()

    os.kill(before[which], signal.SIGKILL)
    installation.until(lambda: installation.pids()[which] != before[which])

    assert "start opnieuw" in installation.output
    installation.until(lambda: answers(installation))


def test_a_process_that_dies_again_and_again_is_started_again_and_again(start: Callable[..., Started]) -> None:
    installation = start("--no-demo").until_greeted()
    seen: set[int] = set()

    for _ in range(6):
        pid = installation.pids()[-1]
        seen.add(pid)
        os.kill(pid, signal.SIGKILL)
        installation.until(lambda: installation.pids()[-1] not in seen)

    installation.until(lambda: doctor(installation.data) == 0)


def test_the_doctor_says_which_process_does_not_work(start: Callable[..., Started]) -> None:
    installation = start("--no-demo").until_greeted()
    installation.until(lambda: doctor(installation.data) == 0)

    os.kill(installation.pids()[1], signal.SIGSTOP)
    try:
        installation.until(lambda: "ligt stil" in doctor_says(installation.data))
    finally:
        os.kill(installation.pids()[1], signal.SIGCONT)

    installation.until(lambda: doctor(installation.data) == 0)
    installation.stop()
    assert doctor(installation.data) == 0


def doctor(data: Path) -> int:
    return examining(data).returncode


def doctor_says(data: Path) -> str:
    return examining(data).stdout


def examining(data: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local", "doctor", "--data", str(data)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_with_reload_both_processes_start_again_when_the_code_changes(start: Callable[..., Started]) -> None:
    installation = start("--no-demo", "--reload").until_greeted()
    before, source = installation.pids(), ROOT / "shared" / "clock.py"
    times = source.stat()

    os.utime(source)
    try:
        installation.until(lambda: not set(before) & set(installation.pids()))
    finally:
        os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert "De code is veranderd" in installation.output
    installation.until(lambda: answers(installation))


def answers(installation: Started) -> bool:
    try:
        return installation.visitor().open("/inloggen").status == 200
    except OSError:
        return False


def test_without_a_demo_a_link_that_works_once_makes_the_first_manager(start: Callable[..., Started]) -> None:
    installation = start("--no-demo").until_greeted()
    link = re.search(r"/inloggen/eerste/[\w-]+", installation.output)
    assert link is not None
    first, second = installation.visitor(), installation.visitor()

    asked = first.submit(
        first.open(link[0]),
        link[0],
        name="Kim",
        email="kim@example.org",
        organisation="De Kade",
        region="Lindeveen",
    )
    page = show_code(first, asked)

    assert page.status == 200
    assert "Kim" in page.text
    assert second.open(link[0]).status in (409, 410)
    assert not [form for form in second.open("/inloggen").forms if "/demo/" in form.action]
    assert "NOTIFICATIONS_SMTP_HOST" in installation.output


def test_an_organisation_is_added_while_it_runs_and_takes_sign_ups_at_once(start: Callable[..., Started]) -> None:
    installation = start("--no-demo").until_greeted()
    typed = ("--name", "Het Anker", "--region", "Lindeveen", "--manager", "Bo", "--email", "bo@example.org")
    command = [sys.executable, "-m", "deploy.local", "organisation", "add", "--data", str(installation.data)]

    added = subprocess.run([*command, *typed], cwd=ROOT, capture_output=True, text=True)

    assert added.returncode == 0, added.stderr
    link = re.search(rf"http://127\.0\.0\.1:{installation.port}(/inloggen/link/[\w-]+)", added.stdout)
    assert link is not None
    installation.until(lambda: installation.visitor().open("/aanmelden/het-anker").status == 200)
    bo = installation.visitor()
    page = show_code(bo, bo.submit(bo.open(link[1]), link[1]))
    assert (page.status, "Bo" in page.text) == (200, True)


def test_without_a_demo_mail_goes_to_the_mail_server_that_was_named(
    start: Callable[..., Started], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, port = Mailbox(tmp_path / "theirs"), free_port()
    theirs.serve("127.0.0.1", port)
    monkeypatch.setenv("NOTIFICATIONS_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("NOTIFICATIONS_SMTP_PORT", str(port))
    installation = start("--no-demo").until_greeted()
    link = re.search(r"/inloggen/eerste/[\w-]+", installation.output)
    assert link is not None
    kim = installation.visitor()
    kim.submit(
        kim.open(link[0]), link[0], name="Kim", email="kim@example.org", organisation="De Kade", region="Lindeveen"
    )

    asked = installation.visitor()
    asked.submit(asked.open("/inloggen"), "/inloggen", email="kim@example.org")
    installation.until(lambda: theirs.count() == 1)

    assert not (installation.data / "mailbox").exists()
    assert "geen mailserver" not in installation.output
    theirs.stop()


@pytest.mark.parametrize("countries", [None, "31 32"])
def test_what_is_said_of_a_number_and_what_is_texted_go_by_the_same_countries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, countries: str | None
) -> None:
    if countries is None:
        monkeypatch.delenv("NOTIFICATIONS_SMS_COUNTRIES", raising=False)
    else:
        monkeypatch.setenv("NOTIFICATIONS_SMS_COUNTRIES", countries)

    variables = Installation(tmp_path, 8780, 8725).environment()

    assert variables["INTAKE_SMS_COUNTRIES"] == variables["NOTIFICATIONS_SMS_COUNTRIES"] == (countries or "31")


@pytest.mark.slow
def test_a_store_that_is_away_while_we_greet_ends_nothing(
    tmp_path: Path, database_prefix: DatabasePrefix, capsys: pytest.CaptureFixture[str]
) -> None:
    with FaultyNetwork(database_prefix.url) as network:
        installation = Installation(tmp_path, 8780, 8725, demo=False, servers=Servers(network.url))
        installation.prepare()

        with network.out_of_order("drop"):
            greet(installation)
        while_away = capsys.readouterr()
        greet(installation)
        close_stores()

    assert "Houvast staat klaar" in while_away.out
    assert "De opslag geeft nu even geen antwoord" in while_away.err
    assert "/inloggen/eerste/" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["intake", "notifications"])
def test_countries_that_do_not_exist_are_refused_with_the_variable_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    installation, application = Installation(tmp_path, 8780, 8725), application_named(name)
    variables = installation.environment() | {f"{name.upper()}_SMS_COUNTRIES": "31 210"}
    monkeypatch.setenv("NOTIFICATIONS_SMS_COUNTRIES", "210")

    with pytest.raises(SettingsError, match=rf"^{name.upper()}_SMS_COUNTRIES: 210 is geen landnummer"):
        read(application.settings, name, variables)
    with pytest.raises(SettingsError, match=r"^NOTIFICATIONS_SMS_COUNTRIES: 210 is geen landnummer"):
        installation.environment()


def test_keys_that_are_gone_are_never_made_anew_over_what_they_sealed(start: Callable[..., Started]) -> None:
    first = start("--no-demo").until_greeted()
    first.stop()
    (first.data / "keys" / "intake.json").unlink()

    second = start("--no-demo")

    assert second.process.wait(60) != 0
    assert "sleutels" in second.output
    assert not (first.data / "keys" / "intake.json").exists()
