"""Events for an operator to look at: what nobody could handle, having it tried again, and what a service said."""

from __future__ import annotations

import getpass
import json
import os
from typing import Any

import click

from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.processes import inform, refuse
from shared.cli import Application
from shared.errors import GiveUp
from shared.ids import new_id
from shared.messaging import envelope
from shared.messaging.event_inspector import replay_command
from shared.security.actor import Actor

MOST = 10_000


def list_dead_letters(installation: Installation, as_json: bool) -> int:
    """Show what waits for a person, by service; never what is in an event. Gives the exit code."""
    installation.open()
    found = [_describe(application, dead) for application in APPLICATIONS for dead in _dead(application)]
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return 0
    for one in found:
        click.echo(
            f"{one['service']:<15} {one['id']:>4}  {one['dead_lettered_at']}  van {one['source']}: {one['type']}"
        )
        click.echo(f"{'':<15} {'':>4}  over {one['subject'] or '?'}; {one['reason']}")
    if found:
        click.echo('Na herstel: ./houvast replay --service DIENST --id NUMMER --reason "..."')
    else:
        click.echo("Er zijn geen brieven die niemand kon verwerken.")
    return 0


def _dead(application: Application) -> list[Any]:
    table = application.service.inbox.DeadLetter
    return list(table.select().where(table.replayed_at.is_null()).order_by(table.id))


def _describe(application: Application, dead: Any) -> dict[str, Any]:
    return {
        "service": application.name, "id": dead.id, "source": dead.source, "type": _type_of(dead.event),
        "subject": dead.subject, "reason": dead.reason, "dead_lettered_at":
        f"{dead.dead_lettered_at:%Y-%m-%dT%H:%M:%SZ}",
        "event_id": dead.event_id,
    }  # fmt: skip


def _type_of(text: str) -> str:
    try:
        return envelope.read(text).type
    except GiveUp:
        return "?"


def replay(installation: Installation, name: str, ids: list[int] | None, reason: str, dry_run: bool) -> int:
    """Have dead letters of one service tried again, all of them when no ids are given; gives the exit code."""
    installation.open()
    application = next(one for one in APPLICATIONS if one.name == name)
    dead = {one.id: one for one in _dead(application)}
    missing = sorted(set(ids or ()) - set(dead))
    if missing:
        numbers = ", ".join(map(str, missing))
        return refuse(f"Bij {name} wacht geen brief met nummer {numbers}. Er is niets veranderd.")
    chosen = [dead[one] for one in (sorted(set(ids)) if ids is not None else dead)]
    for one in chosen:
        if not dry_run:
            replay_command(application.service)(operator(), dead_id=one.id, reason=reason, request_id=new_id())
        inform(f"{name} {one.id}: {_type_of(one.event)} van {one.source}")
    if dry_run:
        inform(f"Brieven die opnieuw geprobeerd zouden worden: {len(chosen)}. Er is niets veranderd.")
    elif chosen:
        inform(f"Brieven die opnieuw geprobeerd worden: {len(chosen)}. Kijk straks met dead-letters of het lukte.")
    else:
        inform(f"Bij {name} wacht geen brief. Er is niets veranderd.")
    return 0


def operator() -> Actor:
    """Whoever works on the machine itself, by the name they have there."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        name = str(os.getuid())
    return Actor(f"operator:{name}", "operator")


def show_feed(
    installation: Installation, name: str, after: int | None, limit: int, data_too: bool, as_json: bool
) -> int:
    """Show the log of one service, its last events when no number is given; gives the exit code.

    data_too  also what is in them; sealed values stay sealed
    """
    installation.open()
    outbox = next(one for one in APPLICATIONS if one.name == name).service.outbox
    epoch, head = outbox.head()
    events = []
    for one in outbox.entries_after(max(0, head - limit) if after is None else after, limit):
        event = json.loads(one.text)
        told = {
            "number": one.seq,
            "id": one.id,
            "type": one.type,
            "subject": event["subject"],
            "time": event["time"],
        }
        events.append({**told, "data": event["data"]} if data_too else told)
    if as_json:
        click.echo(json.dumps({"service": name, "epoch": epoch, "head": head, "events": events}, indent=1))
        return 0
    for told in events:
        click.echo(f"{told['number']:>8}  {told['time']}  {told['type']}  {told['subject']}")
        if data_too:
            click.echo(f"{'':>8}  {json.dumps(told['data'], ensure_ascii=False)}")
    inform(f"{name} heeft {head} brieven gezegd (tijdperk {epoch}); hier staan er {len(events)}.")
    return 0
