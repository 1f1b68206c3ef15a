"""Filling an empty installation with the landscape: files at once, a database server by copying from those."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.servers import database_of
from deploy.local.table_copy import fill_database, open_readonly
from services.intake import events as intake
from services.meetings import events as meetings
from services.notifications import events as notifications
from services.questionnaires import events as questionnaires
from shared.messaging.envelope import declared_in
from tests.bench.landscape import (
    of_intake,
    of_mechanism,
    of_meetings,
    of_notifications,
    of_questionnaires,
)
from tests.bench.landscape.of_mechanism import Published
from tests.bench.landscape.plan import Plan
from tests.bench.landscape.store import Store

_EVENTS = {
    "meetings": meetings,
    "intake": intake,
    "questionnaires": questionnaires,
    "notifications": notifications,
}


def fill_files(installation: Installation, plan: Plan) -> None:
    """Write the landscape into the stores of an installation on files that holds nothing yet."""
    with _stores(installation) as stores:
        of_groups = of_meetings.write(stores["meetings"], plan)
        of_intake.write(stores["intake"], plan, of_groups)
        of_questionnaires.write(stores["questionnaires"], plan)
        for message_id, organisation_id, kind, about in of_notifications.write(
            stores["notifications"], plan, of_groups
        ):
            kept = {"id": message_id, "organisation_id": organisation_id, "message_type": kind, "cause": "address"}
            membership, talk, meeting = (about.get(f"{name}_id") for name in ("membership", "talk", "meeting"))
            stores["meetings"].add(
                "undelivered", **kept, talk_id=talk, membership_id=membership, meeting_id=meeting
            )
            if meeting is None:
                stores["intake"].add("undelivered", **kept, intro_talk_id=talk, membership_id=membership)
        published: dict[str, Published] = {}
        for name, store in stores.items():
            of_mechanism.write_accesses(store, plan, name)
            published[name] = of_mechanism.write_events(store, plan, declared_in(_EVENTS[name]))
        for application in APPLICATIONS:
            consumed = frozenset(application.subscriptions.by_type)
            for source in sorted(application.subscriptions.sources):
                of_mechanism.write_handled(stores[application.name], plan, source, published[source], consumed)
    refresh_statistics(installation)


def copy_to_server(installation: Installation, server: Installation) -> None:
    """Copy what an installation on files holds into one on a database server that holds nothing yet."""
    assert server.servers.database is not None
    for application in APPLICATIONS:
        url, _ = database_of(server.servers.database, application.name)
        with (
            closing(open_readonly(installation.store_of(application.name), is_alone=True)) as store,
            psycopg.connect(url) as database,
        ):
            fill_database(store, database)
    refresh_statistics(server)


def refresh_statistics(installation: Installation) -> None:
    """Do what the work process of every service does now and then."""
    installation.open()
    for application in APPLICATIONS:
        application.service.database.engine.refresh_statistics()


@contextmanager
def _stores(installation: Installation) -> Iterator[dict[str, Store]]:
    stores = {name: Store(installation.store_of(name)) for name in _EVENTS}
    yield stores
    for store in stores.values():
        store.close()
