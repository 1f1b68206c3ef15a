"""What strangers and typing errors send, at every route as whoever may use it: refused or taken, never broken.

Forms are filled in field by field, from the schemas that read them.
"""

from __future__ import annotations

import pytest
from marshmallow import fields

from shared.ids import new_id
from tests.journeys.routes import FILLED, Routes
from tests.journeys.strange import BY_FIELD, DAYS, NUMBERS, TIMES, Everybody, encoded, schemas_read

pytestmark = [pytest.mark.clock, pytest.mark.slow, pytest.mark.timeout(600)]
UNFIT = ["\x00", "a\x00b", "\x1b[31m", "\x0b"]
NAMES = (
    *("naar", "blad", "voor", "vanaf", "tot", "wie", "wat", "over", "sinds"),
    *("soort", "organisatie", "hoe", "na", "aantal", "after", "limit"),
)


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
