"""Events as an operator sees them: those that nobody could handle, their replay, and the log of a service."""

from __future__ import annotations

import getpass
import json
import os

import click

from deploy.local.installation import APPLICATIONS, Installation, application_named
from deploy.local.processes import inform, refuse
from shared.cli import Application
from shared.ids import new_id
from shared.messaging.event_inspector import EventInspector
from shared.messaging.event_trace import DeadLetter
from shared.security.actor import Actor

MOST = 10_000


def list_dead_letters(installation: Installation, as_json: bool) -> int:
    """Print what waits for a person, by service; never what is in an event. Returns the exit code."""
    installation.open()
    rows = [_describe(dead) for application in APPLICATIONS for dead in _dead_letters(application)]
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        click.echo(
            f"{row['service']:<15} {row['id']:>4}  {row['dead_lettered_at']}  van {row['source']}: {row['type']}"
        )
        click.echo(f"{'':<15} {'':>4}  over {row['subject'] or '?'}; {row['reason']}")
    if rows:
        click.echo('Na herstel: ./houvast replay --service DIENST --id NUMMER --reason "..."')
    else:
        click.echo("Alle gebeurtenissen zijn verwerkt.")
    return 0


def _dead_letters(application: Application) -> list[DeadLetter]:
    """Return those that wait for a person, the oldest first."""
    failures = EventInspector(application.service, ()).list_failures(operator(), most=MOST)
    return list(reversed(failures.dead))


def _describe(dead: DeadLetter) -> dict[str, str | int]:
    return {
        "service": dead.consumer,
        "id": dead.id,
        "source": dead.source,
        "type": dead.type or "?",
        "subject": dead.subject,
        "reason": dead.reason,
        "dead_lettered_at": f"{dead.dead_lettered_at:%Y-%m-%dT%H:%M:%SZ}",
        "event_id": dead.event_id,
    }


def replay(installation: Installation, name: str, ids: list[int] | None, reason: str, dry_run: bool) -> int:
    """Retry dead letters of one service, all of them when `ids` is None; return the exit code."""
    installation.open()
    application = application_named(name)
    dead = {dead_letter.id: dead_letter for dead_letter in _dead_letters(application)}
    missing = sorted(set(ids or ()) - set(dead))
    if missing:
        numbers = ", ".join(map(str, missing))
        return refuse(
            f"Bij {name} is geen niet-verwerkte gebeurtenis met nummer {numbers}. Er is niets veranderd."
        )
    chosen = [dead[number] for number in (sorted(set(ids)) if ids is not None else dead)]
    inspector = EventInspector(application.service, ())
    for dead_letter in chosen:
        if not dry_run:
            inspector.replay(operator(), dead_id=dead_letter.id, reason=reason, request_id=new_id())
        inform(f"{name} {dead_letter.id}: {dead_letter.type or '?'} van {dead_letter.source}")
    if dry_run:
        inform(f"Gebeurtenissen die opnieuw geprobeerd zouden worden: {len(chosen)}. Er is niets veranderd.")
    elif chosen:
        inform(f"Gebeurtenissen die opnieuw geprobeerd worden: {len(chosen)}.")
        inform("Kijk straks met dead-letters of het is gelukt.")
    else:
        inform(f"Bij {name} is alles verwerkt. Er is niets veranderd.")
    return 0


def operator() -> Actor:
    """Return whoever works on the machine itself, by the name they have there."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        name = str(os.getuid())
    return Actor(f"operator:{name}", "operator")


def show_feed(
    installation: Installation, name: str, after: int | None, limit: int, data_too: bool, as_json: bool
) -> int:
    """Print the log of one service, its last events when no number is given; return the exit code.

    data_too  also what is in them; sealed values stay sealed
    """
    installation.open()
    outbox = application_named(name).service.outbox
    epoch, head = outbox.head()
    events = []
    for entry in outbox.entries_after(max(0, head - limit) if after is None else after, limit):
        event = json.loads(entry.text)
        head_of_event = {
            "number": entry.seq,
            "id": entry.id,
            "type": entry.type,
            "subject": event["subject"],
            "time": event["time"],
        }
        events.append({**head_of_event, "data": event["data"]} if data_too else head_of_event)
    if as_json:
        click.echo(json.dumps({"service": name, "epoch": epoch, "head": head, "events": events}, indent=1))
        return 0
    for event in events:
        click.echo(f"{event['number']:>8}  {event['time']}  {event['type']}  {event['subject']}")
        if data_too:
            click.echo(f"{'':>8}  {json.dumps(event['data'], ensure_ascii=False)}")
    inform(f"{name} heeft {head} gebeurtenissen gepubliceerd (tijdperk {epoch}); hier staan er {len(events)}.")
    return 0
