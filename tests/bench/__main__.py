"""What `./houvast bench` runs: figures side by side, on the screen, as JSON, or into docs/FIGURES.md."""

from __future__ import annotations

import json
import sys
from types import ModuleType

import click

from tests.bench import events, latency, page, pages, relay, web
from tests.bench.rounds import Outcome
from tests.bench.stand import Wanted, stand

BENCHES: dict[str, ModuleType] = {"events": events, "relay": relay, "latency": latency, "web": web, "pages": pages}


def show_list(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    """What there is to measure."""
    if wanted:
        for name, bench in BENCHES.items():
            click.echo(f"  {name:<8}  {bench.ABOUT}")
        context.exit()


@click.command(help="Meet hoe snel Houvast is, naast iets anders op dezelfde machine, in rondes om en om.")
@click.argument("names", nargs=-1, required=True, type=click.Choice(list(BENCHES)))
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=show_list, help="Wat er te meten is."
)
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1, 100), help="Hoe vaak alles aan de beurt komt."
)
@click.option("--amount", type=click.IntRange(1), help="Hoeveel gebeurtenissen, brieven of aanvragen per beurt.")
@click.option("--row", "part", default="", metavar="TEXT", help="Alleen regels met deze tekst in hun naam.")
@click.option(
    "--scale", default=1, show_default=True, type=click.IntRange(1, 10), help="pages: ook zoveel keer zo groot."
)
@click.option("--peers", is_flag=True, help="Ook Celery, Dramatiq en FastStream; die worden eenmalig opgehaald.")
@click.option("--json", "as_json", is_flag=True, help="Als JSON, voor een programma.")
@click.option("--write", is_flag=True, help="Zet de cijfers ook in docs/FIGURES.md.")
@click.option("--broker", metavar="URL", help="Een andere RabbitMQ dan die van deze machine.")
@click.option("--database", metavar="URL", help="Een andere PostgreSQL dan die van deze machine.")
def main(
    names: tuple[str, ...],
    rounds: int,
    amount: int | None,
    part: str,
    scale: int,
    peers: bool,
    as_json: bool,
    write: bool,
    broker: str | None,
    database: str | None,
) -> None:
    """Measure one after the other."""
    results = []
    for name in names:
        wanted = Wanted(rounds, amount, peers, broker, database, part, scale)
        with stand(wanted) as here:
            before = page.load()
            outcome: Outcome = BENCHES[name].run(here, wanted)
            result = {**outcome.as_json(), "machine": page.machine(here, before)}
        results.append(result)
        if not as_json:
            click.echo(page.on_screen(result))
        if write:
            page.write(result, list(BENCHES))
    if as_json:
        click.echo(json.dumps(results[0] if len(results) == 1 else results, indent=1))


if __name__ == "__main__":
    sys.exit(main(prog_name="./houvast bench"))
