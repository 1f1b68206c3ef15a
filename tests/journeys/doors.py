"""Every door of the four services, with an address that leads somewhere, and who may knock on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import cached_property

from flask import Flask
from werkzeug.test import TestResponse

from deploy.town.layout import SERVICES
from deploy.town.table_copy import tables_of
from services.meetings.models import house as meetings
from services.notifications.channels.mailbox import name_of
from services.notifications.models import house as notifications
from services.notifications.queries.ways import blind_index
from services.questionnaires.models import Measurement
from shared import clock
from shared.auth import links, passes
from shared.auth.actor import Actor
from shared.ids import new_id
from shared.web.asks import Asks, Cookies
from tests.journeys.everyday import LATER_EMAIL, LINE, Life
from tests.journeys.minding import Inside

ROLES = ("coordinator", "facilitator", "intro_worker", "manager", "messenger")
# What looking may add: who looked, and how often something was tried.
LOOKING_ADDS = {"audit_line", "tried", "request_seen", "lease"}
# A form that says enough for every door, so that what is refused is refused for who asks it.
FILLED = {
    "membership_id": "", "mark": "present", "step": "1", "headcount": "1", "reason": "stopped", "staff_id": "",
    "place": "co", "first_on": "2031-12-01", "on": "2031-12-01", "at": "10:00", "every_weeks": "1",
    "minutes": "60", "name": "X", "region": "Y", "email": "x@example.org", "roles": "manager", "call_name": "X",
    "form": "live_single", "by": "us", "outcome": "word_follows", "purpose": "reminders", "ways": "none",
    "quiet_from": "21:00", "quiet_until": "09:00", "line": "Tot dinsdag", "secret": "s" * 43, "code": "123456",
    "wanted": "X", "deel": "groups", "nummer": "1", "reden": "mended", "until": "2031-12-01", "unnamed": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Door:
    """One way in: a service, a rule with one of its methods, and whom it asks for."""

    service: str
    rule: str
    method: str
    asks: Asks
    arguments: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


class Doors:
    """The apps of a town without a front door before them, and passes for whoever knocks."""

    def __init__(self, town: Inside, life: Life, *, checks_forms: bool = False) -> None:
        self.town, self.life = town, life
        self.apps: dict[str, Flask] = {
            service.name: service.create_app(town.town.settings_of(service.name)) for service in SERVICES
        }
        self.cookies = Cookies.of(town.town.url)
        at_hand = {name: app.extensions["operator"] for name, app in self.apps.items()}
        for app in self.apps.values():
            app.extensions["operators"] = at_hand
            if not checks_forms:
                app.config["WTF_CSRF_METHODS"] = set()

    def all(self, *kinds: str) -> Iterator[Door]:
        """Every door that asks for one of these kinds."""
        for name, app in self.apps.items():
            for rule in app.url_map.iter_rules():
                asks: Asks = app.view_functions[rule.endpoint].__asks__  # type: ignore[attr-defined]
                for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                    if asks.kind in kinds:
                        yield Door(name, rule.rule, method, asks, frozenset(rule.arguments))

    @cached_property
    def told(self) -> Mapping[str, str]:
        """What stands in an address instead of its arguments."""
        letter = meetings.outbox.after(0, 1)[0][1]
        event_id = re.search(r'"id": ?"([0-9a-f-]{36})"', letter)
        # Which of those of one moment lies on top is chance; the one with a line in it says more than any other.
        mail = max(self.town.hands.mailbox.messages(), key=has_line)
        return self.life.ids | {
            "token": "x", "secret": self.life.secrets["group_calendar"], "slug": "de-kade", "way": "ritme",
            "dead_id": "1", "event_id": event_id[1] if event_id else new_id(), "area": "shared", "file": "x.css",
            "name": name_of(str(mail["Message-ID"])), "id": self.life.ids["meeting_id"],
            "deelname": self.life.ids["membership_id"],
        }  # fmt: skip

    def address(self, door: Door, **instead: str) -> str:
        """One that exists."""
        told = {**self.told, **instead}
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: told[found[1]], door.rule)

    def knock(
        self, door: Door, *, staff: Actor | None = None, participant: Actor | None = None,
        cookies: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None, **instead: str,
    ) -> TestResponse:  # fmt: skip
        """Ask at this door, with a pass in the cookie that is for it."""
        client = self.apps[door.service].test_client()
        for name, actor in ((self.cookies.staff, staff), (self.cookies.participant, participant)):
            if actor is not None:
                client.set_cookie(name, sign(actor))
        for name, value in (cookies or {}).items():
            client.set_cookie(name, value)
        filled = FILLED | {"membership_id": self.told["membership_id"], "staff_id": self.told["staff_id"]}
        data = None if door.method in ("GET", "HEAD") else filled | {"request_id": new_id()}
        return client.open(
            self.address(door, **instead), method=door.method, data=data, headers=dict(headers or {})
        )

    def tokens(self) -> dict[str, tuple[str, str]]:
        """purpose -> (service, subject) of the links that were sent to the person of this life."""
        ids, person = self.life.ids, self.life.participant_id
        measurement = Measurement.get(Measurement.participant_id == person).id
        blind = blind_index("email", LATER_EMAIL)[:16]
        return {
            "call_off": ("meetings", f"{ids['meeting_id']}.{ids['membership_id']}"),
            "mine": ("meetings", person),
            "opt_out": ("notifications", f"{person}.reminders"),
            "confirm_address": ("notifications", f"{person}.email.{blind}"),
            "fill_in": ("questionnaires", measurement),
        }

    def token(self, purpose: str, *, days: int = 7) -> str:
        """A good one; with a negative number of days one that is over."""
        service, subject = self.tokens()[purpose]
        until = clock.now() + timedelta(days=days)
        return links.mint(notifications.privacy.keyring, service, purpose, subject, until)


def has_line(mail: EmailMessage) -> bool:
    """Whether what a facilitator wrote to the person of this life stands in this mail."""
    body = mail.get_body(("plain",))
    return body is not None and LINE in body.get_content()


def sign(actor: Actor, *, seconds: int = 300) -> str:
    """A pass as the front desk gives it."""
    return passes.sign(meetings.privacy.keyring, actor, seconds=seconds)


def somebody(*roles: str, organisation_id: str) -> Actor:
    """Somebody who works there, and is not known by name."""
    return Actor(new_id(), "staff", "Bo", {organisation_id: frozenset(roles)})


def state() -> dict[str, list[str]]:
    """Every row of what the services are about, and how many letters were said; without what looking adds."""
    found = {}
    for service in SERVICES:
        for table in tables_of(service.name):
            if table._meta.table_name not in LOOKING_ADDS:
                rows = [repr(sorted(row.items())) for row in table.select().dicts()]
                found[f"{service.name}.{table._meta.table_name}"] = sorted(rows)
    return found


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    """The tables that are not what they were."""
    return {name for name in before if before[name] != after[name]}
