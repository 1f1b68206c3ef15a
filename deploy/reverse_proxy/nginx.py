"""The configuration of nginx, from the routes that the services declare.

The longest path that a request begins with decides who gets it, as in the embedded installation, and
nothing is stripped or rewritten. What nobody serves is refused here, and so is `/feed`, which is for services.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from deploy.local.installation import NAMES
from deploy.paths import installed_paths
from shared.web.app import MAX_BODY_BYTES
from shared.web.bare_answers import HEADERS, page, problem_text

_FOLDER = Path(__file__).parent
# Where a form can be used to guess, or to fill us up: signing in, codes, and what anybody may send.
GUARDED = ("/inloggen", "/mijn", "/aanmelden")
# Which of the messages is shown by what nginx itself answers.
SHOWN = {400: "400 494", 404: "404", 413: "413", 414: "414", 429: "429", 503: "502 503 504"}


@dataclass(frozen=True)
class Place:
    """Where the services are, and nginx itself.

    upstreams  service -> host:port of its pages
    listen     what nginx listens to
    resolver   the server that resolves the hosts, asked again while running; empty when they are addresses
    logs       the folder with access.log and error.log
    extra      more lines for the server, such as those for TLS: a pattern of files that need not be there
    """

    upstreams: Mapping[str, str]
    listen: tuple[str, ...]
    resolver: str = ""
    logs: str = "/var/log/nginx"
    extra: str = "/etc/nginx/houvast/*.conf"


COMPOSE = Place({name: f"{name}-web:8000" for name in NAMES}, ("8080",), resolver="127.0.0.11")
MACHINE = Place(
    {name: f"127.0.0.1:{8001 + number}" for number, name in enumerate(NAMES)},
    ("80 default_server", "[::]:80 default_server"),
)


def render(place: Place) -> str:
    """Return what belongs in the `http` block of nginx."""
    paths = installed_paths()
    return Template((_FOLDER / "nginx.template").read_text(encoding="utf-8")).substitute(
        paths=_lines((_beginning(path), path) for path in paths),
        services=_lines(paths.items()),
        upstreams=_lines((name, place.upstreams[name]) for name in NAMES),
        guarded="|".join(re.escape(path) for path in GUARDED),
        listen="\n".join(f"    listen {address};" for address in place.listen),
        resolver=f"    resolver {place.resolver} valid=10s;" if place.resolver else "",
        logs=place.logs,
        extra=place.extra,
        most_bytes=MAX_BODY_BYTES,
        answers="\n".join(line for status in SHOWN for line in _answers(status)),
    )


def _beginning(path: str) -> str:
    # A path and all that lies below it, as nginx writes it; the first that matches wins.
    return "/" if path == "/" else rf'"~^{path}(/|\z)"'


def _lines(pairs: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"    {key} {value};" for key, value in pairs)


def _answers(status: int) -> list[str]:
    text = tomllib.loads((_FOLDER / "data" / "messages.nl.toml").read_text(encoding="utf-8"))[str(status)]
    problem = problem_text(status, text["code"], text["heading"], text["sentence"])
    return [
        f"    error_page {SHOWN[status]} /_refused/{status}.$houvast_shape;",
        *_answer(f"{status}.html", "text/html", page(text["heading"], text["sentence"])),
        *_answer(f"{status}.json", "application/problem+json", problem),
    ]


def _answer(name: str, content_type: str, text: str) -> list[str]:
    # nginx would read a quote or a dollar in the text as its own.
    assert not re.search(r"['$\\]", text)
    return [
        f"    location = /_refused/{name} {{",
        "        internal;",
        f"        default_type {content_type};",
        "        charset utf-8;",
        *(f"        add_header {name} {_quoted(value)} always;" for name, value in HEADERS),
        f"        return {name[:3]} '{text}';",
        "    }",
    ]


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
