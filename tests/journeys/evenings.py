"""A group that meets, played by the people of it: at the pages, and by the links in what is sent to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.installation import Installation
from deploy.local.visitor import Page
from services.meetings.commands.sign_in import make_first_link
from shared import clock
from tests.notifications.gateway import TOKEN

ZONE = ZoneInfo("Europe/Amsterdam")
BOTH = ("reminders", "missed_you")
SIGN_UP, NEW_GROUP = "/aanmelden/de-kade", "/groepen/nieuw"
SMS_SECRET = "geheim-van-de-gateway-0123456789abcdef"
_COLLEAGUES = {
    "Mia": ("intro_worker", "messenger"),
    "Sam": ("facilitator",),
    "Kim": ("facilitator",),
}


@dataclass(frozen=True)
class Post:
    """Something that was delivered: an e-mail or a text message, in words."""

    to: str
    subject: str
    text: str

    def link(self, pattern: str) -> str:
        """The path of the first link in it that matches."""
        found = re.search(rf"https?://[^\s/]+({pattern})", self.text)
        assert found, f"no link {pattern} in: {self.text}"
        return found[1]


class Kade:
    """De Kade in an installation of its own. Vos coordinates and manages; Mia makes acquaintance and minds
    messages; Sam
    and Kim lead. Everything is done at the pages."""

    def __init__(self, installation: Any, at: str) -> None:
        self.installation = installation
        self._begin_at(at)
        link = f"/inloggen/eerste/{make_first_link()}"
        self.vos = installation.person()
        self.vos.submit(
            self.vos.open(link), link, name="Vos", email="vos@houvast.example", organisation="De Kade",
            region="Lindeveen",
        )  # fmt: skip
        for name, roles in _COLLEAGUES.items():
            new = self.vos.open("/beheer").link(r"/beheer/[\w-]+/medewerkers/nieuw")
            self.vos.submit(self.vos.open(new), new, name=name, email=address_of(name), roles=list(roles))
        self.mia, self.sam, self.kim = (self.be(name) for name in ("Mia", "Sam", "Kim"))
        installation.settle()
        self._seen = len(self.post())

    def _begin_at(self, text: str) -> None:
        """The clock of an empty installation may be set back once, so that a day in the past can be played."""
        file = self.installation.installation.clock_file
        file.write_text(repr((_moment(text) - clock.wall()).total_seconds()), encoding="ascii")

    # --- people at the pages ---

    def be(self, name: str) -> Any:
        """Somebody who works here, signed in on a telephone of their own."""
        person = self.installation.person()
        page = person.open("/inloggen")
        found = re.search(rf'action="(/inloggen/demo/[^"]+)"(?:(?!</form>).)*>\s*{name}\b', page.html, re.S)
        assert found, f"{name} is not on the page to sign in"
        person.submit(page, re.escape(found[1]))
        return person

    def group(self, name: str = "Dinsdaggroep", **told: Any) -> str:
        """A group on Tuesday evenings in Buurthuis De Brug that Sam leads; gives its address."""
        form = {
            "name": name, "audience": "own", "admission": "rolling", "max_size": "", "venue_id": "new",
            "venue_name": "Buurthuis De Brug", "venue_address": "Brugstraat 1, Lindeveen", "venue_area": "3412",
            "first_on": "2026-11-24", "at": "19:30", "every_weeks": "1", "minutes": "120",
            "first_facilitator": self.staff_id("Sam"), "after_absence": ["message", "call"],
        } | told  # fmt: skip
        page = self.vos.submit(self.vos.open(f"{NEW_GROUP}?soort=recovery_workgroup"), NEW_GROUP, **form)
        assert page.status == 200, page.text
        self.installation.settle()
        return str(page.path)

    def staff_id(self, name: str) -> str:
        """The id of somebody who works here, as the form to start a group has it."""
        page = self.vos.open(f"{NEW_GROUP}?soort=recovery_workgroup")
        found = re.search(rf'<option value="([\w-]+)"[^>]*>\s*{name}\b', page.html)
        assert found, f"{name} leads nothing"
        return found[1]

    def sign_up(self, name: str, *, email: str = "", mobile: str = "", purposes: Sequence[str] = ()) -> str:
        """Somebody signs up at the public page; gives the address of the sign-up for who makes acquaintance."""
        visitor = self.installation.person()
        page = visitor.submit(
            visitor.open(SIGN_UP), SIGN_UP, call_name=name, email=email, mobile=mobile, purposes=list(purposes)
        )
        assert page.path.startswith(f"{SIGN_UP}/bedankt"), page.text
        self.installation.settle()
        return self.waiting(name)

    def waiting(self, name: str) -> str:
        """The address of somebody on the list of who makes acquaintance."""
        listed = self.mia.open("/kennismaking").html
        found = re.search(
            rf'href="(/kennismaking/[0-9a-f-]{{36}})[^"]*"[^>]*>(?:(?!</a>).)*{name}\b', listed, re.S
        )
        assert found, f"{name} is not on the list"
        return found[1]

    def join(self, group: str, name: str, **told: Any) -> None:
        """Somebody signs up, and gets a place in this group without a talk."""
        signup = self.sign_up(name, **told)
        page = self.mia.submit(self.mia.open(signup), f"{signup}/plek", group_id=group.rpartition("/")[2])
        assert page.status == 200, page.text
        self.installation.settle()

    def farewell(self, group: str, name: str) -> None:
        """Somebody leaves the group today."""
        page = self.sam.open(group)
        to = re.search(
            rf'{name}</strong>(?:(?!</li>).)*href="({group}/deelnemers/[\w-]+/afscheid)"', page.html, re.S
        )
        assert to, page.text
        self.sam.submit(self.sam.open(to[1]), to[1])
        self.installation.settle()

    # --- meetings ---

    def meeting(self, group: str, number: int = 0) -> str:
        """The address of the next meeting of a group, or a later one."""
        return list(dict.fromkeys(re.findall(r'href="(/bijeenkomsten/[\w-]+)"', self.sam.open(group).html)))[
            number
        ]

    def mark(self, meeting: str, name: str, mark: str, *, who: Any = None, page: Page | None = None) -> Page:
        """One tap: present, excused or absent; on a page that was opened earlier when that is given."""
        who = who or self.sam
        page = page or who.open(meeting)
        found = re.search(rf'id="m-([\w-]+)"[^>]*aria-label="{name}"', page.html)
        assert found, f"{name} is not on the list: {page.text}"
        number = [form.fields.get("membership_id") for form in page.forms].index([found[1]])
        form = page.forms[number]
        tap = next(one for one, value, _ in form.buttons if value == mark)
        answer: Page = who.send(form, **{tap: mark})
        self.installation.settle()
        return answer

    def done(self, meeting: str) -> Page:
        """ "Klaar", as it is shown."""
        page: Page = self.sam.submit(self.sam.open(meeting), f"{meeting}/klaar")
        self.installation.settle()
        return page

    def cancel(self, meeting: str, who: Any = None) -> Page:
        """This one is off."""
        who = who or self.sam
        page: Page = who.submit(who.open(f"{meeting}/wijzigen"), f"{meeting}/afzeggen")
        self.installation.settle()
        return page

    def move(self, meeting: str, **told: Any) -> Page:
        """This one is at another moment or place."""
        page: Page = self.sam.submit(self.sam.open(f"{meeting}/wijzigen"), f"{meeting}/verplaatsen", **told)
        self.installation.settle()
        return page

    # --- time and post ---

    def at(self, text: str) -> None:
        """Let it become this moment in local time ('2026-11-23 18.05'), and everything happen that is due."""
        clock.move_to(_moment(text))
        self.installation.settle()

    def post(self, to: str | None = None) -> list[Post]:
        """All that was delivered, oldest first; to one address or number when that is given."""
        found = [
            Post(str(mail["To"]), str(mail["Subject"] or ""), _words(mail)) for mail in self.installation.mails()
        ]
        return [one for one in found if to is None or to in one.to]

    def news(self) -> list[Post]:
        """What was delivered since this was asked last."""
        found = self.post()[self._seen :]
        self._seen += len(found)
        return found


@dataclass(frozen=True)
class Texting(Installation):
    """An installation whose text messages leave by the gateway of CM.com."""

    gateway: str = ""

    def environment(self) -> dict[str, str]:
        """As for every installation, and how to reach the gateway instead of the mailbox."""
        sms = {"token": TOKEN, "sender": "0031600000000", "url": self.gateway, "webhook_secret": SMS_SECRET}
        told = {f"NOTIFICATIONS_SMS_{name.upper()}": value for name, value in sms.items()}
        return super().environment() | told | {"NOTIFICATIONS_MAILBOX": "", "NOTIFICATIONS_MAILBOX_PAGE": "0"}


def address_of(name: str) -> str:
    """Where somebody who works here reads their mail."""
    return f"{name.lower()}@houvast.example"


def delivered(posts: Sequence[Post]) -> list[tuple[str, str]]:
    """(to, subject) of each, in a fixed order; a text message has no subject."""
    return sorted((one.to, one.subject) for one in posts)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZONE)


def _words(mail: Any) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())
