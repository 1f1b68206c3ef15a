"""Every route says whom it asks for; a route that does not say so is not served.

The mark stands nearest to the function, below the route: `@pages.get("/x")`, then `@asks_staff("manager")`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from flask import g, redirect, request
from werkzeug.wrappers import Response

from shared.auth import links, passes, services
from shared.auth.actor import PUBLIC, Actor, system
from shared.errors import Forbidden, Refusal
from shared.privacy import Keyring

F = TypeVar("F", bound=Callable[..., Any])
RENEW = "/inloggen/verder"


class NotSignedIn(Refusal):
    """Nobody who may be trusted is asking."""

    status = 401

    def __init__(self) -> None:
        super().__init__("sign_in_needed")


class LinkGone(Refusal):
    """The link was good once, or never was."""

    status = 410


@dataclass(frozen=True)
class Asks:
    """What a route asks of who comes: kind staff, key, service, link or nobody."""

    kind: str
    roles: frozenset[str] = frozenset()
    purpose: str = ""


def asks_staff(*roles: str) -> Callable[[F], F]:
    """Somebody who signed in and holds one of these roles somewhere; any role when none is named."""
    return _marked(Asks("staff", frozenset(roles)))


def asks_key(*roles: str) -> Callable[[F], F]:
    """A machine with a key in its Authorization header that holds one of these roles."""
    return _marked(Asks("key", frozenset(roles)))


def asks_service() -> Callable[[F], F]:
    """Another service of this installation, with a token that only it could sign."""
    return _marked(Asks("service"))


def asks_link(purpose: str) -> Callable[[F], F]:
    """Whoever has an unexpired action link of this purpose: the route's `token`; `g.link` is what it says."""
    return _marked(Asks("link", purpose=purpose))


def asks_nobody(why: str) -> Callable[[F], F]:
    """Anybody; `why` says the reason to whoever reads the code."""
    return _marked(Asks("nobody", purpose=why))


def admit(view: Callable[..., Any] | None, keyring: Keyring, service: str, cookie: str) -> Response | None:
    """Find out who asks (g.actor) and whether this route is for them. A redirect when a pass must be renewed."""
    asks: Asks | None = getattr(view, "__asks__", None)
    if asks is None:
        raise Forbidden()
    g.asks, g.actor = asks, _actor(asks, keyring, service, cookie)
    if asks.kind == "service" and g.actor.kind != "system":
        raise NotSignedIn()
    if asks.kind in ("staff", "key"):
        if g.actor.kind == "public":
            if asks.kind == "key":
                raise NotSignedIn()
            # 307 keeps method and body, so a form that was being sent arrives after the renewal.
            here = quote(request.full_path.rstrip("?"))
            return redirect(f"{RENEW}?naar={here}", code=302 if request.method == "GET" else 307)
        if asks.roles and not g.actor.roles & asks.roles:
            raise Forbidden()
    return None


def _actor(asks: Asks, keyring: Keyring, service: str, cookie: str) -> Actor:
    if asks.kind == "link":
        link = links.check(keyring, service, asks.purpose, (request.view_args or {}).get("token", ""))
        if link is None:
            raise LinkGone("link_unknown")
        if links.is_expired(link):
            raise LinkGone("link_expired")
        g.link = link
        return Actor(id=f"link:{link.subject}", kind="link")
    if asks.kind == "service":
        reader = request.headers.get("X-Reader", "")
        return system(reader) if services.check(keyring, service, reader, _bearer()) else PUBLIC
    if asks.kind == "key":
        key = passes.check(keyring, _bearer())
        return key if key is not None and key.kind == "key" else PUBLIC
    text = request.cookies.get(cookie, "")
    found = passes.check(keyring, text) if text else None
    return found if found is not None and found.is_staff else PUBLIC


def _bearer() -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


def _marked(asks: Asks) -> Callable[[F], F]:
    def mark(view: F) -> F:
        view.__asks__ = asks  # type: ignore[attr-defined]
        return view

    return mark
