"""Puts the rooms together: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from services.questionnaires import events
from services.questionnaires.api import api
from services.questionnaires.commands.erasing import complete_erasures
from services.questionnaires.commands.expiring import expire_due
from services.questionnaires.models import service
from services.questionnaires.pages import fill_in, overview
from services.questionnaires.settings import Settings
from services.questionnaires.subscriptions import subscriptions
from shared.cli import Application
from shared.messaging.envelope import declared_in
from shared.messaging.event_inspector import EventInspector
from shared.messaging.feed import Feeds
from shared.security.actor import system
from shared.web.api import serve_api
from shared.web.app import make_flask
from shared.web.operator import serve_operator
from shared.worker import Job

_ROOM = Path(__file__).parent
PATHS = (
    "/vragenlijsten", "/mijn/vragenlijst", "/mijn/toen-en-nu", "/api/vragenlijsten", "/static/questionnaires",
)  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """The web side; the service is open already."""
    app = make_flask(service, settings, _ROOM)
    for blueprint in (fill_in.pages, overview.pages):
        app.register_blueprint(blueprint)
    serve_api(app, settings, api)
    serve_operator(app, service, EventInspector(service, declared_in(events)))
    return app


def jobs(settings: Settings, feeds: Feeds) -> Sequence[Job]:
    """What becomes due in questionnaires: lists whose last day is over."""
    return (
        Job("expiring", lambda: expire_due(system("questionnaires"))), Job("erasing", complete_erasures),
    )  # fmt: skip


application = Application(service, Settings, create_app, subscriptions, jobs, PATHS, _ROOM)
from_environment = application.open_app  # for a web server that is told only where to find this
