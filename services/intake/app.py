"""Puts the rooms together: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from services.intake import events
from services.intake.api.resources import api
from services.intake.commands import erasing, ledger
from services.intake.models import service
from services.intake.pages import data, signing_up, talks, telling, waiting, words
from services.intake.settings import Settings
from services.intake.subscriptions import subscriptions
from shared.cli import Application
from shared.messaging.envelope import declared_in
from shared.messaging.event_inspector import EventInspector
from shared.messaging.feed import Feeds
from shared.web.api import serve_api
from shared.web.app import make_flask
from shared.web.operator import serve_operator
from shared.worker import Job

_ROOM = Path(__file__).parent
PATHS = (
    "/kennismaking", "/aanmelden", "/verwijzen", "/mijn/gegevens", "/api/kennismaking", "/static/intake",
)  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """The web side; the service is open already."""
    app = make_flask(service, settings, _ROOM)
    app.extensions["settings"] = settings
    words.add_to(app)
    for blueprint in (signing_up.pages, data.pages, waiting.pages, telling.pages, talks.pages):
        app.register_blueprint(blueprint)
    serve_api(app, settings, api)
    serve_operator(app, service, EventInspector(service, declared_in(events)))
    return app


def jobs(settings: Settings, feeds: Feeds) -> Sequence[Job]:
    """People wait for people here; only who asked to be forgotten waits for us."""
    return (
        Job("erasing", erasing.complete_erasures), Job("ledger", ledger.Ledger(settings.erasure_ledger).step),
    )  # fmt: skip


application = Application(service, Settings, create_app, subscriptions, jobs, PATHS, _ROOM)
from_environment = application.open_app  # for a web server that is told only where to find this
