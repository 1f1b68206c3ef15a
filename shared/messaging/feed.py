"""Where a consumer reads a publisher's log: one port, so that every transport is only a faster way to the same.

On one machine the log is read from the publisher's own store; across machines over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import requests

from shared.messaging.outbox import Outbox

PATH = "/feed"
TIMEOUT_SECONDS = 10


class FeedUnreachable(Exception):
    """The publisher does not answer now; what it said waits there."""


class Feed(Protocol):
    """A publisher's log, from the outside."""

    @property
    def is_local(self) -> bool:
        """Whether looking at it costs nothing."""

    def head(self) -> tuple[int, int]:
        """(epoch of the publisher's store, last number given)."""

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """Events with a number above `seq`, in order, with that number: at most `limit`."""

    def release(self) -> None:
        """Nothing to read for now."""


Feeds = Mapping[str, Feed]


class LocalFeed:
    """The log of a publisher whose store is on this machine."""

    is_local = True

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def head(self) -> tuple[int, int]:
        """See Feed."""
        return self._outbox.head()

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """See Feed."""
        return self._outbox.after(seq, limit)

    def release(self) -> None:
        """See Feed."""
        self._outbox.database.release()


class HttpFeed:
    """The log of a publisher on another machine; `make_token` gives what shows who we are."""

    is_local = False

    def __init__(self, base: str, publisher: str, reader: str, make_token: Callable[[], str]) -> None:
        self._url = f"{base.rstrip('/')}{PATH}/{publisher}"
        self._reader, self._make_token = reader, make_token

    def head(self) -> tuple[int, int]:
        """See Feed. Raises FeedUnreachable."""
        answer = self._ask(after=0, limit=0)
        return answer["epoch"], answer["seq"]

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """See Feed. Raises FeedUnreachable."""
        return [(number, text) for number, text in self._ask(after=seq, limit=limit)["events"]]

    def release(self) -> None:
        """See Feed."""

    def _ask(self, **asked: int) -> Any:
        headers = {"Authorization": f"Bearer {self._make_token()}", "X-Reader": self._reader}
        try:
            with requests.Session() as session:
                session.trust_env = False  # no proxy stands between services, and no .netrc speaks for us
                answer = session.get(
                    self._url, params=asked, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
                )
                answer.raise_for_status()
                return answer.json()
        except (requests.RequestException, ValueError) as error:
            raise FeedUnreachable(self._url) from error
