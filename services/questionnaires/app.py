"""Composes questionnaires: the only file that knows all pages and the API."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from services.questionnaires import events
from services.questionnaires.api import api
from services.questionnaires.commands.erasure import complete_erasures
from services.questionnaires.commands.measurements import expire_due
from services.questionnaires.models import service
from services.questionnaires.pages import answers, counts
from services.questionnaires.settings import Settings
from services.questionnaires.subscriptions import subscriptions
from shared.cli import Application
from shared.messaging.envelope import declared_in
from shared.messaging.event_inspector import EventInspector
from shared.messaging.feed import Feeds
from shared.web.api import serve_api
from shared.web.app import make_flask
from shared.web.operator import serve_operator
from shared.worker import Job

_FOLDER = Path(__file__).parent
PATHS = ("/vragenlijsten", "/mijn/vragenlijst", "/mijn/toen-en-nu", "/api/vragenlijsten", "/static/questionnaires")


def create_app(settings: Settings) -> Flask:
    """Return the web application; the service is open already."""
    app = make_flask(service, settings, _FOLDER)
    for module in (answers, counts):
        app.register_blueprint(module.pages)
    serve_api(app, settings, api)
    serve_operator(app, service, EventInspector(service, declared_in(events)))
    return app


def jobs(settings: Settings, feeds: Feeds) -> Sequence[Job]:
    """Return the jobs: closing lists whose last day is over, and completing erasures."""
    return (Job("expiry", expire_due), Job("erasure", complete_erasures))


application = Application(service, Settings, create_app, subscriptions, jobs, PATHS, _FOLDER)
from_environment = application.open_app  # for a web server that is told only where to find this
