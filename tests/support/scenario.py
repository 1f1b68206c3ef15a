"""An organisation whose people act at the pages, and by the links in what is sent to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.visitor import Page
from services.meetings.commands.sign_in import make_first_link
from tests.notifications.gateway import TOKEN
from tests.support.housekeeping import pass_months
from tests.support.inline_installation import InlineInstallation
from tests.support.moments import set_clock
from tests.support.visitor import Visitor

BOTH = ("reminders", "missed_you")
SIGN_UP, NEW_GROUP = "/aanmelden/de-kade", "/groepen/nieuw"
SMS_SECRET = "geheim-van-de-gateway-0123456789abcdef"
_COLLEAGUES = {"Mia": ("intro_worker", "messenger"), "Sam": ("facilitator",), "Kim": ("facilitator",)}


@dataclass(frozen=True)
class Delivery:
    """Something that was delivered: an e-mail or a text message, in words."""

    to: str
    subject: str
    text: str

    def link(self, pattern: str) -> str:
        """Return the path of the first link in it that matches."""
        link = re.search(rf"https?://[^\s/]+({pattern})", self.text)
        assert link, f"no link {pattern} in: {self.text}"
        return link[1]


class Scenario:
    """De Kade in an installation of its own, from `at` on (local time, '2026-11-16 10.00').

    Vos coordinates and manages, Mia makes acquaintance and watches over messages, Sam and Kim lead. Everything is
    done at the pages.
    """

    def __init__(self, installation: InlineInstallation, at: str) -> None:
        self.installation = installation
        clock_file = installation.installation.clock_file
        assert clock_file is not None
        set_clock(clock_file, at)
        link = f"/inloggen/eerste/{make_first_link()}"
        self.vos = installation.visitor()
        self.vos.submit(
            self.vos.open(link),
            link,
            name="Vos",
            email="vos@houvast.example",
            organisation="De Kade",
            region="Lindeveen",
        )
        for name, roles in _COLLEAGUES.items():
            new = self.vos.open("/beheer").link(r"/beheer/[\w-]+/medewerkers/nieuw")
            self.vos.submit(self.vos.open(new), new, name=name, email=email_of(name), roles=list(roles))
        self.mia, self.sam, self.kim = (self.sign_in(name) for name in ("Mia", "Sam", "Kim"))
        installation.settle()
        self._read_so_far = len(self.deliveries())

    # --- people at the pages ---

    def sign_in(self, name: str) -> Visitor:
        """Sign in somebody who works here, on a telephone of their own."""
        visitor = self.installation.visitor()
        page = visitor.open("/inloggen")
        button = re.search(rf'action="(/inloggen/demo/[^"]+)"(?:(?!</form>).)*>\s*{name}\b', page.html, re.S)
        assert button, f"{name} is not on the page to sign in"
        visitor.submit(page, re.escape(button[1]))
        return visitor

    def group(self, name: str = "Dinsdaggroep", **fields: Any) -> str:
        """Start a group on Tuesday evenings in Buurthuis De Brug that Sam leads; returns its address."""
        form = {
            "name": name,
            "audience": "own",
            "admission": "rolling",
            "max_size": "",
            "venue_id": "new",
            "venue_name": "Buurthuis De Brug",
            "venue_address": "Brugstraat 1, Lindeveen",
            "venue_area": "3412",
            "first_on": "2026-11-24",
            "at": "19:30",
            "every_weeks": "1",
            "minutes": "120",
            "first_facilitator": self.staff_id("Sam"),
            "after_absence": ["message", "call"],
        } | fields
        page = self.vos.submit(self.vos.open(f"{NEW_GROUP}?soort=recovery_workgroup"), NEW_GROUP, **form)
        assert page.status == 200, page.text
        self.installation.settle()
        return str(page.path)

    def staff_id(self, name: str) -> str:
        """Return the id of somebody who works here, as the form to start a group has it."""
        page = self.vos.open(f"{NEW_GROUP}?soort=recovery_workgroup")
        option = re.search(rf'<option value="([\w-]+)"[^>]*>\s*{name}\b', page.html)
        assert option, f"{name} leads nothing"
        return option[1]

    def sign_up(self, name: str, *, email: str = "", mobile: str = "", purposes: Sequence[str] = ()) -> str:
        """Sign somebody up at the public page; returns the address of the sign-up for who makes acquaintance."""
        visitor = self.installation.visitor()
        page = visitor.submit(
            visitor.open(SIGN_UP), SIGN_UP, call_name=name, email=email, mobile=mobile, purposes=list(purposes)
        )
        assert page.path.startswith(f"{SIGN_UP}/bedankt"), page.text
        self.installation.settle()
        return self.signup_path(name)

    def signup_path(self, name: str) -> str:
        """Return the address of somebody on the list of who makes acquaintance."""
        listed = self.mia.open("/kennismaking").html
        link = re.search(rf'href="(/kennismaking/[0-9a-f-]{{36}})[^"]*"[^>]*>(?:(?!</a>).)*{name}\b', listed, re.S)
        assert link, f"{name} is not on the list"
        return link[1]

    def join(self, group: str, name: str, **fields: Any) -> None:
        """Sign somebody up, and give them a place in this group without a talk."""
        signup = self.sign_up(name, **fields)
        page = self.mia.submit(self.mia.open(signup), f"{signup}/plek", group_id=group.rpartition("/")[2])
        assert page.status == 200, page.text
        self.installation.settle()

    def farewell(self, group: str, name: str) -> None:
        """Let somebody leave the group today."""
        page = self.sam.open(group)
        link = re.search(
            rf'{name}</strong>(?:(?!</li>).)*href="({group}/deelnemers/[\w-]+/afscheid)"', page.html, re.S
        )
        assert link, page.text
        self.sam.submit(self.sam.open(link[1]), link[1])
        self.installation.settle()

    # --- meetings ---

    def meeting(self, group: str, number: int = 0) -> str:
        """Return the address of the next meeting of a group, or of a later one."""
        links = re.findall(r'href="(/bijeenkomsten/[\w-]+)"', self.sam.open(group).html)
        return list(dict.fromkeys(links))[number]

    def mark_attendance(
        self, meeting: str, name: str, mark: str, *, who: Visitor | None = None, page: Page | None = None
    ) -> Page:
        """Tap present, excused or absent; on a page that was opened earlier when that is given."""
        who = who or self.sam
        page = page or who.open(meeting)
        member = re.search(rf'id="m-([\w-]+)"[^>]*aria-label="{name}"', page.html)
        assert member, f"{name} is not on the list: {page.text}"
        form = next(form for form in page.forms if form.fields.get("membership_id") == [member[1]])
        button = next(field for field, value, _ in form.buttons if value == mark)
        answer = who.send(form, **{button: mark})
        self.installation.settle()
        return answer

    def close_meeting(self, meeting: str) -> Page:
        """Press "Klaar", and leave open how it was with whoever was not marked."""
        page = self.sam.submit(self.sam.open(meeting), f"{meeting}/klaar", unmarked="not_recorded")
        self.installation.settle()
        return page

    def cancel_meeting(self, meeting: str, who: Visitor | None = None) -> Page:
        """Call this meeting off."""
        who = who or self.sam
        page = who.submit(who.open(f"{meeting}/wijzigen"), f"{meeting}/afzeggen")
        self.installation.settle()
        return page

    def move_meeting(self, meeting: str, **fields: Any) -> Page:
        """Move this meeting to another moment or place."""
        page = self.sam.submit(self.sam.open(f"{meeting}/wijzigen"), f"{meeting}/verplaatsen", **fields)
        self.installation.settle()
        return page

    # --- time, and what is delivered ---

    def clock_at(self, text: str) -> None:
        """Move the clock to this moment in local time ('2026-11-23 18.05'), and do everything that is due.

        Before it moves, months pass for all that was published: journeys go on from what housekeeping leaves.
        """
        self.installation.settle()
        pass_months(application.service for application in APPLICATIONS)
        self.installation.clock_at(text)
        self.installation.settle()

    def deliveries(self, to: str | None = None) -> list[Delivery]:
        """Return all that was delivered, oldest first; to one address or number when that is given."""
        deliveries = [
            Delivery(str(mail["To"]), str(mail["Subject"] or ""), _words(mail))
            for mail in self.installation.mails()
        ]
        return [delivery for delivery in deliveries if to is None or to in delivery.to]

    def new_deliveries(self) -> list[Delivery]:
        """Return what was delivered since this was asked last."""
        new = self.deliveries()[self._read_so_far :]
        self._read_so_far += len(new)
        return new


@dataclass(frozen=True)
class SmsInstallation(Installation):
    """An installation whose text messages leave by the gateway of CM.com."""

    gateway: str = ""

    def environment(self) -> dict[str, str]:
        """As for every installation, and how to reach the gateway instead of the mailbox."""
        sms = {"token": TOKEN, "sender": "0031600000000", "url": self.gateway, "webhook_secret": SMS_SECRET}
        variables = {f"NOTIFICATIONS_SMS_{name.upper()}": value for name, value in sms.items()}
        return super().environment() | variables | {"NOTIFICATIONS_MAILBOX": "", "NOTIFICATIONS_MAILBOX_PAGE": "0"}


def email_of(name: str) -> str:
    """Where somebody who works here reads their mail."""
    return f"{name.lower()}@houvast.example"


def delivered(deliveries: Sequence[Delivery]) -> list[tuple[str, str]]:
    """Return (to, subject) of each, in a fixed order; a text message has no subject."""
    return sorted((delivery.to, delivery.subject) for delivery in deliveries)


def _words(mail: Any) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())
