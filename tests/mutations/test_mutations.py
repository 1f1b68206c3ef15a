"""Every declared fault can still be planted; `tests/mutations/plant.py` does it and says which are noticed."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from tests.mutations.mutations import ROOT, Mutation, list_mutations
from tests.mutations.plant import judge


@pytest.mark.parametrize("mutation", list_mutations(), ids=lambda mutation: mutation.breaks.replace(" ", "_"))
def test_a_declared_fault_stands_once_and_is_python_that_can_be_read(mutation: Mutation) -> None:
    mutated = (ROOT / mutation.file).read_text(encoding="utf-8").replace(mutation.text, mutation.becomes)

    assert mutation.count_in(ROOT) == 1
    assert mutation.becomes != mutation.text
    assert mutation.tests
    assert [test for test in mutation.tests if not (ROOT / test).is_file()] == []
    ast.parse(mutated)


def test_there_are_at_least_forty_faults_and_none_is_declared_twice() -> None:
    mutations = list_mutations()

    assert len(mutations) >= 40
    assert len({mutation.breaks for mutation in mutations}) == len(mutations)
    assert len({(mutation.file, mutation.text, mutation.becomes) for mutation in mutations}) == len(mutations)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout of one rule and one test of it."""
    (tmp_path / "tests" / "support" / "plugins").mkdir(parents=True)
    plugin = Path("tests", "support", "plugins", "without_chromium.py")
    shutil.copy2(ROOT / plugin, tmp_path / plugin)
    (tmp_path / "rule.py").write_text("def is_adult(age):\n    return age >= 18\n")
    (tmp_path / "test_rule.py").write_text(
        "from rule import is_adult\n\n\ndef test_it():\n    assert is_adult(20) and not is_adult(3)\n"
    )
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("becomes", "result"),
    [("return age < 18", "caught"), ("return age > 18", "survived"), ("return age >= ", "undecided")],
)
def test_a_fault_is_caught_by_a_test_that_fails_and_by_nothing_else(
    checkout: Path, becomes: str, result: str
) -> None:
    outcome = judge(Mutation("x", "x", "rule.py", "return age >= 18", becomes, ("test_rule.py",)), checkout)

    assert outcome.result == result, outcome.output
    assert (outcome.by != "") == (result == "caught")
    assert "return age >= 18" in (checkout / "rule.py").read_text()
