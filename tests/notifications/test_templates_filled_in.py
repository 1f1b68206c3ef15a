"""What the templates of messages ask for is what the code fills in."""

import ast
from collections import defaultdict
from pathlib import Path

from jinja2 import meta

from services.notifications.queries import rendering, templates
from services.notifications.queries.rendering import MESSAGE_TYPES, Layout
from services.notifications.rules.message_types import MessageType

QUERIES = Path(rendering.__file__).parent
FUNCTIONS = {
    node.name: node
    for name in ("templates", "links")
    for node in ast.parse((QUERIES / f"{name}.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef)
}
SHARED_BY_ALL = {"layout", "reason"}


def given_by(function):
    """The names of the values that a function of the queries fills in, with what it takes from others of them."""
    names = set()
    for node in ast.walk(FUNCTIONS[function]):
        if isinstance(node, ast.Dict):
            names |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            prefix = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if called == "_moment":
                names |= {f"{''.join(prefix)}on_text", f"{''.join(prefix)}at_text"}
            elif called in FUNCTIONS and called not in (function, "_fill"):
                names |= given_by(called)
    return names


def asked_by(name):
    """The names that a template and what it includes leave to be filled in."""
    source = rendering._html.parse((MESSAGE_TYPES / name).read_text(encoding="utf-8"))
    parts = [path.partition("message_types/")[2] for path in meta.find_referenced_templates(source) if path]
    return meta.find_undeclared_variables(source), {part for name in parts for part in (name, *asked_by(name)[1])}


def test_nothing_is_asked_in_a_template_that_no_code_fills_in():
    by_all, of_type, of_part = SHARED_BY_ALL | given_by("compose"), {}, defaultdict(set)
    for message_type in MessageType:
        given = by_all | given_by(templates._FILLERS[message_type.spec.values].__name__)
        asked, parts = asked_by(f"{message_type}.txt")
        of_type[message_type] = asked - given
        for part in (*parts, *(f"layouts/{layout}" for layout in Layout)):
            of_part[part] |= given

    assert {name: unfilled for name, unfilled in of_type.items() if unfilled} == {}
    assert {part: asked_by(part)[0] - given for part, given in of_part.items() if asked_by(part)[0] - given} == {}
