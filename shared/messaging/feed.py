"""The log of a publisher as a consumer reads it: one port, so that a transport is only a faster copy of it.

On one machine the log is read from the publisher's own store; across machines over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypedDict

import requests

from shared import watchdog
from shared.messaging.outbox import Outbox

PATH = "/feed"
TIMEOUT_SECONDS = (3, 5)  # to connect, and for the next part of an answer


class FeedUnreachable(Exception):
    """Raised when the publisher does not answer now; what it published stays in its log."""


class Feed(Protocol):
    """A publisher's log, from the outside."""

    @property
    def is_local(self) -> bool:
        """Whether reading it costs no request."""

    def head(self) -> tuple[int, int]:
        """Return (epoch of the publisher's store, last sequence number)."""

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """Return at most `limit` events with a number above `seq`, in order, each as (number, JSON text)."""

    def release(self) -> None:
        """Release the connection, when there is nothing to read for now."""


Feeds = Mapping[str, Feed]


class LocalFeed:
    """The Feed of a publisher whose store is on this machine."""

    is_local = True

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def head(self) -> tuple[int, int]:
        return self._outbox.head()

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        return self._outbox.after(seq, limit)

    def release(self) -> None:
        self._outbox.database.release()


class _Page(TypedDict):
    epoch: int
    seq: int
    events: list[tuple[int, str]]


class HttpFeed:
    """The Feed of a publisher on another machine; `make_token` gives a token that shows who reads."""

    is_local = False

    def __init__(self, base: str, publisher: str, reader: str, make_token: Callable[[], str]) -> None:
        self._url = f"{base.rstrip('/')}{PATH}/{publisher}"
        self._reader, self._make_token = reader, make_token

    def head(self) -> tuple[int, int]:
        """Raises FeedUnreachable."""
        page = self._fetch(after=0, limit=0)
        return page["epoch"], page["seq"]

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """Raises FeedUnreachable."""
        return [(number, text) for number, text in self._fetch(after=seq, limit=limit)["events"]]

    def release(self) -> None:
        """See Feed."""

    def _fetch(self, **params: int) -> _Page:
        watchdog.report()
        headers = {"Authorization": f"Bearer {self._make_token()}", "X-Reader": self._reader}
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands between services, and no .netrc speaks for us
                response = session.get(
                    self._url, params=params, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
                )
                response.raise_for_status()
                page: _Page = response.json()
                return page
        except (requests.RequestException, ValueError) as error:
            raise FeedUnreachable(self._url) from error
