"""How every JSON API of ours behaves, seen on a small one of its own: a box with things in it."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import peewee
import pytest
from flask import Flask
from joserfc.jwk import OKPKey
from marshmallow import ValidationError, fields
from openapi_spec_validator import validate

from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security import passes
from shared.security.access import public, requires_key
from shared.security.actor import Actor
from shared.service import Service
from shared.settings import ServiceSettings
from shared.web.api import Resources, serve_api
from shared.web.api_document import About
from shared.web.api_fields import UUID, Boolean, Choice, Date, Instant, Integer, Time, absent, max_length
from shared.web.api_schemas import PageQuery, RequestSchema, ResponseSchema
from shared.web.app import make_flask

BASE = "/api/dozen/v1"
COLOURS = {"red": "rood", "blue": "blauw"}
service = Service("boxes")
Model: Any = service.database.Model

# The id of nothing; the same in every process, because it is in the names of tests.
NOWHERE = "01990000-0000-7000-8000-0000000000aa"


class Thing(Model):
    id = peewee.CharField(primary_key=True)
    name = peewee.CharField()
    colour = peewee.CharField(null=True)


class ThingSchema(ResponseSchema):
    resource = "Ding"
    id = UUID(metadata={"description": "Het kenmerk."})
    name = fields.String(data_key="naam", metadata={"description": "Hoe het heet."})
    colour = Choice(COLOURS, data_key="kleur", allow_none=True, metadata={"description": "Welke kleur."})
    seen_at = Instant(data_key="gezienOp", metadata={"description": "Wanneer het gezien is."})
    on = Date(data_key="dag", metadata={"description": "De dag."})
    at = Time(data_key="tijd", metadata={"description": "De tijd."})


class LidSchema(RequestSchema):
    resource = "Deksel"
    closed = Boolean(data_key="dicht", required=True, metadata={"description": "Of het dicht is."})


class NewThingSchema(RequestSchema):
    resource = "NieuwDing"
    name = fields.String(
        data_key="naam", required=True, validate=max_length(20), metadata={"description": "Hoe het heet."}
    )
    colour = Choice(COLOURS, data_key="kleur", load_default=absent, metadata={"description": "Welke kleur."})
    tags = fields.List(
        fields.String(metadata={"description": "Een label."}),
        data_key="labels",
        load_default=list,
        metadata={"description": "Labels."},
    )
    lid = fields.Nested(LidSchema, data_key="deksel", load_default=absent, metadata={"description": "Het deksel."})


class ThingsQuery(PageQuery):
    colour = Choice(COLOURS, data_key="kleur", load_default=absent, metadata={"description": "Alleen deze kleur."})
    days = fields.List(
        Date(metadata={"description": "Een dag."}),
        data_key="dag",
        load_default=list,
        metadata={"description": "Alleen deze dagen."},
    )
    least = Integer(data_key="minstens", load_default=0, metadata={"description": "Een getal."})


def as_resource(row: Thing) -> SimpleNamespace:
    return SimpleNamespace(
        id=row.id,
        name=row.name,
        colour=row.colour,
        on=date(2026, 11, 24),
        at=time(19, 30),
        seen_at=datetime(2026, 11, 24, 18, 30, tzinfo=UTC),
    )


def resources() -> Resources:
    api = Resources("dozen", About("Dozen", "Wat er in de dozen zit.", "1.2.3"))

    @api.list_route("/dingen", ThingSchema, query=ThingsQuery, description="Alle dingen. De oudste eerst.")
    @requires_key("keeper")
    def list_things(*, after: str | None, limit: int, colour: str | None, **_: Any) -> list[Any]:
        rows = Thing.select().where(Thing.id > (after or "")).order_by(Thing.id).limit(limit)
        return [as_resource(row) for row in (rows.where(Thing.colour == colour) if colour else rows)]

    @api.get_route("/dingen/<uuid:id>", ThingSchema, description="Eén ding.")
    @requires_key("keeper")
    def get_thing(id: str) -> Any:
        row = Thing.get_or_none(Thing.id == id)
        if row is None:
            raise NotFound()
        return as_resource(row)

    @api.create_route("/dingen", NewThingSchema, ThingSchema, description="Een ding erbij.")
    @requires_key("keeper")
    def make_thing(*, request_id: str, **asked: Any) -> Any:
        from flask import g

        return as_resource(Thing.get_by_id(add_thing(g.actor, request_id=request_id, **asked)))

    return api


@service.command
def add_thing(actor: Actor, *, name: str, colour: str | None, tags: list[str], lid: Any, request_id: str) -> str:
    if name == "lelijk":
        raise Refusal("too_large", field="name")
    if name == "vol":
        raise Refusal("clock_stands_still")
    if name == "stuk":
        raise RuntimeError(name)
    return str(Thing.create(id=new_id(), name=name, colour=colour).id)


def keys() -> dict[str, Any]:
    signing = OKPKey.generate_key("Ed25519")
    return {
        "fields": {"current": "k1", "keys": {"k1": base64.b64encode(os.urandom(32)).decode()}},
        "index": base64.b64encode(os.urandom(32)).decode(),
        "events": {},
        "links": {},
        "form": "x" * 32,
        "pass_public": signing.as_dict(private=False),
        "pass_private": signing.as_dict(private=True),
    }


class Box:
    """The app, and a key that fits."""

    def __init__(self, folder: Path, most_requests: int = 600) -> None:
        keys_file, folder_of_app = folder / "keys.json", folder / "room"
        keys_file.write_text(json.dumps(keys()))
        keys_file.chmod(0o600)
        (folder_of_app / "data").mkdir(parents=True)
        (folder_of_app / "data" / "messages.nl.toml").write_text("")
        settings = ServiceSettings(
            stores=folder,
            keys_file=keys_file,
            public_url="https://houvast.example",
            contact_email="beheer@houvast.example",
            api_requests_per_minute=most_requests,
        )
        service.open(settings)
        service.database.proxy.obj.create_tables([Thing, *service.tables])
        self.app: Flask = make_flask(service, settings, folder_of_app)
        serve_api(self.app, settings, resources())
        self.app.add_url_rule("/bladzijde", "page", public("a page")(lambda: "hoi"))
        self.client = self.app.test_client()

    def key(self, *roles: str, seconds: int = 60, name: str = "key:1") -> str:
        actor = Actor(name, "key", grants={"organisation-1": frozenset(roles)})
        return passes.sign(service.encryption.keyring, actor, seconds=seconds)

    def ask(self, path: str, method: str = "GET", *, key: str | None = "", **more: Any) -> Any:
        headers = more.pop("headers", {})
        if key is not None:
            headers["Authorization"] = f"Bearer {key or self.key('keeper')}"
        return self.client.open(BASE + path, method=method, headers=headers, **more)

    def make(self, body: Any, request_id: str | None = None, **more: Any) -> Any:
        headers = {"Idempotency-Key": request_id or new_id()}
        return self.ask("/dingen", "POST", json=body, headers=headers, **more)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    yield Box(tmp_path)
    service.database.close()


def wrong_places(answer: Any) -> dict[str, str]:
    """Where it stands -> its detail."""
    return {
        f"{error['in']} {error['location'].get('pointer', error['location'].get('name'))}": error["detail"]
        for error in answer.json["errors"]
    }


def test_what_is_made_can_be_read_at_the_address_in_the_answer(box: Box) -> None:
    created = box.make({"naam": "bal", "kleur": "rood"})

    assert created.status_code == 201
    read = box.client.get(created.headers["Location"], headers={"Authorization": f"Bearer {box.key('keeper')}"})
    assert read.json == created.json
    assert read.json["kleur"] == "rood"


def test_moments_days_and_hours_are_written_as_the_rules_say(box: Box) -> None:
    created = box.make({"naam": "bal"}).json

    assert (created["gezienOp"], created["dag"], created["tijd"]) == (
        "2026-11-24T18:30:00Z",
        "2026-11-24",
        "19:30:00",
    )
    assert created["kleur"] is None


def test_the_same_request_twice_makes_one_thing(box: Box) -> None:
    request_id = new_id()

    first, again = box.make({"naam": "bal"}, request_id), box.make({"naam": "bal"}, request_id.upper())

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert Thing.select().count() == 1


@pytest.mark.parametrize("given", [None, "", "twee", "{" + NOWHERE + "}"])
def test_making_something_needs_a_key_against_doing_it_twice(box: Box, given: str | None) -> None:
    headers = {} if given is None else {"Idempotency-Key": given}

    answer = box.ask("/dingen", "POST", json={"naam": "bal"}, headers=headers)

    assert answer.status_code == 400
    assert list(wrong_places(answer)) == ["header Idempotency-Key"]
    assert Thing.select().count() == 0


def test_all_errors_are_given_at_once(box: Box) -> None:
    body = {"naam": "x" * 21, "kleur": "geel", "labels": ["a", 2], "deksel": {"dicht": "ja"}, "extra": 1}

    answer = box.ask("/dingen?page=2", "POST", json=body)

    assert answer.status_code == 400
    assert set(wrong_places(answer)) == {
        "query page",
        "header Idempotency-Key",
        "body /naam",
        "body /kleur",
        "body /labels/1",
        "body /extra",
        "body /deksel/dicht",
    }
    assert wrong_places(answer)["body /kleur"] == "Hier hoort een van: rood, blauw."


@pytest.mark.parametrize(
    "query",
    [
        "aantal=0",
        "aantal=201",
        "aantal=x",
        "aantal=1_0",
        "aantal=%D9%A3",
        "na=1",
        "kleur=red",
        "dag=20261124",
        "dag=2026-02-30",
        "onbekend=1",
        "kleur=rood&kleur=blauw",
        "minstens=-1",
        "aantal=",
    ],
)
def test_a_query_that_is_not_right_is_refused_with_its_name(box: Box, query: str) -> None:
    answer = box.ask(f"/dingen?{query}")

    assert answer.status_code == 400
    assert answer.json["errors"][0]["in"] == "query"
    assert answer.json["errors"][0]["location"]["name"].startswith(query.partition("=")[0])


def test_reading_one_thing_takes_no_query(box: Box) -> None:
    answer = box.ask(f"/dingen/{new_id()}?aantal=1")

    assert answer.status_code == 400


def test_a_query_may_name_a_list_more_than_once(box: Box) -> None:
    answer = box.ask("/dingen?dag=2026-11-24&dag=2026-11-25")

    assert answer.status_code == 200


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"naam": "\\ud800"}', "null", "[]", '"x"', b"\xff"])
def test_a_body_that_cannot_be_read_is_refused_and_never_breaks(box: Box, body: Any) -> None:
    headers = {"Idempotency-Key": new_id(), "Content-Type": "application/json"}

    answer = box.ask("/dingen", "POST", data=body, headers=headers)

    assert answer.status_code == 400
    assert list(wrong_places(answer)) == ["body "]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused_as_such(box: Box, kind: str) -> None:
    headers = {"Idempotency-Key": new_id(), "Content-Type": kind}

    answer = box.ask("/dingen", "POST", data='{"naam": "bal"}', headers=headers)

    assert answer.status_code == 415
    assert answer.json["detail"] == "Stuur JSON, met de kopregel Content-Type: application/json."


def test_more_than_fits_is_refused(box: Box) -> None:
    answer = box.make({"naam": "x" * 300_000})

    assert (answer.status_code, answer.json["status"]) == (413, 413)


def test_a_refusal_about_a_property_is_input_that_is_not_right(box: Box) -> None:
    answer = box.make({"naam": "lelijk"})

    assert (answer.status_code, answer.json["code"]) == (400, "too_large")
    assert list(wrong_places(answer)) == ["body /naam"]


def test_any_other_refusal_keeps_its_own_status(box: Box) -> None:
    answer = box.make({"naam": "vol"})

    assert (answer.status_code, answer.json["code"]) == (409, "clock_stands_still")


def test_a_list_goes_on_where_the_page_ended(box: Box) -> None:
    names = [f"ding {number}" for number in range(5)]
    for name in names:
        box.make({"naam": name})

    seen, path = [], "/dingen?aantal=2&minstens=0"
    while path:
        page = box.ask(path).json
        seen += [item["naam"] for item in page["items"]]
        assert page["links"]["self"] == f"https://houvast.example{BASE}{path}"
        path = (page["links"]["next"] or "").removeprefix(f"https://houvast.example{BASE}")

    assert seen == names


@pytest.mark.parametrize(
    ("path", "method"), [("/dingen", "GET"), ("/dingen", "POST"), (f"/dingen/{NOWHERE}", "GET")]
)
@pytest.mark.parametrize("wrong", ["none", "nonsense", "over", "other role", "staff"])
def test_only_a_key_with_the_role_comes_in(box: Box, path: str, method: str, wrong: str) -> None:
    staff = Actor("staff-1", "staff", grants={"organisation-1": frozenset({"keeper"})})
    key = {
        "none": None,
        "nonsense": "a.b.c",
        "over": box.key("keeper", seconds=-1),
        "other role": box.key("guest"),
        "staff": passes.sign(service.encryption.keyring, staff),
    }[wrong]

    answer = box.ask(path, method, key=key)

    assert answer.status_code == (403 if wrong == "other role" else 401)
    assert answer.content_type == "application/problem+json"
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (wrong != "other role")


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/dingen/", "GET", 404),
        ("/dingen/geen-uuid", "GET", 404),
        ("/niets", "GET", 404),
        ("", "GET", 404),
        (f"/dingen/{NOWHERE}", "GET", 404),
        ("/dingen", "PUT", 405),
        ("/dingen", "TRACE", 405),
        ("/openapi.json", "POST", 405),
    ],
)
def test_what_is_not_there_is_a_problem_and_never_a_page(box: Box, path: str, method: str, status: int) -> None:
    answer = box.ask(path, method)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) >= {"status", "title", "detail", "code"}
    assert ("Allow" in answer.headers) is (status == 405)


def test_what_breaks_tells_nothing_of_the_inside(box: Box) -> None:
    answer = box.make({"naam": "stuk"})

    assert (answer.status_code, answer.json["code"]) == (500, "broken")
    assert "RuntimeError" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/dingen", "/niets", "/openapi.json", "/dingen?x=1"])
def test_every_answer_has_its_version_and_safe_headers(box: Box, path: str) -> None:
    headers = box.ask(path).headers

    assert headers["API-Version"] == "1.2.3"
    assert headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_pages_of_the_same_app_stay_pages(box: Box) -> None:
    page, missing = box.client.get("/bladzijde"), box.client.get("/nergens")

    assert "API-Version" not in page.headers
    assert (missing.status_code, missing.mimetype) == (404, "text/html")


def test_the_document_is_for_everybody_and_describes_what_is_served(box: Box) -> None:
    answer = box.ask("/openapi.json", key=None)

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    document = answer.json
    validate(document)
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": f"https://houvast.example{BASE}"}]
    assert set(document["paths"]) == {"/dingen", "/dingen/{id}"}
    assert document["info"]["version"] == "1.2.3"


def test_the_document_says_which_texts_are_refused(box: Box) -> None:
    texts = box.ask("/openapi.json", key=None).json["components"]["schemas"]["NieuwDing"]["properties"]
    patterns = {texts["naam"]["pattern"], texts["labels"]["items"]["pattern"]}

    assert [bool(re.search(pattern, "a\x1bb")) for pattern in patterns] == [False]
    assert [bool(re.search(pattern, "👩‍👧 één\tregel\nen nog een")) for pattern in patterns] == [True]
    assert box.make({"naam": "a\x1bb"}).status_code == 400
    assert box.make({"naam": "a\tb\nc"}).status_code == 201


@pytest.mark.parametrize(
    ("given", "read"), [(60, 60), (60.0, 60), (0.0, 0), (60.5, None), ("60", 60), (True, None)]
)
def test_a_whole_number_may_be_written_with_a_dot_and_zeros(given: object, read: int | None) -> None:
    field = Integer(metadata={})

    if read is None:
        with pytest.raises(ValidationError):
            field.deserialize(given)
    else:
        assert repr(field.deserialize(given)) == repr(read)


def test_a_key_that_asks_without_end_is_told_to_wait_and_holds_up_no_other(tmp_path: Path) -> None:
    box = Box(tmp_path, most_requests=2)

    first = [box.ask("/dingen").status_code for _ in range(2)]
    without = [box.ask("/dingen", key=key).status_code for key in (None, "not a key") for _ in range(3)]
    too_many = box.ask("/dingen")
    other = box.ask("/dingen", key=box.key("keeper", name="key:2"))
    document, page = box.client.get(f"{BASE}/openapi.json"), box.client.get("/bladzijde")
    service.database.close()

    assert (first, without) == ([200, 200], [401] * 6)
    assert (too_many.status_code, too_many.mimetype) == (429, "application/problem+json")
    assert too_many.json["code"] == "key_too_often"
    assert 0 < int(too_many.headers["Retry-After"]) <= 60
    assert (
        f"al 2 verzoeken. Probeer het over {too_many.headers['Retry-After']} seconden" in too_many.json["detail"]
    )
    assert (other.status_code, document.status_code, page.status_code) == (200, 200, 200)


def test_two_apps_may_serve_the_same_resources(box: Box) -> None:
    shared = resources()
    settings = ServiceSettings(stores=Path(), keys_file=Path(), public_url="https://houvast.example")
    folder_of_app = Path(box.app.jinja_loader.loaders[0].searchpath[0]).parent  # type: ignore[union-attr, attr-defined]

    documents = []
    for _ in range(2):
        app = make_flask(service, settings, folder_of_app)
        serve_api(app, settings, shared)
        documents.append(app.test_client().get(f"{BASE}/openapi.json").json)

    assert documents[0] == documents[1]


def test_an_inner_field_needs_no_name_of_its_own() -> None:
    assert isinstance(NewThingSchema().fields["tags"], fields.List)
