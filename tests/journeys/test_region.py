"""The demo region: whoever tries Houvast finds something on every page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from deploy.local.demo_region import PEOPLE
from tests.support.inline_installation import InlineInstallation, open_installation

pytestmark = pytest.mark.clock

EXPECTED = {
    "Sam": {
        "/": "Bellen",
        "/bellijst": "Fleur Was er niet op",
        "/berichten/gemist": "Fleur .*We hebben je gemist",
        "/berichten/antwoorden": "Ravi .*Nieuw",
        "Dinsdaggroep": "Lente",
        "Ochtendkring": r"Kiki .*krijgt geen berichten van ons.*een vriendelijk bericht, even bellen",
        0: r"valt in: Luca.*Anouk heeft zich afgemeld.*Vlinder krijgt geen berichten van ons",
        1: r"Bibliotheek Lindeveen.*Verplaatst\. Eerst was het.*geef het zelf door",
        2: r"gaat niet door\. 2 mensen krijgen geen bericht",
    },
    "Luca": {"/": "Nog invullen|agenda", "/groepen": "Donderdagkring.*Zondagochtend"},
    "Kim": {"/bellijst": "Ochtendkring 1 0 0", "/beheer/inzage": "Sam|Vos|Kim", "/kennismaking": "Bo.*Wolk"},
    "Vos": {"/": "Bo Aangemeld op", "/kennismaking": "Bo.*Wolk"},
    "Robin": {
        "/berichten": "Niet aangekomen .*Niet verstuurd",  # a week later the first of them is not shown
        "/gebeurtenissen": "Bijeenkomst verplaatst",
    },
}


def be(installation: InlineInstallation, name: str) -> Any:
    person = installation.visitor()
    page = person.open("/inloggen")
    button = re.search(rf'action="(/inloggen/demo/[^"]+)"(?:(?!</form>).)*>\s*{name}\b', page.html, re.S)
    assert button is not None
    person.submit(page, re.escape(button[1]))
    return person


def address_of(person: Any, path: str | int) -> str:
    """Return the address itself, that of a group by its name, or of a coming meeting of the morning group."""
    if isinstance(path, str) and path.startswith("/"):
        return path
    name = path if isinstance(path, str) else "Ochtendkring"
    groups = re.findall(r'href="(/groepen/[0-9a-f-]{36})"', person.open("/groepen").html)
    group = next(address for address in groups if f"<h1>{name}" in person.open(address).html)
    if isinstance(path, str):
        return str(group)
    return list(dict.fromkeys(re.findall(r'href="(/bijeenkomsten/[\w-]+)"', person.open(group).html)))[path]


@pytest.mark.parametrize("name", [person.name for person in PEOPLE])
def test_everybody_finds_something_on_their_pages(files: Path, name: str) -> None:
    with open_installation(files) as installation:
        person = be(installation, name)

        pages = {path: person.open(address_of(person, path)) for path in EXPECTED[name]}

        assert {path: page.status for path, page in pages.items()} == dict.fromkeys(pages, 200)
        missing = [path for path, page in pages.items() if not re.search(EXPECTED[name][path], page.text)]
        assert missing == [], [pages[path].text for path in missing]


def test_everything_in_it_was_consumed_and_what_was_sent_went_to_invented_addresses(files: Path) -> None:
    with open_installation(files) as installation:
        assert installation.unhealthy_findings() == []
        to = {str(mail["To"]) for mail in installation.inline_worker.mailbox.messages()}

    assert to
    assert all(re.fullmatch(r"\w+@(example\.org|houvast\.example)|\+3161234\d{4}", address) for address in to)
