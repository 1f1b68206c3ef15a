"""Puts the rooms together: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask

from services.questionnaires.api import api
from services.questionnaires.commands.erasing import complete_erasures
from services.questionnaires.commands.expiring import expire_due
from services.questionnaires.events import SAID
from services.questionnaires.listeners import ears
from services.questionnaires.models import house
from services.questionnaires.pages import fill_in, overview
from services.questionnaires.settings import Settings
from shared.auth.actor import system
from shared.door import Service
from shared.feed import Feeds
from shared.way import LocalOperator
from shared.web.api import serve_api
from shared.web.app import make_flask
from shared.web.operator import serve_operator
from shared.work import Chore

_ROOM = Path(__file__).parent
PATHS = (
    "/vragenlijsten", "/mijn/vragenlijst", "/mijn/toen-en-nu", "/api/vragenlijsten", "/static/questionnaires",
)  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """The web side; the house is open already."""
    app = make_flask(house, settings, _ROOM)
    for blueprint in (fill_in.pages, overview.pages):
        app.register_blueprint(blueprint)
    serve_api(app, settings, api)
    serve_operator(app, house, LocalOperator(house, SAID))
    return app


def chores(settings: Settings, feeds: Feeds) -> Sequence[Chore]:
    """What becomes due in questionnaires: lists whose last day is over."""
    return (
        Chore("expiring", lambda: expire_due(system("questionnaires"))), Chore("erasing", complete_erasures),
    )  # fmt: skip


service = Service(house, Settings, create_app, ears, chores, PATHS, _ROOM)
from_environment = service.open_app  # for a web server that is told only where to find this
