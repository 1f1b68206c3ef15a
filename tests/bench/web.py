"""Requests a second beside hello world: a POST that is checked and becomes a row and an event before the answer.

Everything is served as the product is: gunicorn, one process with threads. The small app holds one command; the
page is that on which people sign up, in the whole installation. Relays work meanwhile.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlencode

import requests

from deploy.local.ports import free_port
from shared.cli import gunicorn_options
from shared.ids import new_id
from tests.bench import load
from tests.bench.installation import Prepared
from tests.bench.rounds import Contender, Goal, Outcome, Round, measure
from tests.bench.services import Place
from tests.bench.stand import BenchFailed, Stand, Wanted, until
from tests.support.servers.process import is_listening

ABOUT = "aanvragen per seconde: nakijken, opslaan en vertellen, naast Flask dat alleen hallo zegt"
RATE, HELLO = "requests /s", "hello world"
STORES = {"SQLite": False, "PostgreSQL": True}
AMOUNT, WARM_UP = 1500, 100
_numbers = itertools.count()


def run(here: Stand, wanted: Wanted) -> Outcome:
    """Measure all."""
    amount = wanted.amount or AMOUNT
    rows: dict[str, Contender] = {HELLO: lambda: hello(here, amount)}
    for store, with_database in STORES.items():
        rows[f"a command, {store}"] = _command(here, amount, with_database)
        rows[f"the sign-up page, {store}"] = _page(here, max(1, amount // 5), with_database)
    notes = [f"{amount} requests for each row and round over {load.CONNECTIONS} connections; of the page a fifth."]
    return Outcome("web", measure(rows, wanted.rounds, wanted.part), goals(), notes)


def goals() -> list[Goal]:
    """Beside hello world of the same round."""

    def of_hello(store: str) -> Callable[[Round], float]:
        return lambda figures: figures[f"a command, {store}"][RATE] / figures[HELLO][RATE]

    bounds = {"SQLite": 0.4, "PostgreSQL": 0.25}
    return [Goal(f"a command, {store}, times hello world", bounds[store], of_hello(store)) for store in STORES]


def hello(here: Stand, amount: int) -> Mapping[str, float]:
    """What Flask and gunicorn cost."""
    with served(here, "tests.bench.web_apps:hello()", {}) as port:
        return measured(port, lambda: load.request("GET", "/", port), amount, 200)


def _command(here: Stand, amount: int, with_database: bool) -> Contender:
    def ask() -> Mapping[str, float]:
        place = Place.on(here, with_database=with_database, with_broker=False)
        relay = here.python("tests.bench.services", place.text(), "relay")
        with served(here, "tests.bench.web_apps:orders()", {"BENCH_PLACE": place.text()}) as port:
            figures = measured(port, lambda: _order(port), amount, 201)
        here.stop(relay)
        return figures

    return ask


def _order(port: int) -> bytes:
    body = {
        "n": next(_numbers),
        "name": "Noor de Boer",
        "email": "noor@voorbeeld.example",
        "colour": "green",
        "on": "2026-11-24",
        "lamps": 3,
        "text": "graag voor het raam",
        "is_gift": False,
    }
    headers = {"Content_Type": "application/json", "Idempotency_Key": new_id()}
    return load.request("POST", "/", port, json.dumps(body).encode(), **headers)


def _page(here: Stand, amount: int, with_database: bool) -> Contender:
    prepared = Prepared(here, with_database=with_database, with_broker=False)

    def ask() -> Mapping[str, float]:
        environ, path = prepared.environment(), prepared.sign_up_page()
        relays = here.python("tests.bench.installation", "relays", environ=environ)
        with served(here, "deploy.local.web:from_environment()", environ) as port:
            cookie, token = _form(port, path)
            figures = measured(port, lambda: _sign_up(port, path, cookie, token), amount, 303)
        here.stop(relays)
        return figures

    return ask


def _form(port: int, path: str) -> tuple[str, str]:
    """The cookie behind the form and the token in it."""
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(f"http://127.0.0.1:{port}{path}", timeout=60)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token is not None, page.text
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies), token[1]


def _sign_up(port: int, path: str, cookie: str, token: str) -> bytes:
    form = {
        "csrf_token": token,
        "request_id": new_id(),
        "call_name": "Noor",
        "email": f"{new_id()}@voorbeeld.example",
        "purposes": "reminders",
    }
    headers = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    return load.request("POST", path, port, urlencode(form).encode(), **headers)


@contextlib.contextmanager
def served(here: Stand, app: str, environ: Mapping[str, str]) -> Iterator[int]:
    """An app under gunicorn; gives its port."""
    port = free_port()
    web = here.python("gunicorn", *gunicorn_options(f"127.0.0.1:{port}"), app, environ=environ)
    try:
        until(lambda: is_listening(port), "de pagina's op gang krijgen", web)
        yield port
    except load.WebFailed as failed:
        raise BenchFailed(f"{failed}\n{web.last_words()}") from failed
    finally:
        here.stop(web)


def measured(port: int, request: Callable[[], bytes], amount: int, status: int) -> Mapping[str, float]:
    """After some to warm up."""
    load.rate(port, request, WARM_UP, status)
    return {RATE: load.rate(port, request, amount, status)}
