"""Puts the rooms together: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from flask import Flask

from services.notifications.api import api
from services.notifications.channels.mailbox import Mailbox
from services.notifications.channels.smtp import domain_of
from services.notifications.commands.by_hand import ask_leaders
from services.notifications.commands.erasing import complete_erasures
from services.notifications.events import SAID
from services.notifications.listeners import ears
from services.notifications.models import house
from services.notifications.pages import messages, mine, missed, postbox, replies, waits, webhooks
from services.notifications.queries import caused
from services.notifications.sender import CaughtUp, Sender, letterhead_of, ways_of
from services.notifications.settings import Settings
from shared.door import Service
from shared.feed import Feeds
from shared.way import LocalOperator
from shared.web.api import serve_api
from shared.web.app import make_flask
from shared.web.operator import serve_operator
from shared.work import Chore

_ROOM = Path(__file__).parent
PATHS = ("/berichten", "/mijn/berichten", "/api/berichten", "/static/notifications")


def create_app(settings: Settings) -> Flask:
    """The web side; the house is open already."""
    app = make_flask(house, settings, _ROOM)
    app.extensions["settings"] = settings
    app.extensions["letterhead"] = letterhead_of(settings)
    app.extensions["mail_domain"] = domain_of(settings)
    for room in (messages, missed, postbox, mine, replies, waits, webhooks):
        app.register_blueprint(room.pages)
    serve_api(app, settings, api)
    made = partial(caused.list_made, app.extensions["sentences"].say)
    serve_operator(app, house, LocalOperator(house, SAID, made))
    return app


def chores(settings: Settings, feeds: Feeds) -> Sequence[Chore]:
    """What becomes due: sending, picking up what a dead sender left, asking who leads to tell it themselves."""
    sender = Sender(settings, ways_of(settings), CaughtUp(house.inbox, feeds))
    mailbox = None if settings.mailbox is None else Mailbox(settings.mailbox)

    def remove_copies(provider_ids: Collection[str]) -> None:
        if mailbox is not None:
            mailbox.remove(provider_ids)

    return (
        Chore("sender", sender.step), Chore("sweep", sender.sweep), Chore("by_hand", ask_leaders),
        Chore("erasing", lambda: complete_erasures(remove_copies)),
    )  # fmt: skip


service = Service(house, Settings, create_app, ears, chores, PATHS, _ROOM)
from_environment = service.open_app  # for a web server that is told only where to find this
