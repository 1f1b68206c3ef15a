"""An organisation joins an installation that is there already: by command, on files and on a database server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.meetings.models import Organisation
from services.meetings.queries.installation import installation_manager_ids
from services.meetings.queries.staff import find_staff_by_email
from tests.journeys.operating import houvast
from tests.support.inline_installation import open_installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
NEW = ("--name", "Het Anker", "--region", "Lindeveen", "--manager", "Bo", "--email", "bo@example.org")


def add(data: Path, *words: str) -> tuple[int, str, str]:
    result = houvast(data, "organisation", "add", *(words or NEW))
    return result.returncode, result.stdout, result.stderr


def names(data: Path) -> list[str]:
    with open_installation(data):
        return sorted(row.name for row in Organisation.select())


def test_it_takes_sign_ups_and_its_manager_comes_in_with_the_printed_link(data_folder: Path) -> None:
    code, out, _ = add(data_folder)

    assert (code, "Het Anker is toegevoegd" in out) == (0, True)
    (link,) = re.findall(r"/inloggen/link/\S+", out)
    with open_installation(data_folder) as installation:
        installation.settle()
        stranger, bo = installation.visitor(), installation.visitor()
        assert "Het Anker" in stranger.open("/aanmelden").text
        there = "/aanmelden/het-anker"
        assert stranger.submit(stranger.open(there), there, call_name="Noor").path.startswith(f"{there}/bedankt")
        assert "Je bent hier nog alleen" in bo.submit(bo.open(link), link).text
        assert "Dinsdaggroep" not in bo.open("/groepen").text
        installation.settle()
        assert "Noor" in bo.open("/kennismaking").text
        assert "Lente" not in bo.open("/kennismaking/afgerond").text
        staff = find_staff_by_email("bo@example.org")
        assert staff is not None
        assert staff.id not in installation_manager_ids()
        assert installation.unhealthy_findings() == []


def test_a_name_that_is_there_already_adds_nothing(data_folder: Path) -> None:
    before = names(data_folder)

    code, out, problem = add(data_folder, "--name", "de kade", *NEW[2:])

    assert (code, out) == (1, "")
    assert problem == (
        "Er is al een organisatie met deze naam. Kies een naam die daarvan verschilt. Er is niets toegevoegd."
    )
    assert names(data_folder) == before


def test_what_is_filled_in_wrongly_is_said_by_its_question(files: Path) -> None:
    code, _, problem = add(files, *NEW[:2], "--region", " ", *NEW[4:6], "--email", "bo@")

    assert code == 1
    assert "Regio: Vul dit nog in." in problem
    assert "E-mailadres van de eerste beheerder: Dit lijkt geen e-mailadres." in problem
    assert problem.endswith("Er is niets toegevoegd.")
    assert "Het Anker" not in names(files)


def test_where_there_is_no_installation_nothing_is_made(tmp_path: Path) -> None:
    code, _, problem = add(tmp_path / "nothing")

    assert (code, "staat geen Houvast" in problem) == (2, True)
    assert not (tmp_path / "nothing").exists()
