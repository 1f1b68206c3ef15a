"""`./houvast demo`: one person from sign-up to the first meeting, on a real installation whose clock is moved.

Everything goes through the pages over HTTP, the two processes, the stores, the events and SMTP. What is printed is
read back from them, and the exit code is 0 only when it was all there.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from datetime import time as hour
from email.message import EmailMessage
from pathlib import Path

import click
import requests

from deploy.local.dead_letters import operator
from deploy.local.demo_region import load_region
from deploy.local.doctor import examine_open_installation
from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.ports import free_port
from deploy.local.processes import Processes
from deploy.local.servers import Servers, remember
from deploy.local.visitor import Page, Visitor, over_http
from services.notifications.channels.mailbox import Mailbox
from shared import clock
from shared.messaging import envelope
from shared.messaging.event_inspector import EventInspector

PATIENCE_SECONDS = 20
NOOR = "noor@example.org"
# Confirmed, invited, reminded, welcomed, asked to fill in a list, reminded.
MESSAGES = 6


class DidNotHappen(Exception):
    """Something that the demo shows did not happen."""


def run_demo(keep: Path | None, servers: Servers) -> int:
    """Run the demo, print what happens, and return the exit code."""
    folder = keep or Path(tempfile.mkdtemp(prefix="houvast-demo-"))
    remember(folder, servers)
    installation = Installation(folder, free_port(), free_port(), servers=servers)
    processes = Processes(installation)
    try:
        click.echo("Vier diensten starten …", err=True)
        installation.prepare()
        load_region(installation, with_history=False)
        if not processes.start():
            raise DidNotHappen("de pagina's kwamen niet op gang")
        _Journey(installation).run()
        processes.stop()
        _finish(installation)
    except (DidNotHappen, LookupError, requests.RequestException) as why:
        click.echo(f"\nHet ging niet zoals het hoort: {why}", err=True)
        return 1
    finally:
        processes.stop()
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    click.echo("\nDit is allemaal echt gebeurd: elke gebeurtenis één keer verwerkt, elk bericht één keer bezorgd.")
    return 0


def _finish(installation: Installation) -> None:
    """Do what became due by the last move of the clock: two processes that are stopped may be halfway."""
    inline_worker = InlineWorker(installation)
    try:
        inline_worker.settle()
    finally:
        inline_worker.close()


class _Journey:
    """How Noor comes in, step by step."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._mailbox = Mailbox(installation.mailbox)
        self._read_up_to = {application.name: application.service.outbox.head()[1] for application in APPLICATIONS}
        self._first_mail = self._mails = self._mailbox.count()
        monday = clock.today() + timedelta(days=7 - clock.today().weekday())
        self._thursday, self._saturday = monday + timedelta(days=3), monday + timedelta(days=12)
        clock.move_to(clock.instant(monday, hour(10)))

    def run(self) -> None:
        """Do every step. Raises DidNotHappen."""
        noor = self._visitor()
        vos, kim, sam = (self._sign_in(name) for name in ("Vos", "Kim", "Sam"))
        self._sign_up(noor)
        at = self._plan_talk(vos)
        self._evening_before(self._thursday, "De avond ervoor: een herinnering aan de kennismaking")
        self._hold_talk(vos, at)
        self._fill_in(noor)
        meeting = self._plan_meeting(kim)
        self._evening_before(self._saturday, "De avond voor de bijeenkomst")
        self._attend(sam, meeting)
        self._check_rest()

    def _sign_up(self, noor: Visitor) -> None:
        self._step("Noor meldt zich aan, met alleen een roepnaam en een mailadres")
        page = noor.open("/aanmelden/de-kade")
        page = noor.submit(
            page, "/aanmelden/de-kade", call_name="Noor", email=NOOR, purposes=["reminders", "questionnaires"],
            days=["1"], parts_of_day=["evening"], area="3412", themes=["minder alleen zijn"],
        )  # fmt: skip
        self._see(page, "Noor|Dank|aangemeld|aanmelding")
        self._events("signup_received")
        self._mail(None)

    def _plan_talk(self, vos: Visitor) -> str:
        self._step("Vos plant een kennismakingsgesprek")
        listed = vos.open("/kennismaking")
        link = re.search(
            r'href="(/kennismaking/[0-9a-f-]{36})/gesprek"[^>]*>(?:(?!</a>).)*Noor', listed.html, re.S
        )
        if link is None:
            raise DidNotHappen("Noor staat niet in de lijst")
        form = vos.open(link[1] + "/gesprek")
        host = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>\s*Vos', form.html)
        page = vos.submit(
            form, link[1] + "/gesprek", on=self._thursday.isoformat(), at="14:00", host_staff_id=host and host[1],
            place="Buurthuis De Brug, Brugstraat 1, Lindeveen",
        )  # fmt: skip
        self._see(page, "14.00")
        self._events("intro_talk_scheduled")
        self._mail(self._thursday)
        return link[1]

    def _hold_talk(self, vos: Visitor, at: str) -> None:
        clock.move_to(clock.instant(self._thursday, hour(14, 50)))
        self._step("Het gesprek is geweest: Noor doet mee, en krijgt meteen een plek in de best passende groep")
        page = vos.open(at)
        outcome = r"/kennismaking/gesprek/[0-9a-f-]{36}/uitkomst"
        page = vos.open(page.link(outcome))
        self._see(page, r"Dinsdaggroep.*Donderdagkring")
        best = page.form(outcome).offered["group_id"]
        chosen = next(group for group in best if group)
        self._see(vos.submit(page, outcome, outcome="joins", group_id=chosen), "Dinsdaggroep")
        self._events("intro_talk_held", "participant_placed", "membership_changed", "measurement_opened")
        self._mail(None, count=2)

    def _fill_in(self, noor: Visitor) -> None:
        self._step("Noor vult de vragenlijst in, via de link in de mail")
        link = self._link(r"/mijn/vragenlijst/[\w-]+")
        page, answered = noor.open(noor.open(link).link(f"{link}/uitspraken")), 0
        while any(form.action == f"{link}/uitspraken" for form in page.forms):
            page = noor.submit(page, f"{link}/uitspraken", answer="4")
            answered += 1
        if answered != 30:
            raise DidNotHappen(f"{answered} van de 30 stellingen beantwoord")
        click.echo(f"   {answered} stellingen; de antwoorden zijn versleuteld en staan in geen enkele gebeurtenis")
        self._events("measurement_completed")

    def _plan_meeting(self, kim: Visitor) -> str:
        self._step("Kim plant een extra bijeenkomst op zaterdag")
        group = next(
            link for link in re.findall(r'href="(/groepen/[0-9a-f-]{36})"', kim.open("/groepen").html)
            if "<h1>Dinsdaggroep" in kim.open(link).html
        )  # fmt: skip
        page = kim.open(f"{group}/plannen?hoe=een")
        kim.submit(page, f"{group}/plannen/een", on=self._saturday.isoformat(), at="10:30", minutes="120")
        self._events("meeting_scheduled")
        event = next(event for event in self._events_of_step if event.type.endswith("meeting_scheduled.v1"))
        return f"/bijeenkomsten/{event.data['meeting_id']}"

    def _evening_before(self, day: date, title: str) -> None:
        clock.move_to(clock.instant(day - timedelta(days=1), hour(18, 5)))
        self._step(title)
        self._mail(day)

    def _attend(self, sam: Visitor, meeting: str) -> None:
        clock.move_to(clock.instant(self._saturday, hour(10, 35)))
        self._step("Zaterdag: Sam tikt op de telefoon wie er is, en drukt op Klaar")
        page = sam.open(meeting)
        self._see(page, "Noor")
        form = next(form for form in page.forms if form.action == f"{meeting}/wie")
        mark = next(name for name, value, _ in form.buttons if value == "present")
        sam.submit(page, f"{meeting}/wie", **{mark: "present"})
        clock.move_to(clock.instant(self._saturday, hour(12, 35)))
        self._see(sam.submit(sam.open(meeting), f"{meeting}/klaar", unmarked="not_recorded"), "1")
        self._events("meeting_took_place")
        event = next(event for event in self._events_of_step if event.type.endswith("meeting_took_place.v1"))
        if event.data["present"] != 1:
            raise DidNotHappen("Noor staat niet op aanwezig")

    def _check_rest(self) -> None:
        self._step("Klopt alles? Wat elke dienst publiceerde, vergeleken met wat de andere verwerkten")
        self._until(
            lambda: all(finding.is_well for finding in examine_open_installation()), "niet alles is verwerkt"
        )
        if self._mailbox.count() != self._first_mail + MESSAGES:
            raise DidNotHappen(f"{self._mailbox.count() - self._first_mail} berichten in plaats van {MESSAGES}")
        for application in APPLICATIONS:
            published = application.service.outbox.head()[1]
            click.echo(f"   {application.name:<15} {published} gebeurtenissen gepubliceerd, alle verwerkt")

    # --- what happened ---

    def _step(self, title: str) -> None:
        click.echo(f"\n{clock.moment_text(clock.now())} · {title}")

    def _events(self, *needed: str) -> None:
        # Wait until these were published and all events of this step handled by whoever consumes their type.
        self._events_of_step: list[envelope.Event] = []
        seen: set[str] = set()

        def happened() -> bool:
            for event in self._new_events():
                self._events_of_step.append(event)
                seen.add(event.type.split(".")[3])
            return seen >= set(needed) and all(self._is_handled(event) for event in self._events_of_step)

        self._until(happened, f"niet gepubliceerd of niet verwerkt: {', '.join(needed)}")
        for event in sorted(self._events_of_step, key=lambda event: event.id):
            readers = ", ".join(_readers(event))
            click.echo(f"   {event.service} zei {event.type.split('.')[3]} (nr {event.sequence}) → {readers}")

    def _new_events(self) -> list[envelope.Event]:
        fresh = []
        for application in APPLICATIONS:
            for number, text in application.service.outbox.after(self._read_up_to[application.name], 500):
                self._read_up_to[application.name] = number
                fresh.append(envelope.read(text))
        return fresh

    @staticmethod
    def _is_handled(event: envelope.Event) -> bool:
        consumers = [
            EventInspector(application.service, ())
            for application in APPLICATIONS
            if event.type in application.subscriptions.by_type
        ]
        return all(consumer.get_consumption(operator(), event.id).state == "handled" for consumer in consumers)

    def _mail(self, about: date | None, count: int = 1) -> None:
        """Wait for so many messages to Noor, show them as delivered, and see that they are about this day."""
        self._until(lambda: self._mailbox.count() >= self._mails + count, "er kwam geen bericht")
        for mail in reversed(self._mailbox.messages(limit=self._mailbox.count() - self._mails)):
            if mail["To"] and NOOR not in str(mail["To"]):
                raise DidNotHappen("een bericht ging naar iemand anders")
            _show(mail)
            if about is not None and clock.day_text(about) not in _text(mail) + str(mail["Subject"]):
                raise DidNotHappen("het bericht noemt de dag niet")
        self._mails = self._mailbox.count()

    def _link(self, pattern: str) -> str:
        for mail in self._mailbox.messages():
            link = re.search(pattern, _text(mail))
            if link:
                return link[0]
        raise DidNotHappen("geen link in de mail")

    @staticmethod
    def _see(page: Page, words: str) -> None:
        if page.status != 200 or not re.search(words, page.text):
            raise DidNotHappen(f"{page.path} ({page.status}) laat niet zien: {words}\n{page.text}")

    @staticmethod
    def _until(happened: Callable[[], bool], otherwise: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            if time.monotonic() > until:
                raise DidNotHappen(otherwise)
            time.sleep(0.02)

    def _visitor(self) -> Visitor:
        return Visitor(over_http(self._installation.url))

    def _sign_in(self, name: str) -> Visitor:
        visitor = self._visitor()
        page = visitor.open("/inloggen")
        button = re.search(rf'action="(/inloggen/demo/[^"]+)"(?:(?!</form>).)*>\s*{name}\b', page.html, re.S)
        if button is None:
            raise DidNotHappen(f"{name} staat niet op de inlogpagina")
        visitor.submit(page, re.escape(button[1]))
        return visitor


def _readers(event: envelope.Event) -> list[str]:
    return [application.name for application in APPLICATIONS if event.type in application.subscriptions.by_type]


def _show(mail: EmailMessage) -> None:
    click.echo(f"   ┌ Aan {mail['To']} · {mail['Subject']}")
    for line in _text(mail).strip().splitlines():
        click.echo(f"   │ {line}")
    click.echo("   └")


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return "" if body is None else str(body.get_content())
