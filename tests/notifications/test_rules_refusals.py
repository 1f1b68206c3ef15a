"""Every refusal of the rules has its Dutch sentence, which asks for no fact that the refusal does not carry."""

import ast
import string
import tomllib
from pathlib import Path

SERVICE = Path(__file__).parents[2] / "services" / "notifications"
MESSAGES = tomllib.loads((SERVICE / "data" / "messages.nl.toml").read_text(encoding="utf-8"))


def refusals():
    """(code, names of its facts) for every Refusal that the rules raise."""
    for path in sorted((SERVICE / "rules").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                yield node.args[0].value, {keyword.arg for keyword in node.keywords}


def test_every_refusal_of_the_rules_has_a_sentence_that_its_facts_can_fill():
    codes = list(refusals())

    assert codes
    for code, facts in codes:
        sentence = MESSAGES["refusals"][code]
        asked = {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
        assert asked <= facts, code
