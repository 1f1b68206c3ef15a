"""How figures are shown: on the screen in Dutch, in docs/FIGURES.md in English, always with machine and moment."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg
from kombu import Connection

from tests.bench.stand import ROOT, Stand

FIGURES = ROOT / "docs" / "FIGURES.md"
PACKAGES = ("flask", "gunicorn", "kombu", "marshmallow", "peewee", "pika", "psycopg")
HEAD = """\
# Figures

How fast it is beside something else: measured in one run on one machine, everything once a round, in
shuffled order. Each figure is the lowest / the middle / the highest of the rounds; a goal is judged by the middle.
This page is made by `./houvast bench NAME --write`. Compare the rows of one table, never two machines.
"""
DUTCH = {
    "draining the outbox": "inhalen vanaf de outbox",
    "draining": "inhalen",
    "live": "gelijktijdig",
    "lost or doubled by us": "door ons verloren of verdubbeld",
    "lost": "verloren",
    "doubled": "verdubbeld",
    "times the fastest peer": "maal de snelste andere",
    "times the limit": "maal de grens",
    "times one by one": "maal een voor een",
    "times hello world": "maal hallo",
    "only telling": "alleen vertellen",
    "confirmed one by one": "een voor een bevestigd",
    "limit": "grens",
    "a window of": "een venster van",
    "looking every second": "elke seconde kijken",
    "the mechanism": "het mechaniek",
    "the installation in one process": "alles in één proces",
    "the installation, each service apart": "elke dienst apart",
    "local transport": "zonder RabbitMQ",
    "RabbitMQ transport": "RabbitMQ",
    "hello world": "alleen hallo",
    "a command": "een opdracht",
    "the sign-up page": "de aanmeldpagina",
    "requests": "aanvragen",
    "events": "gebeurtenissen",
}


def machine(here: Stand, load_before: float) -> dict[str, Any]:
    """Where and when it was measured, and whether the machine had other things to do."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": load_before,
        "versions": {
            "Python": platform.python_version(),
            "SQLite": sqlite3.sqlite_version,
            "PostgreSQL": _postgres(here.database.server_url),
            "RabbitMQ": _rabbit(here.broker.url),
            **{name: version(name) for name in PACKAGES},
        },
    }


def load() -> float:
    """How many processes wanted a core in the last minute."""
    return round(os.getloadavg()[0], 1)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgres(url: str) -> str:
    with psycopg.connect(url) as connection:
        return str(connection.info.server_version // 10000) + f".{connection.info.server_version % 10000}"


def _rabbit(url: str) -> str:
    with Connection(url) as connection:
        connection.connect()
        return str(connection.connection.server_properties["version"])


def on_screen(result: Mapping[str, Any]) -> str:
    """The table and the goals of one bench."""
    lines = [[dutch(cell) for cell in line] for line in _table(result)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]
    head = f"\n{result['bench']}: laagste / middelste / hoogste van de rondes ({result['rounds']})"
    return "\n".join([head, *table, *map(_judged, result["goals"])])


def _table(result: Mapping[str, Any]) -> list[list[str]]:
    """Measures above, rows at the left."""
    rows = result["rows"]
    measures = list(dict.fromkeys(name for row in rows.values() for name in row))
    return [["", *measures], *([row, *(_three(rows[row].get(name)) for name in measures)] for row in rows)]


def _judged(goal: Mapping[str, Any]) -> str:
    verdict = "gehaald     " if goal["met"] else "NIET gehaald"
    bound = f"{'hoogstens' if goal['at_most'] else 'minstens'} {goal['bound']:g}"
    return f"{verdict}  {dutch(goal['what'])}: {_three(goal)} ({bound})"


def dutch(label: str) -> str:
    """A label as people read it on the screen."""
    for english, translation in DUTCH.items():
        label = label.replace(english, translation)
    return label


def write(result: Mapping[str, Any], order: Sequence[str]) -> None:
    """Put these figures in the page, in the place of those that were there of this bench."""
    kept = FIGURES.read_text(encoding="utf-8").split("\n## ")[1:] if FIGURES.exists() else []
    sections = {section.partition("\n")[0]: section for section in kept}
    sections[result["bench"]] = _section(result)
    ordered = [sections[name].rstrip() for name in order if name in sections]
    FIGURES.write_text("\n\n## ".join([HEAD.rstrip(), *ordered]) + "\n", encoding="utf-8")


def _section(result: Mapping[str, Any]) -> str:
    machine = result["machine"]
    where = f"{machine['cores']} cores ({machine['processor']}), load before {machine['load_before']:g}"
    goals = [["goal", "wanted", "found", "met"]]
    for goal in result["goals"]:
        bound = f"{'at most' if goal['at_most'] else 'at least'} {goal['bound']:g}"
        goals.append([goal["what"], bound, _three(goal), "yes" if goal["met"] else "no"])
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    facts = [f"{machine['date']}, {result['rounds']} rounds, {where}.", *result["notes"], f"{versions}."]
    return "\n\n".join([result["bench"], " ".join(facts), _markdown(_table(result)), _markdown(goals)])


def _markdown(table: Sequence[Sequence[str]]) -> str:
    lines = [table[0], ["---"] * len(table[0]), *table[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _three(figures: Mapping[str, float] | None) -> str:
    return "" if figures is None else " / ".join(_figure(figures[name]) for name in ("min", "median", "max"))


def _figure(value: float) -> str:
    if value == int(value) or value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
