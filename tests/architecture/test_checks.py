"""What `./houvast test` does: which checks, what they need, and what its last line says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import audit, needs
from deploy import test as checks
from deploy.local.installation import NAMES

ROOT = Path(__file__).resolve().parents[2]
HERE = "tests/architecture/test_checks.py"
TWO_SKIPS = """
import pytest
def test_it(): pytest.skip("Debians pakket nginx-light ontbreekt. Installeer het met: ...")
@pytest.mark.skip("Debians pakket nginx-light ontbreekt.")
def test_that(): pass
@pytest.mark.xfail
def test_ran(): assert False
"""


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    packages: list[str] = []
    monkeypatch.setattr(checks, "fetch", lambda wanted: packages.extend(need.package for need in wanted) or [])
    return packages


@pytest.fixture
def nothing_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "fetch", list)


def names(chosen: list[checks.Check]) -> list[str]:
    return [check.name.partition(" (")[0] for check in chosen]


def test_everything_is_checked_and_everything_is_fetched(fetched: list[str]) -> None:
    chosen = checks.choose(quick=False, other_days=False, strict=False, extra=())

    assert names(chosen) == [
        "stijl",
        "opmaak",
        "types",
        "pijlen tussen lagen",
        "wat we gebruiken",
        "bekende lekken",
        "tests",
    ]
    assert fetched == [need.package for need in needs.NEEDS]


def test_the_quick_one_asks_nothing_of_the_internet_and_no_browser(fetched: list[str]) -> None:
    chosen = checks.choose(quick=True, other_days=False, strict=False, extra=())

    assert "bekende lekken" not in names(chosen)
    assert "chromium" not in fetched
    assert "rabbitmq-server" not in fetched


@pytest.mark.parametrize("service", NAMES)
def test_the_quick_one_tries_the_rules_of_every_service(service: str) -> None:
    rules = [path for path in checks.tests_of_rules() if path.startswith(f"tests/{service}/")]

    assert len(rules) >= 3


@pytest.mark.parametrize("test", [HERE, "tests/architecture", f"{HERE}::test_it"])
def test_named_tests_run_at_once_with_nothing_before_them(fetched: list[str], test: str) -> None:
    (only,) = checks.choose(quick=False, other_days=False, strict=False, extra=("-x", test))

    assert only.arguments[:2] == ("-m", "pytest")
    assert only.arguments[-2:] == ("-x", test)
    assert "-n" not in only.arguments
    assert not fetched


def test_on_other_days_only_the_clock_is_fetched(fetched: list[str]) -> None:
    chosen = checks.choose(quick=False, other_days=True, strict=False, extra=())

    assert fetched == ["libfaketime"]
    assert len(chosen) == 13


@pytest.mark.usefixtures("nothing_is_there")
def test_without_another_clock_the_other_days_are_left_out() -> None:
    assert names(checks.choose(quick=False, other_days=True, strict=False, extra=())) == [
        "nu, op een drukke computer"
    ]


@pytest.mark.usefixtures("nothing_is_there")
@pytest.mark.parametrize("other_days", [True, False])
def test_where_all_must_be_there_nothing_begins_without_it(other_days: bool) -> None:
    with pytest.raises(SystemExit, match="Hier ontbreekt nog"):
        checks.choose(quick=False, other_days=other_days, strict=True, extra=())


def test_what_is_not_there_is_asked_of_debian(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    (tmp_path / "deploy" / "setup").mkdir(parents=True)
    script = tmp_path / "deploy" / "setup" / "debian.sh"
    script.write_text(f'echo "$@" > "{asked}"\ntouch "{tmp_path}/one-15"\n')
    monkeypatch.setattr(needs, "ROOT", tmp_path)
    wanted = [needs.Need(name, f"{tmp_path}/{name}-*") for name in ("one", "two")]

    missing = needs.fetch([*wanted, needs.Need("root", "/")])

    assert asked.read_text() == "one two\n"
    assert missing == [wanted[1]]


@pytest.mark.parametrize(("may_not_write", "keeps_apart"), [("1", True), ("", False)])
def test_what_python_compiles_is_kept_for_a_run_where_it_may_not_stand_beside_the_sources(
    monkeypatch: pytest.MonkeyPatch, may_not_write: str, keeps_apart: bool
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", may_not_write)
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    seen = f"import sys; sys.exit((bool(sys.pycache_prefix), sys.dont_write_bytecode) != ({keeps_apart}, False))"

    assert checks.run(checks.Check("wat", ("-c", seen)), 1, 1).passed


def test_the_last_line_says_how_it_stands() -> None:
    passed, broken = checks.Outcome("types", True, 1.0), checks.Outcome("tests", False, 1.0)

    assert checks.summary([passed]).splitlines()[-1] == "Alles is in orde."
    assert checks.summary([passed, broken]).splitlines()[-1].startswith("Nog niet in orde: tests (")


def test_the_last_line_says_what_had_to_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_text(TWO_SKIPS)
    report = tmp_path / "report.xml"
    subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, f"--junitxml={report}", str(tmp_path)],
        cwd=ROOT,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
    )

    outcome = checks.Outcome("tests", True, 1.0, checks.skipped_tests(report))

    assert checks.summary([outcome]).splitlines()[-1] == (
        "Alles is in orde, overgeslagen: 2 tests (zonder nginx-light)."
    )


def audited(**packages: dict[str, object]) -> audit.Verdict:
    listed = [{"name": name, "version": "1.0", **verdict} for name, verdict in packages.items()]
    return audit.judge(json.dumps({"dependencies": listed}), "")


def test_a_known_flaw_is_named_with_the_version_that_has_it_no_more() -> None:
    verdict = audited(flask={"vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}, pika={"vulns": []})

    assert verdict.code == 1
    assert "flask 1.0: PYSEC-1, weg in 1.1" in verdict.sentence


def test_nothing_known_is_in_order() -> None:
    assert audited(flask={"vulns": []}).code == 0


@pytest.mark.parametrize(
    "verdict",
    [
        audited(flask={"skip_reason": "not found"}, pika={"skip_reason": "not found"}),
        audit.judge("", "Traceback\nrequests.exceptions.ConnectionError: no route"),
    ],
)
def test_a_list_that_cannot_be_reached_is_said_and_breaks_nothing(verdict: audit.Verdict) -> None:
    assert verdict.code == audit.UNREACHABLE
    assert "niet te bereiken" in verdict.sentence


def test_an_audit_that_cannot_be_done_is_not_in_order() -> None:
    assert audit.judge("", "usage: pip-audit").code == 1
