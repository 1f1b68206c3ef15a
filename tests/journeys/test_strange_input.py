"""What strangers and typing errors send, at every route as whoever may use it: refused or taken, never broken.

Forms are filled in field by field, from the schema that reads them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from marshmallow import fields
from werkzeug.test import TestResponse

from shared.ids import new_id
from shared.security.actor import Actor
from shared.web.forms import FormSchema
from tests.journeys.everyday import EverydayFacts
from tests.journeys.operating import houvast
from tests.journeys.routes import FILLED, ROLES, Route, Routes, sign, somebody
from tests.support.inline_installation import open_installation
from tests.support.run_servers import DatabasePrefix

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(600)]
UNFIT = ["\x00", "a\x00b", "\x1b[31m", "\x0b"]
TEXTS = ["", "x" * 5000, "'", "👨‍👩‍👧‍👦", "٣٤٥", "//[", "../..", "{0}", "%s", "-1", new_id(), new_id().upper()]
NUMBERS = ["-608278215", "9" * 30, "9" * 5000, "2147483648", "9223372036854775808", "1e9", "1.5", "٣", "_1", "0"]
DAYS = ["99999999999-1-1", "24-11-26", "0001-01-01", "9999-12-31", "2026-02-30", "31-12-9999", "--", "١-١-٢٠٣١"]
TIMES = ["15:00:30", "15:00:00+05:00", "24:00", "25.00", "15:00Z", "02:30", "9" * 400, "00:00", "٣:٣٠"]
NAMES = (
    *("naar", "blad", "voor", "vanaf", "tot", "wie", "wat", "over", "sinds"),
    *("soort", "organisatie", "hoe", "na", "aantal", "after", "limit"),
)
BY_FIELD: tuple[tuple[type[fields.Field[Any]], list[str]], ...] = (
    (fields.Integer, NUMBERS),
    (fields.Boolean, NUMBERS[:3]),
    (fields.Date, DAYS),
    (fields.Time, TIMES),
    (fields.Field, TEXTS),
)


@pytest.fixture(scope="module", params=["files", "servers"])
def routes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, lived_in: tuple[Path, EverydayFacts]
) -> Iterator[Routes]:
    """Give the region after some weeks, on files and on a database server."""
    folder, facts = lived_in
    copy = Path(shutil.copytree(folder, tmp_path_factory.mktemp("strange") / "installation"))
    prefix = None
    if request.param == "servers":
        prefix = DatabasePrefix(request.getfixturevalue("database_url"))
        moved = houvast(copy, "move", "--database", prefix.url)
        assert moved.returncode == 0, moved.stderr
    with open_installation(copy) as installation:
        yield Routes(installation, facts)
    if prefix is not None:
        prefix.clear()


class Everybody:
    """Whoever may use a route: its own person, who sends what a test says."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.staff = somebody(*ROLES, organisation_id=routes.facts.ids["organisation_id"])
        self.participant = Actor(routes.facts.participant_id, "participant")
        key = Actor(new_id(), "key", grants=self.staff.grants)
        self.key = {"Authorization": f"Bearer {sign(key)}"}

    def address(self, route: Route, **instead: str) -> str:
        token = self.routes.token(route.access_rule.purpose) if route.access_rule.kind == "link" else "x"
        return self.routes.address(route, **{"token": token} | instead)

    def send(self, route: Route, address: str, form: Any = None, headers: Any = None) -> TestResponse:
        client = self.routes.apps[route.service].test_client()
        client.set_cookie(self.routes.cookies.staff, sign(self.staff))
        client.set_cookie(self.routes.cookies.participant, sign(self.participant))
        return client.open(address, method=route.method, data=form, headers={**self.key, **(headers or {})})


def test_a_nul_in_an_address_a_header_or_a_form_is_refused_at_the_entrance(routes: Routes) -> None:
    everybody, wrong = Everybody(routes), {}

    for route in routes.all("staff", "participant", "link", "public", "key"):
        if route.method not in ("GET", "POST"):
            continue
        address = everybody.address(route)
        filled = {**FILLED, "request_id": new_id()} if route.method == "POST" else None
        for unfit in UNFIT:
            answers = {
                "query": everybody.send(route, f"{address}?{encoded(unfit)}={encoded(unfit)}", filled),
                "header": everybody.send(route, address, filled, {"X-Something": unfit}),
            }
            for argument in route.arguments - {"area"}:
                path = everybody.address(route, **{argument: encoded(unfit)})
                answers[f"path {argument}"] = everybody.send(route, path, filled)
            if route.method == "POST" and route.access_rule.kind != "key" and not route.access_rule.from_machines:
                answers["form"] = everybody.send(route, address, {**(filled or {}), "name": unfit})
            for where, answer in answers.items():
                if answer.status_code != (404 if where.startswith("path") else 400):
                    wrong[f"{route} {where} {unfit!r}"] = answer.status_code

    assert wrong == {}


def test_no_field_of_any_form_breaks_a_page(routes: Routes, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody, broken, count = Everybody(routes), {}, 0

    for route in routes.all("staff", "participant", "link", "public"):
        if route.method != "POST":
            continue
        ids = {name: routes.argument_values[name] for name in ("membership_id", "staff_id")}
        filled = FILLED | ids | {"request_id": new_id()}
        for schema in schemas_read(everybody, route, filled, monkeypatch):
            for name, field in schema._declared_fields.items():
                inner = field.inner if isinstance(field, fields.List) else field
                for value in next(values for kind, values in BY_FIELD if isinstance(inner, kind)):
                    form = {**filled, field.data_key or name: value, "request_id": new_id()}
                    answer = everybody.send(route, everybody.address(route), form)
                    count += 1
                    if answer.status_code >= 500:
                        broken[f"{route} {name}={value[:20]!r}"] = answer.status_code

    assert broken == {}
    assert count > 1000


def test_no_parameter_in_an_address_breaks_a_page(routes: Routes) -> None:
    everybody, broken = Everybody(routes), {}
    short = ["//[", *NUMBERS[:2], DAYS[0], DAYS[3], TIMES[1]]

    for route in routes.all("staff", "participant", "link", "public", "key"):
        if route.method == "GET":
            queries = ["&".join(f"{name}={encoded(value)}" for name in NAMES) for value in short]
            for query in [*queries, f"naar={'x' * 3000}&blad={'9' * 900}"]:
                answer = everybody.send(route, f"{everybody.address(route)}?{query}")
                if answer.status_code >= 500:
                    broken[f"{route} {query[:40]}"] = answer.status_code

    assert broken == {}


def encoded(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def schemas_read(
    everybody: Everybody, route: Route, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> set[type[FormSchema]]:
    """Return which schemas read the form of this route."""
    seen: set[type[FormSchema]] = set()
    load: Callable[..., Any] = FormSchema.load

    def note(self: FormSchema, *args: Any, **options: Any) -> Any:
        seen.add(type(self))
        return load(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(FormSchema, "load", note)
        everybody.send(route, everybody.address(route), filled)
    return seen
