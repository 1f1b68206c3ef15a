"""Letters for an operator to look at: what nobody could handle, having it tried again, and what a service said."""

from __future__ import annotations

import getpass
import json
import os
from typing import Any

import click

from deploy.town.layout import SERVICES, Town
from deploy.town.processes import refuse, say
from shared import envelope
from shared.auth.actor import Actor
from shared.door import Service
from shared.errors import GiveUp
from shared.ids import new_id
from shared.way import replay_of

MOST = 10_000


def list_dead_letters(town: Town, as_json: bool) -> int:
    """Show what waits for a person, by service; never what is in a letter. Gives the exit code."""
    town.open()
    found = [_told(service, dead) for service in SERVICES for dead in _dead(service)]
    if as_json:
        click.echo(json.dumps(found, indent=1))
        return 0
    for one in found:
        click.echo(f"{one['service']:<15} {one['id']:>4}  {one['died_at']}  van {one['source']}: {one['type']}")
        click.echo(f"{'':<15} {'':>4}  over {one['subject'] or '?'}; {one['reason']}")
    if found:
        click.echo('Na herstel: ./houvast replay --service DIENST --id NUMMER --reason "..."')
    else:
        click.echo("Er zijn geen brieven die niemand kon verwerken.")
    return 0


def _dead(service: Service) -> list[Any]:
    table = service.house.inbox.DeadLetter
    return list(table.select().where(table.replayed_at.is_null()).order_by(table.id))


def _told(service: Service, dead: Any) -> dict[str, Any]:
    return {
        "service": service.name, "id": dead.id, "source": dead.source, "type": _type_of(dead.letter),
        "subject": dead.subject, "reason": dead.reason, "died_at": f"{dead.died_at:%Y-%m-%dT%H:%M:%SZ}",
        "event_id": dead.event_id,
    }  # fmt: skip


def _type_of(text: str) -> str:
    try:
        return envelope.read(text).type
    except GiveUp:
        return "?"


def replay(town: Town, name: str, ids: list[int] | None, reason: str, dry_run: bool) -> int:
    """Have dead letters of one service tried again, all of them when no ids are given; gives the exit code."""
    town.open()
    service = next(one for one in SERVICES if one.name == name)
    dead = {one.id: one for one in _dead(service)}
    missing = sorted(set(ids or ()) - set(dead))
    if missing:
        numbers = ", ".join(map(str, missing))
        return refuse(f"Bij {name} wacht geen brief met nummer {numbers}. Er is niets veranderd.")
    chosen = [dead[one] for one in (sorted(set(ids)) if ids is not None else dead)]
    for one in chosen:
        if not dry_run:
            replay_of(service.house)(operator(), dead_id=one.id, reason=reason, request_id=new_id())
        say(f"{name} {one.id}: {_type_of(one.letter)} van {one.source}")
    if dry_run:
        say(f"Brieven die opnieuw geprobeerd zouden worden: {len(chosen)}. Er is niets veranderd.")
    elif chosen:
        say(f"Brieven die opnieuw geprobeerd worden: {len(chosen)}. Kijk straks met dead-letters of het lukte.")
    else:
        say(f"Bij {name} wacht geen brief. Er is niets veranderd.")
    return 0


def operator() -> Actor:
    """Whoever works on the machine itself, by the name they have there."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        name = str(os.getuid())
    return Actor(f"operator:{name}", "operator")


def show_feed(town: Town, name: str, after: int | None, limit: int, data_too: bool, as_json: bool) -> int:
    """Show the log of one service, its last letters when no number is given; gives the exit code.

    data_too  also what is in them; sealed values stay sealed
    """
    town.open()
    outbox = next(one for one in SERVICES if one.name == name).house.outbox
    epoch, head = outbox.head()
    letters = []
    for one in outbox.numbered(max(0, head - limit) if after is None else after, limit):
        letter = json.loads(one.text)
        told = {
            "number": one.seq,
            "id": one.id,
            "type": one.type,
            "subject": letter["subject"],
            "time": letter["time"],
        }
        letters.append({**told, "data": letter["data"]} if data_too else told)
    if as_json:
        click.echo(json.dumps({"service": name, "epoch": epoch, "head": head, "letters": letters}, indent=1))
        return 0
    for told in letters:
        click.echo(f"{told['number']:>8}  {told['time']}  {told['type']}  {told['subject']}")
        if data_too:
            click.echo(f"{'':>8}  {json.dumps(told['data'], ensure_ascii=False)}")
    say(f"{name} heeft {head} brieven gezegd (tijdperk {epoch}); hier staan er {len(letters)}.")
    return 0
