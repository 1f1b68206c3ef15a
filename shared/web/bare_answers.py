"""Refusals of a server that asks no app: the same page or problem document, without the frame of a service."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path

_MESSAGES = Path(__file__).parent.parent / "data" / "messages.nl.toml"
CODES = {
    400: "unreadable",
    403: "not_allowed",
    404: "not_found",
    413: "too_large",
    414: "address_too_long",
    431: "headers_too_long",
    500: "broken",
}
# The policy of every page; what it may load is only our own style sheet.
HEADERS = (
    ("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_PAGE = (
    '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<title>{heading}</title><link rel="stylesheet" href="/static/shared/houvast.css"></head>'
    "<body><main><h1>{heading}</h1><p>{sentence}</p></main></body></html>"
)


def page(heading: str, sentence: str) -> str:
    """Return a whole page of one heading and one sentence."""
    return _PAGE.format(heading=heading, sentence=sentence)


def problem_text(status: int, code: str, heading: str, sentence: str) -> str:
    """Return a problem document (RFC 9457)."""
    return json.dumps({"status": status, "title": heading, "detail": sentence, "code": code}, ensure_ascii=False)


def bare_answer(status: int, *, for_program: bool) -> tuple[str, bytes]:
    """Return the content type and the body of a refusal; `status` is one of CODES."""
    code, tables = CODES[status], _tables()
    heading, sentence = tables["headings"][str(status)], tables["refusals"][code]
    if for_program:
        sentence = tables["program_refusals"].get(code, sentence)
        return "application/problem+json", problem_text(status, code, heading, sentence).encode()
    return "text/html; charset=utf-8", page(heading, sentence).encode()


@cache
def _tables() -> dict[str, dict[str, str]]:
    return tomllib.loads(_MESSAGES.read_text(encoding="utf-8"))
