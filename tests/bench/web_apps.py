"""What gunicorn serves while web is measured; where the services stand is in the variable BENCH_PLACE."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from flask import Flask, jsonify, request
from marshmallow import Schema, fields, validate

from shared import log
from shared.security.actor import PUBLIC, Actor
from shared.service import Service
from tests.bench.services import BLINKED, Place

_EFFECT = "INSERT INTO effect (n, at) VALUES (?, ?)"


class Order(Schema):
    """Eight fields, as a form has them."""

    n = fields.Integer(required=True)
    name = fields.String(required=True, validate=validate.Length(min=1, max=100))
    email = fields.Email(load_default="")
    colour = fields.String(required=True, validate=validate.OneOf(("red", "green", "blue")))
    on = fields.Date(required=True)
    lamps = fields.Integer(required=True, validate=validate.Range(min=1, max=99))
    text = fields.String(load_default="", validate=validate.Length(max=1000))
    is_gift = fields.Boolean(load_default=False)


def hello() -> Flask:
    """Flask with nothing."""
    app = Flask("hello")

    @app.get("/")
    def publish() -> str:
        return "Hello, world"

    return app


def orders() -> Flask:
    """Flask with one command: the shape is checked, a row is written, an event published, asking twice is once."""
    log.configure("bench")
    service = Place(**json.loads(os.environ["BENCH_PLACE"])).service("publisher")
    app, schema, order = Flask("orders"), Order(), command(service)

    @app.post("/")
    def take() -> Any:
        read = schema.load(request.get_json())
        return jsonify(id=order(PUBLIC, n=read["n"], request_id=request.headers["Idempotency-Key"])), 201

    app.teardown_appcontext(lambda _error: service.database.release())
    return app


def command(service: Service) -> Any:
    """A real command of that service."""

    @service.command
    def order(_actor: Actor, *, n: int, request_id: str) -> str:
        service.database.execute(_EFFECT, (n, time.time()))
        return service.publish(BLINKED, f"lamp-{n % 100}", {"n": n})

    return order
