"""What a service can tell of its events to whoever minds them: one port, at hand in this process or over HTTP.

Who asks sees the events that name one of their organisations (`organisation_id` in the data), and of each only
ids and words of fixed lists. Somebody at the command line of the machine sees them all. Sealed values are never
shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import requests

from shared.errors import NotFound, TryLater
from shared.security.actor import Actor

PATH = "/operator"
# The role with which the sign-in service vouches for somebody; kind "operator" is the command line of the machine.
ROLE = "operator"
PASS_HEADER = "X-Operator"  # noqa: S105 - the name of a header
TIMEOUT_SECONDS = 4
MOST = 100

Scope = frozenset[str] | None
Told = dict[str, Any]


class OperatorUnreachable(TryLater):
    """That service does not answer now."""


class Operator(Protocol):
    """The events of one service, from the outside. What it gives is made of JSON values only.

    said    {"events": [...], "onward"}: what it said, the newest first. Filters: name (of the event), subject_id,
            since (a moment of the people, as text), before (the `onward` of an earlier answer), limit, and trace
            with around (the id of an event that was said about then)
    event  one that it said, with its facts and its readers; NotFound when there is none for this actor
    heard   what it did with an event of somebody else: heard_at, waiting, dead, made
    stuck   {"waiting": [...], "dead": [...]}: what is tried again, and what needs a person
    replay  have a dead letter tried again; gives the id of the event
    """

    def said(self, actor: Actor, **filters: Any) -> Told:
        """See above."""

    def event(self, actor: Actor, event_id: str) -> Told:
        """See above."""

    def heard(self, actor: Actor, event_id: str) -> Told:
        """See above."""

    def stuck(self, actor: Actor) -> Told:
        """See above."""

    def replay(self, actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        """See above."""


Operators = Mapping[str, Operator]


def as_operator(actor: Actor, roles: frozenset[str]) -> Actor:
    """Somebody as the sign-in service vouches for them: in the organisations where they hold one of these
    roles.
    """
    grants = {organisation: held | {ROLE} for organisation, held in actor.grants.items() if held & roles}
    return replace(actor, name="", menu=(), grants=grants)


def scope_of(actor: Actor) -> Scope:
    """The organisations whose events this actor may see; None is all."""
    return None if actor.kind == ROLE else actor.organisations(ROLE)


class HttpOperator:
    """The events of a service elsewhere.

    make_token  what shows which service we are
    make_pass   what shows for whom we ask; only the sign-in service can make one
    """

    def __init__(
        self,
        base: str,
        service: str,
        reader: str,
        make_token: Callable[[], str],
        make_pass: Callable[[Actor], str],
    ) -> None:
        self._url = f"{base.rstrip('/')}{PATH}/{service}"
        self._reader, self._make_token, self._make_pass = reader, make_token, make_pass

    def said(self, actor: Actor, **filters: Any) -> Told:
        """See Operator. Raises OperatorUnreachable, as they all do."""
        wanted = {name: value for name, value in filters.items() if value is not None}
        return self._ask(actor, "said", params=wanted)

    def event(self, actor: Actor, event_id: str) -> Told:
        """See Operator."""
        return self._ask(actor, f"said/{event_id}")

    def heard(self, actor: Actor, event_id: str) -> Told:
        """See Operator."""
        return self._ask(actor, f"heard/{event_id}")

    def stuck(self, actor: Actor) -> Told:
        """See Operator."""
        return self._ask(actor, "stuck")

    def replay(self, actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        """See Operator."""
        asked = {"reason": reason, "request_id": request_id}
        return str(self._ask(actor, f"dead/{dead_id}/replay", method="POST", json=asked)["event_id"])

    def _ask(self, actor: Actor, what: str, *, method: str = "GET", **asked: Any) -> Told:
        headers = {
            "Authorization": f"Bearer {self._make_token()}", "X-Reader": self._reader,
            PASS_HEADER: self._make_pass(actor), "Accept": "application/json",
        }  # fmt: skip
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands between services, and no .netrc speaks for us
                answer = session.request(
                    method, f"{self._url}/{what}", headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False,
                    **asked,
                )  # fmt: skip
                if answer.status_code == NotFound.status:
                    raise NotFound()
                answer.raise_for_status()
                told: Told = answer.json()
                return told
        except (requests.RequestException, ValueError) as error:
            raise OperatorUnreachable(self._url) from error
