"""`./houvast doctor`: whether everything that was promised is done, or still to come."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import click
import peewee
import psycopg

from deploy.local.disk_space import has_room
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.liveness import is_running, parts
from deploy.local.options import installation_in
from services.notifications.queries import health as messages
from services.notifications.queries import text_messages
from services.notifications.sender import limits_of
from services.notifications.settings import Settings
from services.questionnaires.queries import measurements
from shared import clock
from shared.cli import Application
from shared.discretion import PublicIdentity, betraying_words_of_sender, is_name_held
from shared.ids import first_id
from shared.messaging import retention
from shared.storage import StoreUnavailable, is_server_lost

OVERDUE = timedelta(minutes=5)
_STUCK = {
    "planned": "berichten die al verstuurd hadden moeten zijn",
    "held": "berichten die te lang wachten",
    "due": "berichten die te lang klaarstaan",
    "claimed": "berichten waarvan het versturen afbrak",
    "unknown": "berichten waarvan niemand weet of ze aankwamen",
}
REPORTED_WITHIN = timedelta(days=7)
# How long a running installation may take to do what was just asked of it.
PATIENCE_SECONDS = 10.0
_WORKS, _STANDS_STILL, _FULL = "werkt", "ligt stil", "vol: er zijn te veel verbindingen"
# Whoever is refused at the door gets a sentence and no code.
_NO_ROOM = ("too many clients", "remaining connection slots", "too many connections for")


@dataclass(frozen=True)
class Finding:
    """One thing that was checked: `is_well` is False when somebody should act."""

    service: str
    what: str
    value: object
    is_well: bool


def examine(data: Path, as_json: bool) -> int:
    """Check all four stores without changing them; return the exit code. Raises NotHere."""
    installation = installation_in(data)
    try:
        installation.open()
        findings = _examine_patiently(installation)
    except (StoreUnavailable, peewee.OperationalError, peewee.InterfaceError, psycopg.OperationalError) as error:
        if not is_server_lost(error):
            raise
        value = _FULL if any(words in str(error.__cause__ or error) for words in _NO_ROOM) else _STANDS_STILL
        findings = [Finding("houvast", "de databaseserver", value, False)]
    is_well = all(finding.is_well for finding in findings)
    if as_json:
        click.echo(
            json.dumps(
                {"well": is_well, "findings": [asdict(finding) for finding in findings]}, default=str, indent=1
            )
        )
    else:
        for finding in findings:
            mark = "goed" if finding.is_well else "LET OP"
            click.echo(f"{mark:<7} {finding.service:<15} {finding.what}: {finding.value}")
        click.echo("Alles klopt." if is_well else "Niet alles klopt: kijk bij de regels met LET OP.")
    return 0 if is_well else 1


def _examine_patiently(installation: Installation) -> list[Finding]:
    """Examine an open installation; one that is running gets a moment to do what was just asked of it."""
    settings = installation.settings_of("notifications")
    assert isinstance(settings, Settings)
    once = [_texts(settings), _sender(settings), _disk(installation)]
    if not is_running(installation.data):
        return [*examine_open_installation(), *once]
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        findings = [*examine_open_installation(), *once]
        findings += [
            Finding(part.service, part.name, _WORKS if part.works else _STANDS_STILL, part.works)
            for part in parts(installation)
        ]
        if all(finding.is_well for finding in findings) or time.monotonic() > until:
            return findings
        time.sleep(1.0)


def _texts(settings: Settings) -> Finding:
    """Find out beforehand whether the text messages of a day may all leave."""
    load = text_messages.get_load(limits_of(settings), clock.now())
    value = f"{load.to_come} van hoogstens {load.most} (NOTIFICATIONS_SMS_PER_DAY); {load.held} wachten op ruimte"
    is_well = load.to_come <= load.most and not load.held
    return Finding("notifications", "sms'jes voor de komende dag", value, is_well)


def _disk(installation: Installation) -> Finding:
    is_ours, is_well = installation.servers.database is None, has_room(installation)
    what = "schijf met de opslag" if is_ours else "schijf van de databaseserver"
    return Finding("houvast", what, "ruimte genoeg" if is_well else "vol", is_well)


def _sender(settings: Settings) -> Finding:
    """Find out what every message shows of us, and whether that betrays what people take part in."""
    shown = {
        "SENDER_NAME": settings.sender_name,
        "PUBLIC_URL": settings.public_url,
        "SENDER": settings.sender,
        "REPLY_TO": settings.reply_to,
        "SMS_SENDER": settings.sms_sender,
    }
    betrayals = [
        f"‘{', '.join(words)}’ in NOTIFICATIONS_{name}"
        for name, text in shown.items()
        if (words := betraying_words_of_sender(text or ""))
    ]
    betrayals += [
        f"‘{name}’ in NOTIFICATIONS_PUBLIC_URL, voor wie bij de organisatie of groep hoort die zo heet"
        for name in messages.list_names()
        if is_name_held(name, PublicIdentity(settings.sender_name, settings.public_url))
    ]
    value = "niets" if not betrayals else f"{'; '.join(betrayals)}. Berichten kunnen hierdoor blijven wachten"
    return Finding("notifications", "wat in elk bericht te veel verraadt", value, not betrayals)


def examine_open_installation() -> list[Finding]:
    """List the findings about the services that are open in this process."""
    findings: list[Finding] = []
    for application in APPLICATIONS:
        findings += _events(application) + _consumption(application) + _waiting(application) + _work(application)
    waiting = messages.count_stuck(clock.now() - OVERDUE)
    findings += [
        Finding("notifications", _STUCK[state], count, count == 0) for state, count in sorted(waiting.items())
    ]
    came, ours = messages.count_reports(clock.now() - REPORTED_WITHIN)
    findings.append(
        Finding(
            "notifications",
            "meldingen over niet bezorgde e-mail van de laatste week, herkend",
            f"{ours} van {came}",
            came == 0 or ours > 0,
        )
    )
    overdue = measurements.count_overdue(clock.now() - OVERDUE)
    findings.append(Finding("questionnaires", "lijsten die gesloten hadden moeten zijn", overdue, overdue == 0))
    return findings


def _events(application: Application) -> list[Finding]:
    outbox = application.service.outbox
    _, head = outbox.head()
    # What is older may have been dropped, so from there on gaps are right.
    first = outbox.first_since(first_id(clock.wall() - retention.KEPT + retention.MARGIN))
    there, wanted = outbox.count_from(first), head and head - first + 1
    return [
        Finding(application.name, "gebeurtenissen gepubliceerd", head, True),
        Finding(
            application.name,
            "gebeurtenissen van de laatste drie maanden, zonder gat in de nummers",
            f"{there} van {wanted}",
            there == wanted,
        ),
    ]


def _consumption(application: Application) -> list[Finding]:
    findings = []
    heads = {other.name: other.service.outbox.head() for other in APPLICATIONS}
    for source in NAMES:
        if source not in application.subscriptions.sources:
            continue
        position = application.service.inbox.position(source)
        epoch, head = heads[source]
        # While people work it may have gone on since we looked.
        is_caught_up = head == 0 or (position[0] == epoch and position[1] >= head)
        handled = f"tot {position[1]} van {max(head, position[1])}"
        findings.append(Finding(application.name, f"verwerkt van {source}", handled, is_caught_up))
    return findings


def _waiting(application: Application) -> list[Finding]:
    inbox = application.service.inbox
    retries = inbox.InboxRetry.select().count()
    dead = inbox.DeadLetter.select().where(inbox.DeadLetter.replayed_at.is_null()).count()
    return [
        Finding(application.name, "gebeurtenissen die opnieuw geprobeerd worden", retries, retries == 0),
        Finding(application.name, "gebeurtenissen die niet verwerkt zijn", dead, dead == 0),
    ]


def _work(application: Application) -> list[Finding]:
    failures = application.service.worker_failures.current()
    parts = ", ".join(f"{part} ({error})" for part, error in failures.items())
    return [Finding(application.name, "werk dat telkens mislukt", parts or "geen", not failures)]
