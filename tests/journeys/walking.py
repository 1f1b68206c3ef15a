"""Walking through all pages that somebody can reach, with every link and every button on them."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urlsplit

from deploy.local.visitor import Form, Page
from tests.support.visitor import Visitor

# Ids, and whatever else differs between pages that are made by one route.
_VARIABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[A-Za-z0-9_-]{40,}|\d{4}-\d{2}-\d{2}|\d+")
# Of pages that are made by one route so many are walked: there are hundreds of events.
MOST_OF_ONE_KIND = 12
WAYS_IN = ("/inloggen", "/mijn/code")
# To who is not known yet it says how to come in, and that is what they look for there.
OWN_PAGE = "/mijn"
# The clock of the demo is everybody's, and signing out ends the walk.
NOT_PRESSED = ("/demo/klok", "/inloggen/uit", "/mijn/uit")
# What takes away what other buttons are about comes last.
LAST = ("weghalen", "weg", "afsluiten", "afzeggen", "niet-doorgegaan", "afscheid", "tegenhouden")


@dataclass
class Walk:
    """What was found: the pages, and the links that led nowhere with the pages that they stand on."""

    pages: dict[str, Page] = field(default_factory=dict)
    dead_ends: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    """One button of a form: where it stands, and whether something must be filled in or chosen first."""

    page: str
    action: str
    name: str
    value: str
    needs_filling: bool


def walk(visitor: Visitor, *starts: str, came_from: str = "") -> Walk:
    """Open every page that can be reached from these, by links only.

    came_from  the page on which the starts are links; "" when they are where somebody begins, who may be sent on
    """
    walked, kinds, queue = Walk(), Counter[str](), deque((start, came_from) for start in starts)
    seen: set[str] = set(starts)
    while queue:
        address, came_from = queue.popleft()
        page = visitor.open(address)
        if not _is_somewhere(page, address if came_from else page.path):
            walked.dead_ends[address] = f"{page.status}, from {came_from}"
            continue
        walked.pages[address] = page
        for link in links_of(page):
            if link not in seen and kinds[kind_of(link)] < MOST_OF_ONE_KIND:
                seen.add(link)
                kinds[kind_of(link)] += 1
                queue.append((link, address))
    return walked


def _is_somewhere(page: Page, address: str) -> bool:
    """Tell whether there is something at the end of a link, and not the way in for who may not come."""
    ends_at, asked = urlsplit(page.path).path, urlsplit(address).path
    return page.status in (200, 204) and (ends_at not in WAYS_IN or asked in (ends_at, OWN_PAGE))


def links_of(page: Page) -> list[str]:
    """Return where the links of a page lead; an address with its host is in a message, for somebody else."""
    reader = _Reader()
    reader.feed(page.html)
    return [urldefrag(href).url for href in reader.links if href.startswith("/")]


def buttons_of(page: Page) -> list[Button]:
    """Return the buttons of the forms that change something."""
    reader = _Reader()
    reader.feed(page.html)
    forms = zip(page.forms, reader.methods, reader.needs_filling, strict=True)
    return [
        button
        for form, method, needs_filling in forms
        if method == "post"
        for button in _buttons(page, form, needs_filling)
    ]


def _buttons(page: Page, form: Form, needs_filling: bool) -> Iterator[Button]:
    for name, value, _ in form.buttons:
        yield Button(page.path, form.action, name, value, needs_filling)


def kind_of(address: str) -> str:
    """Return the same for all addresses of one route with the same questions."""
    parts = urlsplit(address)
    names = sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query))
    return f"{_VARIABLE.sub('*', parts.path)}?{','.join(names)}"


def in_order(walked: Walk) -> list[Button]:
    """Return every button that may be pressed, of each kind a few, those that take away last."""
    kinds, chosen = Counter[tuple[str, ...]](), []
    for page in walked.pages.values():
        for button in buttons_of(page):
            kind = (kind_of(button.page), kind_of(button.action), button.name, button.value)
            if button.action not in NOT_PRESSED and kinds[kind] < 2:
                kinds[kind] += 1
                chosen.append(button)
    return sorted(chosen, key=lambda button: button.action.split("/")[-1].split("?")[0] in LAST)


def press(visitor: Visitor, button: Button) -> Page | None:
    """Open the page anew and press the button as it stands; None when it is not there any more."""
    page = visitor.open(button.page)
    forms = [form for form in page.forms if form.action == button.action]
    if page.status != 200 or not any(_has(form, button) for form in forms):
        return None
    form = next(form for form in forms if _has(form, button))
    pressed: dict[str, Any] = {button.name: button.value} if button.name else {}
    return visitor.send(form, **pressed)


def _has(form: Form, button: Button) -> bool:
    return any((name, value) == (button.name, button.value) for name, value, _ in form.buttons)


class _Reader(HTMLParser):
    """Collects links, and of each form its method and whether somebody has to fill in or choose something."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.methods: list[str] = []
        self.needs_filling: list[bool] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {key: value or "" for key, value in attrs}
        if tag == "a":
            self.links.append(at.get("href", ""))
        elif tag == "form":
            self.methods.append(at.get("method", "get"))
            self.needs_filling.append(False)
            self._is_open = True
        elif self._is_open and (tag in ("textarea", "select") or (tag == "input" and at.get("type") != "hidden")):
            self.needs_filling[-1] = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False
