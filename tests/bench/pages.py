"""Every page of staff at the size of a whole country: processor time, bytes and statements, on both databases.

The landscape is that of 2008, or with `--scale 10` ten times that beside it. Somebody with a role everywhere opens
the pages that the role may; of those who may open one the costliest counts. Processor time is that of our process
and, on PostgreSQL, of the server's process for it: not what somebody waits, nor what else the machine does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from deploy.local.installation import Installation
from deploy.local.ports import free_port
from deploy.local.servers import Servers, remember
from services.meetings.queries.staff import find_staff_by_email
from shared import clock
from tests.bench.landscape.load import copy_to_server, fill_files
from tests.bench.landscape.plan import ROLES, Plan
from tests.bench.rounds import Goal, Outcome, Round
from tests.bench.stand import BenchFailed, Stand, Wanted
from tests.support.inline_installation import open_installation
from tests.support.pages_measured import Cost, Pages
from tests.support.run_servers import DatabasePrefix

ABOUT = (
    "wat elke pagina van medewerkers kost als heel Nederland erop zit: rekentijd, bytes en vragen aan de database"
)
GROUPS = 504
MOST_CPU_MS, MOST_KB, MOST_STATEMENTS, MOST_TIMES = 50, 100, 30, 1.3
# What takes less than this is not compared: half a millisecond more would count as a tenth.
LEAST_COMPARED_MS = 10
OPENED = 5
STORES = ("SQLite", "PostgreSQL")


def run(here: Stand, wanted: Wanted) -> Outcome:
    """Fill the installations and measure every page in each of them, once a round in shuffled order."""
    scale = wanted.amount / GROUPS if wanted.amount else 1
    sizes = {"1x": scale} | ({f"{wanted.scale}x": wanted.scale * scale} if wanted.scale > 1 else {})
    with _filled(here, sizes) as folders:
        rounds = []
        for _ in range(wanted.rounds):
            figures: dict[str, dict[str, float]] = {}
            for (size, store), folder in random.sample(sorted(folders.items()), len(folders)):
                for rule, cost in _measured(folder).items():
                    figures.setdefault(rule, {}).update(_named(cost, size, store))
            names = sorted({name for row in figures.values() for name in row})
            rounds.append({rule: {name: row[name] for name in names} for rule, row in sorted(figures.items())})
    groups = round(GROUPS * scale)
    notes = [f"1x is {groups} groups; the costliest of those who may open a page counts.", *_over(rounds, sizes)]
    return Outcome("pages", rounds, goals(list(sizes)), notes)


def goals(sizes: Sequence[str]) -> list[Goal]:
    """The bounds for the costliest page, and for how much more it costs at a larger size."""
    bounds = []
    for size in sizes:
        bounds += [
            Goal(
                f"CPU ms at {size}, {store}",
                MOST_CPU_MS,
                partial(_highest, f"CPU ms {size}, {store}"),
                at_most=True,
            )
            for store in STORES
        ]
        bounds += [
            Goal(f"kB at {size}", MOST_KB, partial(_highest, f"kB {size}"), at_most=True),
            Goal(f"queries at {size}", MOST_STATEMENTS, partial(_highest, f"queries {size}"), at_most=True),
        ]
    for size in sizes[1:]:
        bounds += [
            Goal(
                f"CPU at {size}, times that at 1x, {store}",
                MOST_TIMES,
                partial(_most_times, size, store),
                at_most=True,
            )
            for store in STORES
        ]
    return bounds


def _highest(measure: str, figures: Round) -> float:
    return max(row[measure] for row in figures.values())


def _most_times(size: str, store: str, figures: Round) -> float:
    return max(_times(row, size, store) for row in figures.values())


def _times(row: Mapping[str, float], size: str, store: str) -> float:
    large, small = row[f"CPU ms {size}, {store}"], row[f"CPU ms 1x, {store}"]
    return max(large, LEAST_COMPARED_MS) / max(small, LEAST_COMPARED_MS)


def _over(rounds: Sequence[Round], sizes: Mapping[str, float]) -> list[str]:
    """Name the pages that were over a bound in every round."""
    over = []
    for rule in rounds[0]:
        rows = [figures[rule] for figures in rounds]
        bounds = {"CPU ms": MOST_CPU_MS, "kB": MOST_KB, "queries": MOST_STATEMENTS}
        is_over = any(
            min(row[name] for row in rows) > bounds[name.rpartition(" ")[0] if name[-1] == "x" else "CPU ms"]
            for name in rows[0]
        )
        grows = any(
            min(_times(row, size, store) for row in rows) > MOST_TIMES
            for size in list(sizes)[1:]
            for store in STORES
        )
        over += [rule] * (is_over or grows)
    return [f"Over a bound: {', '.join(over)}."] if over else []


def _named(cost: Cost, size: str, store: str) -> dict[str, float]:
    return {
        f"CPU ms {size}, {store}": cost.cpu_ms,
        f"kB {size}": cost.size / 1000,
        f"queries {size}": cost.statements,
    }


def _measured(folder: Path) -> dict[str, Cost]:
    """Return what each page costs: the most of those who may open it."""
    costs: dict[str, Cost] = {}
    with open_installation(folder) as installation:
        people = {role: find_staff_by_email(f"{role}@houvast.example") for role in ROLES}
        pages = Pages(installation, {role: staff for role, staff in people.items() if staff is not None})
        for page in pages.list():
            # The least of some: what a page costs, without what the process tidies up between.
            cost = min((pages.open(page) for _ in range(OPENED)), key=lambda once: once.cpu_ms)
            if cost.status >= 500:
                raise BenchFailed(f"{page} antwoordt {cost.status}.")
            known = costs.get(page.rule)
            if cost.status in (200, 204) and (known is None or cost.cpu_ms > known.cpu_ms):
                costs[page.rule] = cost
    return costs


@contextmanager
def _filled(here: Stand, sizes: Mapping[str, float]) -> Iterator[dict[tuple[str, str], Path]]:
    """Fill an installation on files and one on the database server for each size."""
    folders, prefixes = {}, []
    now = clock.now()
    try:
        for size, scale in sizes.items():
            files, served = (here.folder / f"{store}-{size}" for store in STORES)
            on_files = Installation(files, 0, free_port())
            on_files.prepare()
            fill_files(on_files, Plan(scale, now))
            prefixes.append(DatabasePrefix(here.database.server_url))
            served.mkdir(mode=0o700)
            (served / "keys").symlink_to(files / "keys")
            servers = Servers(prefixes[-1].url)
            remember(served, servers)
            on_server = Installation(served, 0, free_port(), servers=servers)
            on_server.prepare()
            copy_to_server(on_files, on_server)
            folders |= {(size, "SQLite"): files, (size, "PostgreSQL"): served}
        yield folders
    finally:
        for prefix in prefixes:
            prefix.clear()
