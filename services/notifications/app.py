"""Compose notifications from its parts: the only file that knows them all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from flask import Flask

from services.notifications import api, events, pages
from services.notifications.channels.mailbox import Mailbox
from services.notifications.channels.smtp import domain_of, return_path_of
from services.notifications.commands.erasure import complete_erasures
from services.notifications.commands.in_person import ask_facilitators
from services.notifications.models import service
from services.notifications.queries import event_trace
from services.notifications.queries.people import find_language
from services.notifications.rules.message_types import LABELS, WHYS
from services.notifications.sender import CaughtUp, Sender, channels_of, sender_details_of
from services.notifications.settings import Settings
from services.notifications.subscriptions import subscriptions
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
    app.extensions["sender_details"] = sender_details_of(settings)
    app.extensions["mail_domain"] = domain_of(settings)
    app.extensions["return_path"] = return_path_of(settings)
    app.extensions["texts"].add("message_types", LABELS)
    app.extensions["texts"].add("whys", WHYS)
    for page in _PAGES:
        app.register_blueprint(page)
    serve_api(app, settings, _API)
    made = partial(event_trace.list_made, app.extensions["texts"].text)
    serve_operator(app, service, EventInspector(service, declared_in(events), made))
    return app


def jobs(settings: Settings, feeds: Feeds) -> Sequence[Job]:
    """Return what becomes due: sending, picking up what a dead sender left, asking who leads to tell it
    themselves.
    """
    sender = Sender(settings, channels_of(settings), CaughtUp(service.inbox, feeds))
    mailbox = None if settings.mailbox is None else Mailbox(settings.mailbox)

    def remove_copies(provider_ids: Collection[str]) -> None:
        if mailbox is not None:
            mailbox.remove(provider_ids)

    return (
        Job("sender", sender.step),
        Job("sweep", sender.sweep),
        Job("by_hand", ask_facilitators),
        Job("erasing", lambda: complete_erasures(remove_copies)),
    )


application = Application(service, Settings, create_app, subscriptions, jobs, (*_PAGES, _API), _FOLDER)
from_environment = application.open_app  # for a web server that knows only where to find this
