"""Composition of the service: the only file that knows all pages and APIs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flask import Flask

from services.meetings import events as declared
from services.meetings.api import api
from services.meetings.commands.erasure import complete_erasures
from services.meetings.commands.follow_up_calls import lapse_calls
from services.meetings.commands.series import prolong_series
from services.meetings.models import service
from services.meetings.pages import (
    access_log,
    attendance,
    calendars,
    call_offs,
    demo_clock,
    event_trace,
    follow_up_calls,
    groups,
    meeting_changes,
    meetings,
    memberships,
    my_page,
    organisations,
    second_factor,
    series,
    sign_in,
    staff,
    substitutes,
    today,
    walk_ins,
)
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
from shared.worker import Job

_FOLDER = Path(__file__).parent
PATHS = (
    "/", "/regio", "/groepen", "/bijeenkomsten", "/bellijst", "/beheer", "/inloggen", "/demo",
    "/vind-een-groep", "/mijn", "/gebeurtenissen", "/api/groepen", "/static/meetings", "/static/shared",
)  # fmt: skip
_PAGES = (
    sign_in, second_factor, demo_clock, today, groups, memberships, series, meetings, attendance, walk_ins,
    follow_up_calls, meeting_changes, substitutes, call_offs, calendars, organisations, staff, access_log,
    event_trace, my_page, )  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """Make the web side; the service is open already."""
    app = make_flask(service, settings, _FOLDER)
    app.extensions["settings"] = settings
    app.jinja_env.filters["local"] = clock.local
    for module in _PAGES:
        app.register_blueprint(module.pages)
    serve_api(app, settings, api)
    own = EventInspector(service, declared_in(declared))
    serve_operator(app, service, own)
    app.extensions["operators"] = _operators(settings, own)
    return app


def _operators(settings: Settings, own: Operator) -> Operators:
    """Return what asks each service about its events: this one, and those whose address is set."""
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
    """Return what becomes due in meetings."""
    return (Job("series", prolong_series), Job("calls", lapse_calls), Job("erasure", complete_erasures))


application = Application(service, Settings, create_app, subscriptions, jobs, PATHS, _FOLDER)
from_environment = application.open_app  # for a web server that knows only this name
