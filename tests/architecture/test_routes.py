"""Every page is found, says whom it asks for, and is served by the one service that has its address."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint

from deploy import paths
from deploy.local.installation import APPLICATIONS
from deploy.paths import SharedPath, divide, installed_paths
from services.meetings import api, pages
from shared.web.routes import addresses_of, pages_in, resources_in


def rules(installation: Any) -> Iterator[tuple[str, str, Any]]:
    """(service, address, view) of every route that is really served."""
    for application in APPLICATIONS:
        app = application.create_app(installation.installation.settings_of(application.name))
        for rule in app.url_map.iter_rules():
            yield application.name, rule.rule, app.view_functions[rule.endpoint]


def owner_of(address: str) -> str | None:
    asked = address.partition("<")[0].rstrip("/")
    for path, name in installed_paths().items():
        if asked == path.rstrip("/") or (path != "/" and asked.startswith(path + "/")):
            return name
    return None


def blueprint(name: str, *addresses: str) -> Blueprint:
    made = Blueprint(name, __name__)
    for number, address in enumerate(addresses):
        made.add_url_rule(address, f"view_{number}", lambda **_: "")
    return made


def test_every_route_says_whom_it_asks_for(installation: Any) -> None:
    silent = [f"{name} {rule}" for name, rule, view in rules(installation) if not hasattr(view, "__access_rule__")]

    assert not silent


def test_every_route_is_asked_of_the_service_that_serves_it(installation: Any) -> None:
    for name, rule, _ in rules(installation):
        if rule == f"/feed/{name}" or rule.startswith(f"/operator/{name}/"):
            assert owner_of(rule) is None  # for the other services; no reverse proxy passes it on
        elif rule.startswith("/static/"):
            assert rule.startswith(f"/static/<any({name}, shared):area>/")
            assert owner_of(f"/static/{name}") == name
        else:
            assert owner_of(rule) == name, rule


def test_all_pages_of_a_service_are_found_in_the_order_of_their_names() -> None:
    folder = Path(str(pages.__file__)).parent
    modules = sorted(path for path in folder.glob("*.py") if "\npages = Blueprint(" in path.read_text("utf-8"))

    blueprints = pages_in(pages)

    assert [page.import_name.rpartition(".")[2] for page in blueprints] == [path.stem for path in modules]
    assert "/api/groepen/v1/groepen/<uuid:id>" in addresses_of([resources_in(api)])


def test_a_module_that_declares_pages_needs_no_line_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "found_pages"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "formatting.py").write_text("OTHER = 1\n", "utf-8")
    for name in ("second", "first"):
        source = f"from flask import Blueprint\n\npages = Blueprint({name!r}, __name__)\n"
        (package / f"{name}.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module = ModuleType("found_pages")
    module.__path__ = [str(package)]

    assert [page.name for page in pages_in(module)] == ["first", "second"]


def test_a_path_is_the_shortest_beginning_that_one_service_has() -> None:
    divided = divide(
        {
            "shop": addresses_of([blueprint("shop", "/", "/mine", "/mine/orders/<id>", "/shelf/<id>/take")]),
            "library": ("/mine/books/<id>/back", "/mine/books/<id>", "/api/books/v1/books", "/reading/room/desk"),
            "bank": ("/api/money/v1/accounts",),
        }
    )

    assert divided == {
        "/mine/books": "library",
        "/api/books": "library",
        "/api/money": "bank",
        "/reading": "library",
        "/shelf": "shop",
        "/mine": "shop",
        "/": "shop",
    }


@pytest.mark.parametrize(
    "theirs", [("/things",), ("/things/<other>/more",), ("/things/", "/else")], ids=lambda theirs: theirs[0]
)
def test_two_services_with_the_same_address_are_refused_by_both_names(theirs: tuple[str, ...]) -> None:
    with pytest.raises(SharedPath, match=r"^/things is served by both bank and shop$"):
        divide({"shop": ("/things/<id>",), "bank": theirs})


def test_an_installation_in_which_two_services_have_the_same_address_does_not_start(
    installation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = next(application for application in APPLICATIONS if application.name == "intake")
    monkeypatch.setitem(vars(other), "addresses", (*other.addresses, "/groepen"))
    paths.installed_paths.cache_clear()

    with pytest.raises(SharedPath, match=r"^/groepen is served by both intake and meetings$"):
        _ = installation.app
    paths.installed_paths.cache_clear()
