"""What every page of staff costs: its statements, its bytes and the time that a processor spends on it.

The pages are those that the services serve, so a new one is measured from its first day.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import peewee
from werkzeug.test import Client

from deploy.local.installation import APPLICATIONS
from services.meetings.models import Staff
from services.meetings.models import service as meetings
from services.meetings.queries.staff import actor_of
from shared.security import passes
from shared.security.access import AccessRule, Cookies
from shared.security.actor import Actor
from tests.support.inline_installation import InlineInstallation

# What stands in an address: which service knows it, and a statement for one in the organisation of most groups.
# The group is the one that has most facilitators, of whom one opens pages.
_GROUP = (
    "SELECT group_id FROM group_facilitator WHERE organisation_id = ?"
    " GROUP BY group_id ORDER BY COUNT(*) DESC, group_id LIMIT 1"
)
ARGUMENTS = {
    "group_id": ("meetings", _GROUP),
    "meeting_id": ("meetings",
    f"SELECT id FROM meeting WHERE group_id = ({_GROUP}) AND state = 'planned' LIMIT 1"),
    "membership_id": (
        "meetings", f"SELECT id FROM membership WHERE group_id = ({_GROUP}) AND state = 'active' LIMIT 1"
    ),
    "staff_id": ("meetings", "SELECT staff_id FROM staff_role WHERE organisation_id = ? LIMIT 1"),
    "event_id": ("meetings",
    "SELECT event_id FROM outbox WHERE data LIKE '%' || ? || '%' AND type LIKE '%.group_changed.v1'"
        " ORDER BY id DESC LIMIT 1"),
    "participant_id": ("intake", "SELECT id FROM participant WHERE organisation_id = ? LIMIT 1"),
    "signup_id": (
        "intake", "SELECT id FROM signup WHERE organisation_id = ? AND state = 'received' ORDER BY id LIMIT 1"
    ),
    "talk_id": (
        "intake", "SELECT id FROM intro_talk WHERE organisation_id = ? AND state = 'planned' ORDER BY id LIMIT 1"
    ),
    "message_id": (
        "notifications",
        "SELECT id FROM message WHERE organisation_id = ? AND state = 'accepted' ORDER BY id DESC LIMIT 1",
    ),
    "reply_id": ("notifications", "SELECT id FROM reply WHERE organisation_id = ? LIMIT 1"),
}  # fmt: skip
_LARGEST = "SELECT organisation_id FROM peer_group GROUP BY organisation_id ORDER BY COUNT(*) DESC LIMIT 1"
# A file to download is no page.
_NO_PAGES = ("/beheer/inzage.csv",)


@dataclass(frozen=True)
class Cost:
    """What opening a page took: statements, bytes of HTML and milliseconds of a processor.

    On PostgreSQL the time of its process counts too, where that runs on this machine.
    """

    status: int
    statements: int
    size: int
    cpu_ms: float


@dataclass(frozen=True)
class StaffPage:
    """A page, and who opens it: the rule of its route, its address and one of the people of `Pages.people`."""

    rule: str
    address: str
    who: str

    def __str__(self) -> str:
        return f"{self.rule} ({self.who})"


class Pages:
    """The pages of an installation for some who work there: a name -> their e-mail address.

    Somebody opens the pages that their roles may; of one thing that of the largest organisation.
    """

    def __init__(self, installation: InlineInstallation, people: dict[str, Staff]) -> None:
        self._installation = installation
        self._actors = {name: actor_of(staff) for name, staff in people.items()}
        self._client = Client(installation.app)
        self._cookie = Cookies.of(installation.installation.url).staff

    @cached_property
    def arguments(self) -> dict[str, str]:
        """Return what stands in the addresses, as far as there is such a thing."""
        (largest,) = meetings.database.execute(_LARGEST).fetchone()
        values = {"organisation_id": largest}
        for name, (service, statement) in ARGUMENTS.items():
            database = next(each.service.database for each in APPLICATIONS if each.name == service)
            row = database.execute(statement, (largest,)).fetchone()
            if row is not None:
                values[name] = row[0]
        return values

    def list(self) -> Iterator[StaffPage]:
        """List every page that somebody may open, with an address that leads somewhere."""
        for application in APPLICATIONS:
            app = application.create_app(self._installation.installation.settings_of(application.name))
            for rule in app.url_map.iter_rules():
                access_rule: AccessRule = app.view_functions[rule.endpoint].__access_rule__  # type: ignore[attr-defined]
                is_page = "GET" in (rule.methods or ()) and rule.rule not in _NO_PAGES
                if access_rule.kind == "staff" and is_page and set(rule.arguments) <= set(self.arguments):
                    for who, actor in self._actors.items():
                        if not access_rule.roles or actor.roles & access_rule.roles:
                            yield StaffPage(rule.rule, self.address(rule.rule), who)

    def address(self, rule: str) -> str:
        """Fill in the rule of a route so that the address exists."""
        return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda argument: self.arguments[argument[1]], rule)

    def open(self, page: StaffPage) -> Cost:
        """Open a page once."""
        self._client.set_cookie(self._cookie, passes.sign(meetings.encryption.keyring, self._actors[page.who]))
        with counted_statements() as statements:
            before = _cpu_ns()
            answer = self._client.get(page.address)
            body = answer.data
            spent = _cpu_ns() - before
        return Cost(answer.status_code, len(statements), len(body), spent / 1e6)

    def actor(self, who: str) -> Actor:
        """Return one of those who open pages."""
        return self._actors[who]


@contextlib.contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Give a list to which every statement to any of the four stores is added meanwhile."""
    statements: list[str] = []
    with contextlib.ExitStack() as stack:
        for application in APPLICATIONS:
            proxy: Any = application.service.database.engine.proxy
            stack.enter_context(_watched(proxy, statements))
        yield statements


@contextlib.contextmanager
def _watched(proxy: Any, statements: list[str]) -> Iterator[None]:
    execute = type(proxy).execute_sql

    def watched(sql: str, *arguments: Any, **options: Any) -> Any:
        statements.append(sql)
        return execute(proxy, sql, *arguments, **options)

    proxy.execute_sql = watched
    try:
        yield
    finally:
        del proxy.execute_sql


def _cpu_ns() -> int:
    """Return what this process and the server's processes for it have spent so far, in nanoseconds."""
    return time.process_time_ns() + sum(map(_spent, _backends()))


def _backends() -> Iterator[int]:
    for application in APPLICATIONS:
        proxy: Any = application.service.database.engine.proxy
        if isinstance(proxy, peewee.PostgresqlDatabase) and not proxy.is_closed():
            yield proxy.connection().info.backend_pid


def _spent(process_id: int) -> int:
    try:
        return int(Path(f"/proc/{process_id}/schedstat").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0  # it runs on another machine
