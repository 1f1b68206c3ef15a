"""What strangers and typing errors send, and whoever sends it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import pytest
from marshmallow import fields, validate
from werkzeug.test import TestResponse

from shared.ids import new_id
from shared.security.actor import Actor
from shared.web.forms import FormSchema
from tests.journeys.routes import ROLES, Route, Routes, sign, somebody

TEXTS = ["", "x" * 5000, "'", "👨‍👩‍👧‍👦", "٣٤٥", "//[", "../..", "{0}", "%s", "-1", new_id(), new_id().upper()]
NUMBERS = ["-608278215", "9" * 30, "9" * 5000, "2147483648", "9223372036854775808", "1e9", "1.5", "٣", "_1", "0"]
DAYS = ["99999999999-1-1", "24-11-26", "0001-01-01", "9999-12-31", "2026-02-30", "31-12-9999", "--", "١-١-٢٠٣١"]
TIMES = ["15:00:30", "15:00:00+05:00", "24:00", "25.00", "15:00Z", "02:30", "9" * 400, "00:00", "٣:٣٠"]
# As a stranger's program may send it: a NUL, half a surrogate pair, text that runs the other way, a whole book.
HOSTILE = [
    "a\x00b",
    "\ud83d",
    "\u202eneergeschreven",
    "\u200b",
    "\ufeff",
    "é" * 100_000,
    "<script>alert(1)</script>",
]
BOUNDARY = "houvast"
BY_FIELD: tuple[tuple[type[fields.Field[Any]], list[str]], ...] = (
    (fields.Integer, NUMBERS),
    (fields.Boolean, NUMBERS[:3]),
    (fields.Date, DAYS),
    (fields.Time, TIMES),
    (fields.Field, TEXTS),
)


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

    def send_drawn(self, route: Route, address: str, form: DrawnForm, actor: Actor | None) -> TestResponse:
        """Send a form that was drawn, as this person."""
        client = self.routes.apps[route.service].test_client()
        if actor is not None:
            cookies = self.routes.cookies
            client.set_cookie(cookies.staff if actor.is_staff else cookies.participant, sign(actor))
        return client.post(address, data=form.body, content_type=form.content_type)


def encoded(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def schemas_read(
    everybody: Everybody, route: Route, filled: Any, monkeypatch: pytest.MonkeyPatch, **instead: str
) -> set[type[FormSchema]]:
    """Return which schemas read the form of this route."""
    seen: set[type[FormSchema]] = set()
    load: Callable[..., Any] = FormSchema.load

    def note(self: FormSchema, *args: Any, **options: Any) -> Any:
        seen.add(type(self))
        return load(self, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(FormSchema, "load", note)
        everybody.send(route, everybody.address(route, **instead), filled)
    return seen


@dataclass(frozen=True)
class DrawnForm:
    """Names with their values, in order; one that is None is a file."""

    pairs: tuple[tuple[str, str | None], ...]

    @property
    def content_type(self) -> str:
        """Return what a browser calls it: with a file in it, or without."""
        has_file = any(value is None for _, value in self.pairs)
        return f"multipart/form-data; boundary={BOUNDARY}" if has_file else "application/x-www-form-urlencoded"

    @property
    def body(self) -> bytes:
        """Return it as it travels, also what no browser could send."""
        values = [
            (name, None if value is None else value.encode("utf-8", "surrogatepass")) for name, value in self.pairs
        ]
        if all(value is not None for _, value in values):
            return "&".join(f"{name}={quote_plus(value or b'')}" for name, value in values).encode()
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode()
        parts = [
            head
            + name.encode()
            + (b'"; filename="brief.pdf"\r\n\r\n%PDF-1.7' if value is None else b'"\r\n\r\n' + value)
            for name, value in values
        ]
        return b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def draw_form(chance: random.Random, schemas: Iterable[type[FormSchema]], filled: Mapping[str, str]) -> DrawnForm:
    """Draw what may come for these schemas: of each field something right or hostile, nothing, twice, or a file.

    filled  what is right where a schema does not say it
    """
    pairs: list[tuple[str, str | None]] = [("request_id", new_id())]
    for schema in sorted(schemas, key=lambda schema: schema.__name__):
        for name, field in schema._declared_fields.items():
            key, kind = field.data_key or name, chance.random()
            times = 0 if kind < 0.1 else 2 if kind < 0.2 else 1
            values = [_draw_value(chance, key, field, filled) for _ in range(times)]
            pairs += [(key, None)] if kind > 0.97 else [(key, value) for value in values]
    return DrawnForm(tuple(pairs))


def _draw_value(chance: random.Random, key: str, field: fields.Field[Any], filled: Mapping[str, str]) -> str:
    inner = field.inner if isinstance(field, fields.List) else field
    choices = [
        str(choice) for rule in inner.validators if isinstance(rule, validate.OneOf) for choice in rule.choices
    ]
    usual = chance.choice(choices) if choices else filled.get(key, "")
    strange = next(values for kind, values in BY_FIELD if isinstance(inner, kind))
    value = chance.random()
    return usual if value < 0.6 else chance.choice(strange if value < 0.8 else HOSTILE)
