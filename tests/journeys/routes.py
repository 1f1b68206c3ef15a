"""Every route of the four services, with an address that leads somewhere, and who may use it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import cached_property

from flask import Flask
from werkzeug.test import TestResponse

from deploy.local.installation import APPLICATIONS
from deploy.local.table_copy import models_of
from services.meetings.models import service as meetings
from services.notifications.channels.mailbox import name_of
from services.notifications.models import service as notifications
from services.notifications.queries.addresses import blind_index
from services.questionnaires.models import Measurement
from shared import clock
from shared.ids import new_id
from shared.security import links, passes
from shared.security.access import AccessRule, Cookies
from shared.security.actor import Actor
from tests.journeys.everyday import ADDED_SENTENCE, LATER_EMAIL, EverydayFacts
from tests.support.inline_installation import InlineInstallation

ROLES = ("coordinator", "facilitator", "intro_worker", "manager", "messenger")
# What reading may add: who read, and how often something was tried.
READING_ADDS = {"audit_entry", "attempt", "idempotency_key", "lease"}
# A form that says enough for every route, so that what is refused is refused for who asks it.
FILLED = {
    "membership_id": "", "mark": "present", "step": "1", "headcount": "1", "reason": "stopped", "staff_id": "",
    "place": "co", "first_on": "2031-12-01", "on": "2031-12-01", "at": "10:00", "every_weeks": "1",
    "minutes": "60", "name": "X", "region": "Y", "email": "x@example.org", "roles": "manager", "call_name": "X",
    "form": "live_single", "by": "us", "outcome": "word_follows", "purpose": "reminders", "channels": "none",
    "quiet_from": "21:00", "quiet_until": "09:00", "secret": "s" * 43, "code": "123456",
    "wanted": "X", "deel": "groups", "nummer": "1", "reden": "mended", "until": "2031-12-01", "unnamed": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """A rule of a service with one of its methods, and who may use it."""

    service: str
    rule: str
    method: str
    access_rule: AccessRule
    arguments: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


class Routes:
    """The apps of an installation without a reverse proxy before them, and passes for whoever asks."""

    def __init__(
        self, installation: InlineInstallation, facts: EverydayFacts, *, checks_forms: bool = False
    ) -> None:
        self.installation, self.facts = installation, facts
        self.apps: dict[str, Flask] = {
            application.name: application.create_app(installation.installation.settings_of(application.name))
            for application in APPLICATIONS
        }
        self.cookies = Cookies.of(installation.installation.url)
        at_hand = {name: app.extensions["operator"] for name, app in self.apps.items()}
        for app in self.apps.values():
            app.extensions["operators"] = at_hand
            if not checks_forms:
                app.config["WTF_CSRF_METHODS"] = set()

    def all(self, *kinds: str) -> Iterator[Route]:
        """List every route whose access rule is of one of these kinds."""
        for name, app in self.apps.items():
            for rule in app.url_map.iter_rules():
                access_rule: AccessRule = app.view_functions[rule.endpoint].__access_rule__  # type: ignore[attr-defined]
                for method in sorted((rule.methods or set()) - {"OPTIONS"}):
                    if access_rule.kind in kinds:
                        yield Route(name, rule.rule, method, access_rule, frozenset(rule.arguments))

    @cached_property
    def argument_values(self) -> Mapping[str, str]:
        """Return what stands in an address instead of its arguments."""
        event = meetings.outbox.after(0, 1)[0][1]
        event_id = re.search(r'"id": ?"([0-9a-f-]{36})"', event)
        # Which of those of one moment lies on top is chance; the one with a line in it says more than any other.
        mail = max(self.installation.inline_worker.mailbox.messages(), key=has_line)
        return self.facts.ids | {
            "token": "x",
            "secret": self.facts.secrets["group_calendar"],
            "slug": "de-kade",
            "kind": "ritme",
            "dead_id": "1",
            "event_id": event_id[1] if event_id else new_id(),
            "area": "shared",
            "file": "x.css",
            "name": name_of(str(mail["Message-ID"])),
            "id": self.facts.ids["meeting_id"],
            "deelname": self.facts.ids["membership_id"],
        }

    @cached_property
    def filled(self) -> Mapping[str, str]:
        """Return a form that says enough for every route, with what is there."""
        ids = {name: self.argument_values[name] for name in ("membership_id", "staff_id")}
        return FILLED | ids | {f"personal_note-{self.argument_values['message_id']}": "Hoi"}

    def address(self, route: Route, **instead: str) -> str:
        """Fill in the rule of a route so that the address exists."""
        values = {**self.argument_values, **instead}
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda argument: values[argument[1]], route.rule)

    def request(
        self,
        route: Route,
        *,
        staff: Actor | None = None,
        participant: Actor | None = None,
        cookies: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **instead: str,
    ) -> TestResponse:
        """Ask for this route, with a pass in the cookie that is for it."""
        client = self.apps[route.service].test_client()
        for name, actor in ((self.cookies.staff, staff), (self.cookies.participant, participant)):
            if actor is not None:
                client.set_cookie(name, sign(actor))
        for name, value in (cookies or {}).items():
            client.set_cookie(name, value)
        data = None if route.method in ("GET", "HEAD") else self.filled | {"request_id": new_id()}
        return client.open(
            self.address(route, **instead), method=route.method, data=data, headers=dict(headers or {})
        )

    def tokens(self) -> dict[str, tuple[str, str]]:
        """Return purpose -> (service, subject) of the links that were sent to the person of these facts."""
        ids, person = self.facts.ids, self.facts.participant_id
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
        """Sign a token; with a negative number of days one that has expired."""
        service, subject = self.tokens()[purpose]
        until = clock.now() + timedelta(days=days)
        return links.mint(notifications.encryption.keyring, service, purpose, subject, until)


def has_line(mail: EmailMessage) -> bool:
    """Tell whether what a facilitator wrote stands in this mail."""
    body = mail.get_body(("plain",))
    return body is not None and ADDED_SENTENCE in body.get_content()


def sign(actor: Actor, *, seconds: int = 300) -> str:
    """Sign a pass as the sign-in service does."""
    return passes.sign(meetings.encryption.keyring, actor, seconds=seconds)


def somebody(*roles: str, organisation_id: str) -> Actor:
    """Return an actor who works there."""
    return Actor(new_id(), "staff", "Bo", {organisation_id: frozenset(roles)})


def state() -> dict[str, list[str]]:
    """Return every row by its table, without what reading adds."""
    rows_by_table = {}
    for application in APPLICATIONS:
        for table in models_of(application.name):
            if table._meta.table_name not in READING_ADDS:
                rows = [repr(sorted(row.items())) for row in table.select().dicts()]
                rows_by_table[f"{application.name}.{table._meta.table_name}"] = sorted(rows)
    return rows_by_table


def differences(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    """Name the tables that are not what they were."""
    return {name for name in before if before[name] != after[name]}
