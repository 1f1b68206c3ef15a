"""Puts the rooms together: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flask import Flask

from services.meetings.api import api
from services.meetings.commands.erasing import complete_erasures
from services.meetings.commands.follow_up_calls import lapse_calls
from services.meetings.commands.series import prolong_series
from services.meetings.events import SAID
from services.meetings.listeners import ears
from services.meetings.models import house
from services.meetings.pages import (
    administration,
    calendar,
    call_list,
    call_off,
    changes,
    demo,
    events,
    groups,
    meetings,
    mine,
    new_group,
    planning,
    second_factor,
    sign_in,
    today,
    trail,
    walk_ins,
)
from services.meetings.settings import Settings
from shared import clock
from shared.auth import passes, services
from shared.door import Service
from shared.feed import Feeds
from shared.operator import HttpOperator, Operator, Operators
from shared.way import LocalOperator
from shared.web.api import serve_api
from shared.web.app import make_flask
from shared.web.operator import serve_operator
from shared.work import Chore

_ROOM = Path(__file__).parent
PATHS = (
    "/", "/regio", "/groepen", "/bijeenkomsten", "/bellijst", "/beheer", "/inloggen", "/demo",
    "/vind-een-groep", "/mijn", "/gebeurtenissen", "/api/groepen", "/static/meetings", "/static/shared",
)  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """The web side; the house is open already."""
    app = make_flask(house, settings, _ROOM)
    app.extensions["settings"] = settings
    app.jinja_env.filters["local"] = clock.local
    for room in (
        sign_in, second_factor, demo, today, new_group, groups, planning, meetings, walk_ins, call_list, changes,
        call_off, calendar, administration, trail, events, mine,
    ):  # fmt: skip
        app.register_blueprint(room.pages)
    serve_api(app, settings, api)
    own = LocalOperator(house, SAID)
    serve_operator(app, house, own)
    app.extensions["operators"] = _operators(settings, own)
    return app


def _operators(settings: Settings, own: Operator) -> Operators:
    """What each service knows of letters: ours, and that of the others whose address is told."""
    keyring = house.privacy.keyring
    others = {
        name: HttpOperator(
            address, name, house.name, partial(services.sign, keyring, house.name, name),
            partial(passes.sign, keyring, seconds=services.TOKEN_SECONDS),
        )
        for name, address in settings.operator_addresses.items()
    }  # fmt: skip
    return {house.name: own, **others}


def chores(settings: Settings, feeds: Feeds) -> Sequence[Chore]:
    """What becomes due in meetings."""
    return (Chore("series", prolong_series), Chore("calls", lapse_calls), Chore("erasing", complete_erasures))


service = Service(house, Settings, create_app, ears, chores, PATHS, _ROOM)
from_environment = service.open_app  # for a web server that is told only where to find this
