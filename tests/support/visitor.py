"""Somebody at the pages of services that are open in this process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from werkzeug.test import Client, TestResponse

from deploy.local import visitor
from deploy.local.visitor import Answer, path_of
from shared.ids import new_id


class Visitor(visitor.Visitor):
    """Opens pages and sends their forms; `client` keeps the cookies and follows no redirect by itself.

    network        the address that requests come from
    last_response  the newest answer as it came, with its headers
    """

    network = "127.0.0.1"
    last_response: TestResponse

    def __init__(
        self, app: Any, *, cookies: Mapping[str, str] | None = None, base_url: str = "http://localhost"
    ) -> None:
        self.client, self._base_url = Client(app), base_url
        for name, value in (cookies or {}).items():
            self.client.set_cookie(name, value, domain=urlsplit(base_url).hostname or "localhost")
        super().__init__(self._request)

    def sign_in(self, staff_id: str) -> Self:
        """Sign in as one of the demo people who work here."""
        self.submit(self.open("/inloggen"), f"/inloggen/demo/{staff_id}")
        return self

    def tap(self, path: str, **data: Any) -> TestResponse:
        """Send one form as the script of a page does, which wants a problem instead of a page back."""
        token = self.open("/").forms[0].fields["csrf_token"][0]
        return self.tap_with(token, path, **data)

    def tap_with(self, token: str, path: str, **data: Any) -> TestResponse:
        """Do the same with a token from an older page; where a 307 leads, the whole form is sent again."""
        filled = {"csrf_token": token, "request_id": new_id()} | data
        while True:
            answer = self.client.post(path, data=filled, headers={"Accept": "application/problem+json"})
            if answer.status_code != 307:
                return answer
            path = answer.location

    def _request(self, method: str, path: str, data: Mapping[str, Any] | None) -> Answer:
        answer = self.last_response = self.client.open(
            path, method=method, data=data, base_url=self._base_url, environ_base={"REMOTE_ADDR": self.network}
        )
        return Answer(answer.status_code, answer.get_data(as_text=True), path_of(answer.headers.get("Location")))
