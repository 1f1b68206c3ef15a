"""Somebody at the pages without a browser: opens a page, fills in its form as it stands, presses a button."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import requests

MAX_REDIRECTS = 8


@dataclass
class Form:
    """One form of a page: where it goes, and what each field holds until somebody changes it."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back, before any redirect is followed."""

    status: int
    text: str
    location: str | None = None


@dataclass(frozen=True)
class Page:
    """What somebody sees."""

    path: str
    status: int
    html: str

    @property
    def text(self) -> str:
        """The words on the page."""
        bare = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", self.html)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bare))).strip()

    @property
    def forms(self) -> list[Form]:
        """The forms on it, in order."""
        reader = _FormReader()
        reader.feed(self.html)
        return reader.forms

    def form(self, action: str) -> Form:
        """Return the form that goes, itself or by a button, to an address that matches this pattern."""
        for form in self.forms:
            for address in (form.action, *(goes_to for _, _, goes_to in form.buttons if goes_to)):
                if re.fullmatch(action, address):
                    return replace(form, action=address)
        raise LookupError(
            f"{self.path} ({self.status}) has no form {action}: {[form.action for form in self.forms]}"
        )

    def link(self, pattern: str) -> str:
        """Return the first address on the page that matches the pattern."""
        for href in re.findall(r'href="([^"]+)"', self.html):
            if re.fullmatch(pattern, html.unescape(href)):
                return html.unescape(href)
        raise LookupError(f"{self.path} has no link {pattern}")


Send = Callable[[str, str, Mapping[str, object] | None], Answer]


class Visitor:
    """Somebody who sends requests by one function, which keeps the cookies."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def open(self, path: str) -> Page:
        """Go to an address and follow where it leads."""
        return self._follow("GET", path, None)

    def submit(self, page: Page, action: str, **filled: object) -> Page:
        """Fill in a form of this page and send it; a list fills a field more than once, None leaves it out."""
        return self.send(page.form(action), **filled)

    def send(self, form: Form, **filled: object) -> Page:
        """Fill in this form and send it, as `submit` does."""
        values: dict[str, object] = dict(form.fields)
        values.update({name: value for name, value in filled.items() if value is not None})
        for name, value in filled.items():
            if value is None:
                values.pop(name, None)
        return self._follow("POST", form.action, values)

    def _follow(self, method: str, path: str, data: Mapping[str, object] | None) -> Page:
        for _ in range(MAX_REDIRECTS):
            answer = self._send(method, path, data)
            if answer.location is None:
                return Page(path, answer.status, answer.text)
            path = answer.location
            if answer.status != 307:
                method, data = "GET", None
        raise RuntimeError(f"{path} keeps sending us on")


def over_http(url: str, *, timeout_seconds: float = 10) -> Send:
    """Return what sends requests to an address, with cookies of its own."""
    session = requests.Session()

    def send(method: str, path: str, data: Mapping[str, object] | None) -> Answer:
        answer = session.request(method, url + path, data=data, allow_redirects=False, timeout=timeout_seconds)
        return Answer(answer.status_code, answer.text, path_of(answer.headers.get("Location")))

    return send


def path_of(location: str | None) -> str | None:
    """Return where a redirect leads on this host."""
    if location is None:
        return None
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


class _FormReader(HTMLParser):
    """Collects forms with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._open = Form(at.get("action", ""))
            self.forms.append(self._open)
        if self._open is None:
            return
        name = at.get("name", "")
        if tag == "input":
            self._input(self._open, at, name)
        elif tag == "button":
            self._open.buttons.append((name, at.get("value", ""), at.get("formaction", "")))
        elif tag == "textarea":
            self._area = name
            self._open.fields[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            self._option(self._open, self._select, at)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area is not None:
            self._open.fields[self._area] = [self._open.fields[self._area][0] + data]

    @staticmethod
    def _input(form: Form, at: dict[str, str], name: str) -> None:
        if at.get("type") in ("radio", "checkbox"):
            form.offered.setdefault(name, []).append(at.get("value", "on"))
            if "checked" not in at:
                return
            form.fields.setdefault(name, []).append(at.get("value", "on"))
        elif name:
            form.fields.setdefault(name, []).append(at.get("value", ""))

    @staticmethod
    def _option(form: Form, name: str, at: dict[str, str]) -> None:
        form.offered.setdefault(name, []).append(at.get("value", ""))
        if "selected" in at or name not in form.fields:
            form.fields[name] = [at.get("value", "")]
