"""The entry script `./houvast`: what it answers, what it makes, and what it leaves behind when it is stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.script_machine import APT_GET, PYTHON, ROOT, Machine, alive


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    yield machine
    busy = tmp_path / "busy"
    if busy.exists():
        subprocess.run(["kill", "-9", busy.read_text().strip()], stderr=subprocess.DEVNULL, check=False)


@pytest.mark.parametrize("words", [(), ("help",), ("--help",), ("-h",)])
def test_help_shows_what_can_be_done_and_makes_nothing(machine: Machine, words: tuple[str, ...]) -> None:
    code, out, err = machine.run(*words)

    assert (code, err) == (0, "")
    assert "Zo gebruik je het" in out
    assert not (machine.home / ".venv").exists()


def test_an_unknown_command_gets_a_sentence_and_makes_nothing(machine: Machine) -> None:
    code, out, err = machine.run("strat", "--port", "80")

    assert (code, out) == (2, "")
    assert 'De opdracht "strat" ken ik niet.' in err
    assert not (machine.home / ".venv").exists()


def test_the_program_gets_every_word_as_it_was_typed_from_any_folder(machine: Machine) -> None:
    folder = machine.world / "ergens anders"
    folder.mkdir()

    code, out, _ = machine.run("start", "--data", "een map", "*", "", cwd=folder)

    assert code == 0
    assert f"cwd={folder} " in out
    assert f" path={machine.home}\n" in out
    assert out.endswith("<-m><deploy.local><start><--data><een map><*><>")


def test_the_program_takes_the_place_of_the_script_so_that_signals_reach_it(machine: Machine) -> None:
    script = machine.begin("start")
    out, _ = script.communicate(timeout=60)

    assert f"pid={script.pid} " in out


def test_a_link_to_the_script_runs_the_same_script(machine: Machine) -> None:
    link = machine.world / "houvast-link"
    link.symlink_to(machine.home / "houvast")

    answer = subprocess.run(
        [link, "start"], env={"PATH": str(machine.bin)}, capture_output=True, text=True, check=True
    )

    assert f"path={machine.home}" in answer.stdout


def test_a_closed_stdin_is_no_hindrance(machine: Machine) -> None:
    answer = subprocess.run(
        ["sh", "-c", '"$0" start <&-', machine.home / "houvast"],
        env={"PATH": str(machine.bin)},
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0
    assert "stdin=/dev/null" in answer.stdout


def test_the_second_time_nothing_is_made_again(machine: Machine) -> None:
    machine.run("start")

    code, _, err = machine.run("doctor", "--json")

    assert (code, err) == (0, "")
    assert machine.count("-m venv") == machine.count("pip install") == 1


def test_a_changed_list_makes_it_new(machine: Machine) -> None:
    machine.run("start")
    (machine.home / "requirements.txt").write_text("click==8.6.0\n")

    code, _, _ = machine.run("start")

    assert code == 0
    assert machine.count("-m venv") == 2
    assert not (machine.home / ".venv.old").exists()


def test_the_tests_add_what_they_need_to_what_is_there(machine: Machine) -> None:
    machine.run("start")

    code, out, _ = machine.run("test", "--quick")

    assert code == 0
    assert out.endswith("<-m><deploy.test><--quick>")
    assert (machine.count("-m venv"), machine.count("pip install")) == (1, 2)


def test_an_old_python_is_refused_with_its_version(machine: Machine) -> None:
    (machine.world / "version").write_text("3, 10, 14")

    code, _, err = machine.run("start")

    assert code == 1
    assert "Houvast heeft Python 3.11 of nieuwer nodig. Op deze computer vind ik: 3.10.14." in err
    assert not (machine.home / ".venv").exists()


def test_a_newer_python_beside_an_old_one_is_found(machine: Machine) -> None:
    (machine.world / "older").mkdir()
    machine.program("python3.12", PYTHON)
    machine.program("python3", PYTHON.replace("WORLD", f"'{machine.world}/older'"))
    (machine.world / "older" / "version").write_text("3, 9, 2")

    code, _, _ = machine.run("start")

    assert code == 0
    assert machine.count("-m venv") == 1


def test_without_any_python_the_answer_says_so(machine: Machine) -> None:
    (machine.bin / "python3").unlink()

    code, _, err = machine.run("start")

    assert code == 1
    assert "Op deze computer vind ik: geen Python." in err


def test_an_ordinary_user_without_the_venv_package_reads_the_one_command(machine: Machine) -> None:
    machine.is_("no-ensurepip")
    machine.program("apt-get", APT_GET)
    machine.program("id", "#!/bin/sh\necho 1000\n")

    code, _, err = machine.run("start")

    assert code == 1
    assert "apt-get update && apt-get install -y python3-venv" in err
    assert machine.count("apt-get") == 0
    assert not (machine.home / ".venv").exists()


def test_root_gets_the_venv_package_installed_even_without_package_lists(machine: Machine) -> None:
    machine.is_("no-ensurepip")
    machine.program("apt-get", APT_GET)
    machine.program("id", "#!/bin/sh\necho 0\n")

    code, out, _ = machine.run("start")

    assert code == 0
    assert out.endswith("<-m><deploy.local><start>")
    assert machine.count("install --no-install-recommends python3-venv") == 2


def test_without_a_connection_what_was_there_stays(machine: Machine) -> None:
    machine.run("start")
    before = (machine.home / "requirements.txt").read_text()
    (machine.home / "requirements.txt").write_text("click==8.6.0\n")
    machine.is_("no-network")

    code, _, err = machine.run("start")
    put_back = (machine.home / ".venv" / "made-from").exists()
    (machine.home / "requirements.txt").write_text(before)
    code_with_the_old_list, _, _ = machine.run("start")

    assert code == 1
    assert "Ik krijg geen verbinding" in err
    assert put_back
    assert code_with_the_old_list == 0
    assert machine.count("-m venv") == 2


def test_stopped_halfway_it_leaves_nothing_half(machine: Machine) -> None:
    machine.is_("slow")
    script = machine.begin("start")
    pip = machine.wait_for_pip()

    script.send_signal(signal.SIGTERM)
    _, err = script.communicate(timeout=30)

    assert script.returncode == 143
    assert "Gestopt. Er is niets half blijven staan." in err
    assert not (machine.home / ".venv").exists()
    assert not alive(pip)


def test_killed_halfway_the_next_one_makes_it_whole(machine: Machine) -> None:
    machine.is_("slow")
    script = machine.begin("start")
    pip = machine.wait_for_pip()
    for pid in (script.pid, pip):
        os.kill(pid, signal.SIGKILL)
    script.communicate(timeout=30)
    (machine.world / "slow").unlink()

    half = (machine.home / ".venv").exists()
    code, _, _ = machine.run("start")

    assert half
    assert code == 0
    assert machine.count("-m venv") == 2


def test_killed_while_renewing_the_one_before_comes_back_with_its_list(machine: Machine) -> None:
    machine.run("start")
    before = (machine.home / "requirements.txt").read_text()
    (machine.home / "requirements.txt").write_text("click==8.6.0\n")
    machine.is_("slow")
    script = machine.begin("start")
    pip = machine.wait_for_pip()
    for pid in (script.pid, pip):
        os.kill(pid, signal.SIGKILL)
    script.communicate(timeout=30)

    (machine.home / "requirements.txt").write_text(before)
    code, _, _ = machine.run("start")

    assert code == 0
    assert machine.count("-m venv") == 2
    assert not (machine.home / ".venv.old").exists()


def test_a_second_one_waits_for_the_first(machine: Machine) -> None:
    machine.is_("slow")
    first = machine.begin("start")
    pip = machine.wait_for_pip()
    second = machine.begin("doctor")
    assert second.stderr is not None
    line = second.stderr.readline()
    (machine.world / "slow").unlink()

    os.kill(pip, signal.SIGKILL)
    first.communicate(timeout=30)
    out, _ = second.communicate(timeout=30)

    assert "Ik wacht daarop." in line
    assert second.returncode == 0
    assert out.endswith("<-m><deploy.local><doctor>")


def test_a_folder_name_that_python_cannot_have_is_refused(machine: Machine) -> None:
    odd = machine.world / "een:twee"
    machine.home.rename(odd)

    answer = subprocess.run(
        [odd / "houvast", "start"], env={"PATH": str(machine.bin)}, capture_output=True, text=True
    )

    assert answer.returncode == 1
    assert "dubbele punt" in answer.stderr


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def test_the_test_list_holds_the_other_one_whole() -> None:
    everything = pins("requirements-test.txt")

    different = {n: v for n, v in pins("requirements.txt").items() if everything.get(n) != v}

    assert pins("requirements.txt")
    assert different == {}


def test_the_script_knows_every_command_of_the_installation() -> None:
    overview = subprocess.run([ROOT / "houvast", "help"], capture_output=True, text=True, check=True).stdout
    installation = subprocess.run(
        [sys.executable, "-m", "deploy.local", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    in_the_script = set(re.findall(r"^  ([a-z][a-z-]*)  ", overview, re.MULTILINE)) - {
        "help",
        "test",
        "bench",
        "simulate",
    }
    in_the_installation = set(re.findall(r"^  ([a-z][a-z-]*)(?:  |$)", installation, re.MULTILINE)) - {"help"}

    assert in_the_script == in_the_installation
