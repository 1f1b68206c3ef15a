"""Every refusal of meetings can be said in Dutch, with facts that it really brings."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from services.meetings import rules

ROOM = Path(rules.__file__).parent
SAID = tomllib.loads((ROOM.parent / "data" / "messages.nl.toml").read_text(encoding="utf-8"))


def _refusals() -> list[tuple[str, tuple[str, ...]]]:
    calls = (
        node
        for file in ROOM.parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal"
    )
    return sorted(
        {(call.args[0].value, tuple(sorted(word.arg or "" for word in call.keywords))) for call in calls}  # type: ignore[attr-defined, misc]
    )


@pytest.mark.parametrize(("code", "facts"), _refusals(), ids=str)
def test_every_refusal_has_a_dutch_sentence_that_names_only_its_own_facts(
    code: str, facts: tuple[str, ...]
) -> None:
    sentence = SAID["refusals"][code]

    assert set(re.findall(r"{(\w+)", sentence)) <= set(facts)
    assert sentence.endswith((".", "?"))


def test_the_scan_sees_the_refusals() -> None:
    assert len(_refusals()) > 45


def test_no_sentence_and_no_kind_uses_a_word_that_hurts() -> None:
    texts = [ROOM.parent / "data" / "messages.nl.toml", *(ROOM.parent / "data" / "group_kinds").glob("*.toml")]

    for text in texts:
        found = re.search(
            r"intake|cli[eë]nt|pati[eë]nt|\bklant|no-show|terugval|mislukt|afgewezen|verplicht",
            text.read_text(encoding="utf-8"),
            re.IGNORECASE,
        )
        assert found is None, (text.name, found)
