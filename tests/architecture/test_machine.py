"""A machine without containers: its units, its users, what a service is configured with there, and its keys."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.env import PASSWORD, example
from deploy.local.installation import APPLICATIONS, NAMES
from deploy.reverse_proxy.nginx import MACHINE
from shared.settings import read

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "deploy" / "systemd"


def unit(name: str) -> configparser.ConfigParser:
    """A unit, in which a key may stand more than once."""
    parser = configparser.ConfigParser(interpolation=None, strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNITS / name, encoding="utf-8")
    return parser


def lines_of(service: Any) -> dict[str, str]:
    """What the example tells, as systemd reads it, with everything filled in."""
    given_lines = [line.partition("=") for line in example(service).splitlines() if re.match(r"[A-Z]", line)]
    given = {key: " ".join(shlex.split(value)) for key, _, value in given_lines}
    return {key: value or "houvast@houvast.example" for key, value in given.items()}


@pytest.mark.parametrize("kind", ["web", "work", "migrate"])
def test_a_unit_starts_an_entry_point_that_is_there_as_the_user_of_its_service(kind: str) -> None:
    service = unit(f"houvast-{kind}@.service")["Service"]

    assert f"python -m services.%i {kind}" in service["ExecStart"]
    assert service["User"] == "houvast-%i"
    assert service["EnvironmentFile"] == "/etc/houvast/%i.env"


@pytest.mark.parametrize("kind", ["web", "work"])
def test_what_serves_comes_after_the_store_is_up_to_date_and_is_started_again_when_it_ends(kind: str) -> None:
    parsed = unit(f"houvast-{kind}@.service")

    assert parsed["Unit"]["Requires"] == "houvast-migrate@%i.service"
    assert "houvast-migrate@%i.service" in parsed["Unit"]["After"]
    assert parsed["Service"]["Restart"] == "always"


def test_every_unit_is_closed_by_the_same_lines() -> None:
    closed = unit("houvast-.service.d/closed.conf")["Service"]

    assert closed["ProtectSystem"] == "strict"
    assert closed["CapabilityBoundingSet"] == ""
    for key in (
        "NoNewPrivileges",
        "ProtectHome",
        "PrivateTmp",
        "PrivateDevices",
        "PrivateUsers",
        "LockPersonality",
    ):
        assert closed[key] == "yes"
    for path in UNITS.glob("*.service"):
        assert path.name.startswith("houvast-")
        assert not {"ProtectSystem", "NoNewPrivileges", "PrivateTmp"} & set(unit(path.name)["Service"])


def test_the_target_starts_pages_and_work_of_every_service_and_each_has_a_user() -> None:
    target = (UNITS / "houvast.target").read_text(encoding="utf-8")
    users = (UNITS / "houvast.sysusers.conf").read_text(encoding="utf-8")

    wanted = set(re.findall(r"houvast-\w+@\w+\.service", target))
    assert wanted == {f"houvast-{kind}@{name}.service" for name in NAMES for kind in ("web", "work")}
    assert set(re.findall(r"^u houvast-(\w+) ", users, re.MULTILINE)) == set(NAMES)


@pytest.mark.parametrize("application", APPLICATIONS, ids=NAMES)
def test_the_example_for_a_service_is_enough_once_it_is_filled_in(application: Any) -> None:
    given_lines = lines_of(application)

    settings = read(application.settings, application.name, given_lines)
    bind = given_lines["HOUVAST_BIND"]
    assert bind == MACHINE.upstreams[application.name]
    assert settings.feed_addresses == {
        source: f"http://{MACHINE.upstreams[source]}" for source in application.subscriptions.sources
    }
    assert settings.stores is None
    assert PASSWORD in str(settings.database)
    assert PASSWORD in str(settings.broker)


def make_keys_by_hand(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.keys", folder], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


def test_keys_are_made_once_and_for_their_service_only(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    first = make_keys_by_hand(folder)
    made = {path.name: path.read_text() for path in folder.iterdir()}
    again = make_keys_by_hand(folder)

    assert (first.returncode, again.returncode) == (0, 0)
    assert "Bewaar er meteen een kopie van" in first.stdout
    assert "Er is niets veranderd" in again.stdout
    assert {path.name: path.read_text() for path in folder.iterdir()} == made
    assert set(made) == {f"{name}.json" for name in NAMES}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [name for name in NAMES if "pass_private" in json.loads(made[f"{name}.json"])] == ["meetings"]
    assert len({json.loads(text)["index"] for text in made.values()}) == len(NAMES)


def test_a_key_that_is_gone_is_not_made_anew_over_what_it_sealed(tmp_path: Path) -> None:
    make_keys_by_hand(tmp_path / "keys")
    (tmp_path / "keys" / "intake.json").unlink()

    answer = make_keys_by_hand(tmp_path / "keys")

    assert answer.returncode == 1
    assert "reservekopie" in answer.stderr
    assert not (tmp_path / "keys" / "intake.json").exists()
