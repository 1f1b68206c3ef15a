"""The operator interface of a service: one port on its events, in this process or over HTTP.

Who asks sees the events that name one of their organisations (`organisation_id` in the data), and of each only ids
and words of fixed lists. An operator at the command line of the machine sees them all. Sealed values are never
shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

import requests
from marshmallow import Schema, ValidationError

from shared.errors import NotFound, TryLater
from shared.messaging.event_trace import Consumption, EventFilter, Failures, PublishedDetails, PublishedPage
from shared.messaging.event_trace_schemas import (
    ConsumptionSchema,
    EventFilterSchema,
    FailuresSchema,
    PublishedDetailsSchema,
    PublishedPageSchema,
)
from shared.security.actor import Actor

PATH = "/operator"
# The role with which the sign-in service vouches for somebody; kind "operator" is the command line of the machine.
ROLE = "operator"
PASS_HEADER = "X-Operator"  # noqa: S105 - the name of a header
TIMEOUT_SECONDS = 4

# The organisations whose events may be seen; None is all.
Scope = frozenset[str] | None


class OperatorUnreachable(TryLater):
    """Raised when a service does not answer now."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "operator_unreachable")


class Operator(Protocol):
    """The events of one service. The client over HTTP raises OperatorUnreachable from each of these."""

    def list_published(self, actor: Actor, wanted: EventFilter) -> PublishedPage:
        """Return events that the service published, the newest first."""

    def get_published(self, actor: Actor, event_id: str) -> PublishedDetails:
        """Return one event that it published. NotFound when there is none for this actor."""

    def get_consumption(self, actor: Actor, event_id: str) -> Consumption:
        """Return what it did with an event of another service."""

    def list_failures(self, actor: Actor) -> Failures:
        """Return what it could not handle: what is retried, and what needs a person."""

    def replay(self, actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        """Retry a dead letter and return the id of its event. NotFound when none waits for this actor."""


Operators = Mapping[str, Operator]


def as_operator(actor: Actor, roles: frozenset[str]) -> Actor:
    """Return somebody as the sign-in service vouches for them: where they hold one of these roles."""
    grants = {organisation: held | {ROLE} for organisation, held in actor.grants.items() if held & roles}
    return replace(actor, name="", menu=(), grants=grants)


def scope_of(actor: Actor) -> Scope:
    """Return the organisations whose events this actor may see."""
    return None if actor.kind == ROLE else actor.organisations(ROLE)


class HttpOperator:
    """The operator interface of a service elsewhere.

    make_token  gives what shows which service we are
    make_pass   gives what shows for whom we ask; only the sign-in service can make one
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

    def list_published(self, actor: Actor, wanted: EventFilter) -> PublishedPage:
        dumped = EventFilterSchema().dump(wanted)
        params = {name: str(value) for name, value in dumped.items() if value is not None}
        return self._request(PublishedPageSchema(), actor, "published", params=params)

    def get_published(self, actor: Actor, event_id: str) -> PublishedDetails:
        return self._request(PublishedDetailsSchema(), actor, f"published/{event_id}")

    def get_consumption(self, actor: Actor, event_id: str) -> Consumption:
        return self._request(ConsumptionSchema(), actor, f"consumption/{event_id}")

    def list_failures(self, actor: Actor) -> Failures:
        return self._request(FailuresSchema(), actor, "failures")

    def replay(self, actor: Actor, *, dead_id: int, reason: str, request_id: str) -> str:
        body = {"reason": reason, "request_id": request_id}
        return str(self._send(actor, f"dead-letters/{dead_id}/replay", body=body)["event_id"])

    def _request(self, schema: Schema, actor: Actor, path: str, params: Mapping[str, str] | None = None) -> Any:
        try:
            return schema.load(self._send(actor, path, params=params))
        except (ValidationError, TypeError) as error:  # TypeError: something is missing that we need
            raise OperatorUnreachable(self._url) from error

    def _send(
        self,
        actor: Actor,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
    ) -> dict[str, object]:
        headers = {
            "Authorization": f"Bearer {self._make_token()}",
            "X-Reader": self._reader,
            PASS_HEADER: self._make_pass(actor),
            "Accept": "application/json",
        }
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands between services, and no .netrc speaks for us
                response = session.request(
                    "GET" if body is None else "POST",
                    f"{self._url}/{path}",
                    params=params,
                    json=body,
                    headers=headers,
                    timeout=TIMEOUT_SECONDS,
                    allow_redirects=False,
                )
                if response.status_code == NotFound.status:
                    raise NotFound()
                response.raise_for_status()
                answer: dict[str, object] = response.json()
                return answer
        except (requests.RequestException, ValueError) as error:
            raise OperatorUnreachable(self._url) from error
