"""Every link of every page leads somewhere for who sees it, and every button does something for who can press it.

Walked in the demo region and in a region after weeks in which everything happened once, by everybody who works
there, by who takes part, and by who only comes along.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.local.demo_region import PEOPLE
from deploy.local.visitor import path_of
from services.intake.models import Participant
from services.meetings.commands import staff
from services.meetings.commands.installation import add_organisation
from services.meetings.models import Staff, StaffRole
from shared.ids import new_id
from shared.security.access import Cookies
from shared.security.actor import Actor, system
from tests.journeys.everyday import EverydayFacts
from tests.journeys.routes import ROLES, sign
from tests.journeys.walking import Walk, in_order, kind_of, links_of, press, walk
from tests.support.inline_installation import InlineInstallation, open_installation
from tests.support.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
OWN_PAGES = ("/mijn", "/mijn/berichten", "/mijn/gegevens", "/mijn/agenda", "/mijn/inzage")


def colleague(installation: InlineInstallation, name: str) -> Visitor:
    """Give one of the people of the demo at the pages."""
    visitor = installation.visitor()
    page = visitor.open("/inloggen")
    button = re.search(rf'action="(/inloggen/demo/[^"]+)"(?:(?!</form>).)*>\s*{name}\b', page.html, re.S)
    assert button is not None
    visitor.submit(page, re.escape(button[1]))
    return visitor


def participant(installation: InlineInstallation, participant_id: str) -> Visitor:
    """Give somebody who takes part, who typed the code just now."""
    name = Cookies.of(installation.installation.url).participant
    return Visitor(installation.app, cookies={name: sign(Actor(participant_id, "participant"))})


def failing(visitor: Visitor, walked: Walk) -> dict[str, str]:
    """Press every button; give those that are refused, and the links that lead nowhere on what they answer.

    Something to fill in first is no refusal.
    """
    wrong, known = {}, {kind_of(address) for address in walked.pages}
    for button in in_order(walked):
        answer = press(visitor, button)
        if answer is None:
            continue
        name = f"{button.name}={button.value} to {button.action} on {button.page}"
        if answer.status >= 400 and not (button.needs_filling and answer.status in (400, 409)):
            wrong[name] = str(answer.status)
        fresh = {kind_of(link): link for link in links_of(answer) if kind_of(link) not in known}
        known |= set(fresh)
        wrong |= walk(visitor, *fresh.values(), came_from=name).dead_ends
    return wrong


@pytest.mark.parametrize("name", [person.name for person in PEOPLE])
def test_links_and_buttons_of_the_demo_work_for_who_works_there(files: Path, name: str) -> None:
    with open_installation(files) as installation:
        visitor = colleague(installation, name)

        walked = walk(visitor, "/")

        assert walked.dead_ends == {}
        assert len(walked.pages) > 5
        assert failing(visitor, walked) == {}
        # Every button was pressed: groups have ended, people are gone, messages were held back.
        installation.settle()
        assert walk(visitor, "/").dead_ends == {}


@pytest.mark.parametrize("role", [*ROLES, "installation_manager"])
def test_links_and_buttons_work_for_who_has_one_role_only(
    weeks: tuple[InlineInstallation, EverydayFacts], role: str
) -> None:
    installation, facts = weeks
    organisation_id = facts.ids["organisation_id"]
    held = "manager" if role == "installation_manager" else role
    rows = StaffRole.select().where(StaffRole.organisation == organisation_id, StaffRole.role == held)
    staff_id = sorted(str(row.staff_id) for row in rows)[0]
    if held != "manager":
        another_manager(installation, organisation_id)
    staff.change_roles(
        system("installation"),
        organisation_id=organisation_id,
        staff_id=staff_id,
        roles=[held],
        request_id=new_id(),
    )
    Staff.update(manages_installation=role == "installation_manager").where(Staff.id == staff_id).execute()
    installation.settle()
    visitor = installation.visitor(staff_id)

    walked = walk(visitor, "/")

    assert walked.dead_ends == {}
    assert ("/beheer/installatie" in walked.pages) is (role == "installation_manager")
    assert failing(visitor, walked) == {}
    installation.settle()
    assert walk(visitor, "/").dead_ends == {}


def another_manager(installation: InlineInstallation, organisation_id: str) -> None:
    """Let somebody else manage too, so that everybody can lose that role."""
    staff.register_staff(
        system("installation"),
        organisation_id=organisation_id,
        name="Bij",
        email="bij@houvast.example",
        roles=["manager"],
        request_id=new_id(),
    )
    installation.settle()
    assert Staff.select().exists()


def test_links_and_buttons_work_for_who_takes_part(weeks: tuple[InlineInstallation, EverydayFacts]) -> None:
    installation, facts = weeks
    visitor = participant(installation, facts.participant_id)

    walked = walk(visitor, *OWN_PAGES)

    assert walked.dead_ends == {}
    assert set(OWN_PAGES) <= set(walked.pages)
    assert failing(visitor, walked) == {}


def test_links_and_buttons_work_for_everybody_who_takes_part_in_the_demo(files: Path) -> None:
    with open_installation(files) as installation:
        for person in list(Participant.select()):
            visitor = participant(installation, str(person.id))

            walked = walk(visitor, *OWN_PAGES)

            assert walked.dead_ends == {}


def test_links_and_buttons_work_for_who_just_comes_along(files: Path) -> None:
    with open_installation(files) as installation:
        visitor = installation.visitor()

        walked = walk(
            visitor, "/aanmelden", "/inloggen", "/mijn", "/mijn/code?uit=1", "/aanmelden/de-kade/bedankt?adres=nee"
        )

        assert walked.dead_ends == {}
        assert failing(visitor, walked) == {}


def test_links_and_buttons_work_in_an_organisation_in_which_nothing_happened_yet(files: Path) -> None:
    with open_installation(files) as installation:
        staff_id = add_organisation(
            system("installation"),
            organisation="Het Anker",
            region="Lindeveen",
            name="Bo",
            email="bo@houvast.example",
            request_id=new_id(),
        )
        installation.settle()
        visitor = installation.visitor(staff_id)

        walked = walk(visitor, "/")

        assert walked.dead_ends == {}
        assert len(walked.pages) > 5
        assert failing(visitor, walked) == {}


def test_buttons_behind_the_links_in_messages_do_something(files: Path) -> None:
    with open_installation(files) as installation:
        links = {kind_of(link): link for link in message_links(installation)}
        assert len(links) > 3

        for link in links.values():
            visitor = installation.visitor()
            walked = walk(visitor, link)

            assert failing(visitor, walked) == {}, link


def message_links(installation: InlineInstallation) -> set[str]:
    """Return where the links in all mail lead."""
    return {
        path_of(link) or ""
        for mail in installation.mailbox.messages()
        for link in re.findall(r"https?://[^\s<>]+", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    }


def test_every_link_in_a_message_leads_somewhere(files: Path) -> None:
    with open_installation(files) as installation:
        answers = {link: installation.visitor().open(link).status for link in message_links(installation)}

        assert 200 in answers.values()
        # A moment that is over says so, on a page of its own.
        assert {link: status for link, status in answers.items() if status not in (200, 410)} == {}
