"""Four services with the same layers, and no layer under another name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "meetings", "questionnaires", "notifications")
LAYERS = {
    "README.md", "__init__.py", "__main__.py", "settings", "app", "api", "schemas", "pages", "templates", "static",
    "commands", "rules", "queries", "models", "migrations", "events", "subscriptions", "data", "locale",
}  # fmt: skip
EXTRA = {"notifications": {"channels", "sender"}}
NEEDED = {
    "README.md",
    "__init__.py",
    "__main__.py",
    "settings",
    "app",
    "models",
    "migrations",
    "events",
    "subscriptions",
}
NOBODYS_NAMES = {"utils", "helpers", "common", "base", "misc", "manager", "handler"}
LONGEST_FUNCTION = 70
LONGEST_FILE = 300


def python_files() -> list[Path]:
    return [
        path
        for top in ("services", "shared", "deploy")
        for path in sorted((ROOT / top).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def layer_of(path: Path) -> str:
    """A file and a folder of the same name are the same layer."""
    return path.name if path.name.startswith("__") else path.name.removesuffix(".py")


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_only_layers_that_every_service_may_have(service: str) -> None:
    allowed = LAYERS | EXTRA.get(service, set())

    layers = {layer_of(path) for path in (ROOT / "services" / service).iterdir() if path.name != "__pycache__"}

    assert layers <= allowed, f"layers under another name: {sorted(layers - allowed)}"
    assert layers >= NEEDED, f"layers that every service has: {sorted(NEEDED - layers)}"


def test_nothing_is_called_utils_or_helpers() -> None:
    named = {path for path in python_files() if path.stem in NOBODYS_NAMES}

    assert not named


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert not long, "functions past a screen: divide them"


def test_a_file_that_grew_is_divided_by_subject() -> None:
    long = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
    ]

    assert not long, "files past 300 lines: divide them by subject"


def test_every_module_opens_with_a_sentence() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert not silent


def test_shared_is_ours_and_not_a_package_of_the_same_name() -> None:
    import services
    import shared

    assert Path(shared.__file__).parent == ROOT / "shared"
    assert Path(services.__file__).parent == ROOT / "services"


def test_only_settings_and_the_entry_points_read_the_environment() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in python_files()
        if "os.environ" in path.read_text(encoding="utf-8") and path.parts[len(ROOT.parts)] != "deploy"
    }

    assert readers <= {"shared/cli.py"}
