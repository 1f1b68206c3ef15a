"""Compose intake from its parts: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from services.intake import api, events, pages
from services.intake.commands.erasure import complete_erasures
from services.intake.commands.erasure_log import ErasureLogJob
from services.intake.models import service
from services.intake.pages import formatting
from services.intake.queries.people import find_language
from services.intake.settings import Settings
from services.intake.subscriptions import subscriptions
from shared.cli import Application
from shared.messaging.envelope import declared_in
from shared.messaging.event_inspector import EventInspector
from shared.messaging.feed import Feeds
from shared.web.api import serve_api
from shared.web.app import make_flask
from shared.web.operator import serve_operator
from shared.web.routes import pages_in, resources_in
from shared.worker import Job

_FOLDER = Path(__file__).parent
_PAGES = pages_in(pages)
_API = resources_in(api)


def create_app(settings: Settings) -> Flask:
    """Create the web application; the service must be open."""
    app = make_flask(service, settings, _FOLDER, find_language)
    app.extensions["settings"] = settings
    formatting.register(app)
    for page in _PAGES:
        app.register_blueprint(page)
    serve_api(app, settings, _API)
    serve_operator(app, service, EventInspector(service, declared_in(events)))
    return app


def jobs(settings: Settings, feeds: Feeds) -> Sequence[Job]:
    """Return the jobs of intake: completing erasures, and the erasure log."""
    return (Job("erasure", complete_erasures), Job("erasure_log", ErasureLogJob(settings.erasure_log).step))


application = Application(service, Settings, create_app, subscriptions, jobs, (*_PAGES, _API), _FOLDER)
from_environment = application.open_app  # for a web server that knows only where to find this
