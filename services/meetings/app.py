"""Compose meetings from its parts: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flask import Flask

from services.meetings import api, events, pages
from services.meetings.commands.attendance import mark_not_reported
from services.meetings.commands.erasure import complete_erasures
from services.meetings.commands.follow_up_calls import lapse_calls
from services.meetings.commands.series import prolong_series
from services.meetings.models import service
from services.meetings.queries.participants import find_language
from services.meetings.settings import Settings
from services.meetings.subscriptions import subscriptions
from shared import clock
from shared.cli import Application
from shared.messaging.envelope import declared_in
from shared.messaging.event_inspector import EventInspector
from shared.messaging.feed import Feeds
from shared.messaging.operator import HttpOperator, Operator, Operators
from shared.security import passes, service_tokens
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
    app.jinja_env.filters["local"] = clock.local
    for page in _PAGES:
        app.register_blueprint(page)
    serve_api(app, settings, _API)
    own = EventInspector(service, declared_in(events))
    serve_operator(app, service, own)
    app.extensions["operators"] = _operators(settings, own)
    return app


def _operators(settings: Settings, own: Operator) -> Operators:
    """Return service -> its operator interface: of this one, and of those whose address is set."""
    keyring = service.encryption.keyring
    others = {
        name: HttpOperator(
            address,
            name,
            service.name,
            partial(service_tokens.sign, keyring, service.name, name),
            partial(passes.sign, keyring, seconds=service_tokens.TOKEN_SECONDS),
        )
        for name, address in settings.operator_addresses.items()
    }
    return {service.name: own, **others}


def jobs(settings: Settings, feeds: Feeds) -> Sequence[Job]:
    """Return the jobs: prolonging series, lapsing calls, marking what nobody closed, completing erasures."""
    return (
        Job("series", prolong_series),
        Job("calls", lapse_calls),
        Job("not reported", mark_not_reported),
        Job("erasure", complete_erasures),
    )


application = Application(service, Settings, create_app, subscriptions, jobs, (*_PAGES, _API), _FOLDER)
from_environment = application.open_app  # for a web server that knows only this name
