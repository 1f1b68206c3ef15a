"""The language of a page: of whoever reads it when we know them, else what they chose, else what they browse in.

Who works here reads Dutch; their pages have no other language. A choice is a link, so that it works on every page
and without JavaScript, and stays in a cookie that holds nothing but the language and ends with the browser.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request

from shared import language
from shared.language import LANGUAGES, SOURCE
from shared.security.actor import PUBLIC

# Takes the subject of a link and its purpose, or the id of a participant with a pass and an empty purpose.
LanguageOf = Callable[[str, str], str | None]
FIELD, COOKIE = "taal", "taal"


def register(app: Flask, language_of: LanguageOf, *, is_https: bool) -> None:
    """Give every page of this app its language."""
    app.extensions["language_of"] = language_of
    app.after_request(_keep_choice(is_https))
    # Whatever this thread does next is not for this reader.
    app.teardown_request(lambda _error: language.use(SOURCE))


def begin() -> None:
    """Choose the language of this request before anything is known of who asks."""
    view = current_app.view_functions.get(request.endpoint or "")
    access_rule = getattr(view, "__access_rule__", None)
    is_for_staff = access_rule is not None and access_rule.is_for_staff
    language.use(SOURCE if is_for_staff else _asked() or _accepted())


def follow_reader() -> None:
    """Write in the language of whoever came by a pass or a link of their own."""
    link, actor = g.get("link"), g.get("actor", PUBLIC)
    if link is None and actor.kind != "participant":
        return
    subject, purpose = (link.subject, link.purpose) if link is not None else (actor.id, "")
    own = current_app.extensions["language_of"](subject, purpose)
    if own is not None:
        g.has_own_language = True
        language.use(own)


def choices() -> list[dict[str, object]]:
    """Return what the reader may choose on this page; nothing where we know their language, or it has only one."""
    access_rule = g.get("access_rule")
    if g.get("has_own_language") or request.method != "GET" or (access_rule and access_rule.is_for_staff):
        return []
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != FIELD]
    return [
        {
            "code": code,
            "name": name,
            "href": f"?{urlencode([*rest, (FIELD, code)])}",
            "is_current": code == language.current(),
        }
        for code, name in LANGUAGES.items()
    ]


def _asked() -> str | None:
    """Return what the reader chose, on this page or before."""
    given = request.args.get(FIELD), request.cookies.get(COOKIE)
    return next((code for code in given if code in LANGUAGES), None)


def _accepted() -> str:
    return request.accept_languages.best_match(LANGUAGES, SOURCE) or SOURCE


def _keep_choice(is_https: bool) -> Callable[[Response], Response]:
    def keep(response: Response) -> Response:
        chosen = request.args.get(FIELD, "")
        if chosen in LANGUAGES and request.method == "GET":
            response.set_cookie(COOKIE, chosen, path="/", secure=is_https, httponly=True, samesite="Lax")
        return response

    return keep
