"""Access rules: every route declares who may come; a route without a rule is not served.

The rule stands nearest to the function, below the route: `@pages.get("/x")`, then `@requires_staff("manager")`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from flask import g, redirect, request
from werkzeug.wrappers import Response

from shared.errors import Forbidden, Refusal
from shared.security import links, passes, service_tokens
from shared.security.actor import PUBLIC, Actor, system
from shared.security.encryption import Keyring

F = TypeVar("F", bound=Callable[..., object])
RENEW_PATH = "/inloggen/verder"
CODE_PATH = "/mijn/code"


class NotSignedIn(Refusal):
    """Refuse a request without a valid token, key or pass."""

    status = 401

    def __init__(self) -> None:
        super().__init__("sign_in_needed")


class LinkGone(Refusal):
    """Refuse a link that has expired or never was valid."""

    status = 410


@dataclass(frozen=True)
class AccessRule:
    """What a route requires of who comes: kind staff, participant, key, service, link or public.

    for_staff  whether only who works here has use for it, though anybody may open it: where they sign in
    """

    kind: str
    roles: frozenset[str] = frozenset()
    purpose: str = ""
    from_machines: bool = False
    for_staff: bool = False

    @property
    def is_for_staff(self) -> bool:
        """Whether who works here, or a program, reads what it answers."""
        return self.for_staff or self.kind in ("staff", "key", "service")

    @property
    def needs_pass(self) -> bool:
        """Whether somebody comes with a pass in a cookie."""
        return self.kind in ("staff", "participant")


def requires_staff(*roles: str) -> Callable[[F], F]:
    """Require staff who signed in and hold one of these roles somewhere; any role when none is named."""
    return _declare(AccessRule("staff", frozenset(roles)))


def requires_participant() -> Callable[[F], F]:
    """Require a participant who typed the code from their own channel: `g.actor.id` is their participant id.

    Who has no pass any more is redirected to the page that says how to get a code; what they sent is not kept, so
    that nothing of it stays on a phone that others use too.
    """
    return _declare(AccessRule("participant"))


def requires_key(*roles: str) -> Callable[[F], F]:
    """Require a machine with a key in its Authorization header that holds one of these roles."""
    return _declare(AccessRule("key", frozenset(roles)))


def requires_service() -> Callable[[F], F]:
    """Require another service of this installation, with a token that only it could sign."""
    return _declare(AccessRule("service"))


def requires_link(purpose: str, *, from_machines: bool = False) -> Callable[[F], F]:
    """Require an unexpired action link of this purpose, the route's `token`; `g.link` is what it says.

    The link itself is the proof, so its forms need no cookie: nobody can be made to send one unawares.

    from_machines  a program may post here that never saw a form of ours
    """
    return _declare(AccessRule("link", purpose=purpose, from_machines=from_machines))


def public(why: str, *, from_machines: bool = False, for_staff: bool = False) -> Callable[[F], F]:
    """Let anybody in; `why` is for whoever reads the code. With `from_machines` the view requires a secret."""
    rule = AccessRule("public", purpose=why, from_machines=from_machines, for_staff=for_staff)
    return _declare(rule)


@dataclass(frozen=True)
class Cookies:
    """The names of the cookies with a pass; over TLS their prefix binds them to the whole host.

    The same person may have both: neither pass stands in for the other.
    """

    staff: str
    participant: str

    @classmethod
    def of(cls, public_url: str) -> Cookies:
        """Return the names where people open the pages under this address."""
        prefix = "__Host-" if public_url.startswith("https://") else ""
        return cls(f"{prefix}houvast-pass", f"{prefix}houvast-mine")


def authorize(
    view: Callable[..., object] | None, keyring: Keyring, service: str, cookies: Cookies
) -> Response | None:
    """Set g.actor and check that this route is for them; returns a redirect when a pass must be renewed.

    Refused: sign_in_needed, not_allowed, link_unknown, link_expired.
    """
    access_rule: AccessRule | None = getattr(view, "__access_rule__", None)
    if access_rule is None:
        raise Forbidden()
    g.access_rule, g.actor = access_rule, _actor(access_rule, keyring, service, cookies)
    if access_rule.kind == "service" and g.actor.kind != "system":
        raise NotSignedIn()
    if access_rule.kind == "participant" and g.actor.kind == "public":
        # What was being sent is left out: the address of the page is all that comes back.
        return redirect(f"{CODE_PATH}?naar={quote(request.path)}", code=303)
    if access_rule.kind in ("staff", "key"):
        if g.actor.kind == "public":
            if access_rule.kind == "key":
                raise NotSignedIn()
            # 307 keeps method and body, so a form that was being sent arrives after the renewal.
            address = quote(request.full_path.rstrip("?"))
            return redirect(f"{RENEW_PATH}?naar={address}", code=302 if request.method == "GET" else 307)
        if access_rule.roles and not g.actor.roles & access_rule.roles:
            raise Forbidden()
    return None


def _actor(access_rule: AccessRule, keyring: Keyring, service: str, cookies: Cookies) -> Actor:
    if access_rule.kind == "link":
        link = links.check(keyring, service, access_rule.purpose, (request.view_args or {}).get("token", ""))
        if link is None:
            raise LinkGone("link_unknown")
        if links.is_expired(link):
            raise LinkGone("link_expired")
        g.link = link
        return Actor(id=f"link:{link.subject}", kind="link")
    if access_rule.kind == "service":
        reader = request.headers.get("X-Reader", "")
        return system(reader) if service_tokens.check(keyring, service, reader, _bearer()) else PUBLIC
    if access_rule.kind == "key":
        key = passes.check(keyring, _bearer())
        return key if key is not None and key.kind == "key" else PUBLIC
    kind, cookie = (
        ("participant", cookies.participant) if access_rule.kind == "participant" else ("staff", cookies.staff)
    )
    text = request.cookies.get(cookie, "")
    actor = passes.check(keyring, text) if text else None
    return actor if actor is not None and actor.kind == kind else PUBLIC


def _bearer() -> str:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text if scheme.lower() == "bearer" else ""


def _declare(access_rule: AccessRule) -> Callable[[F], F]:
    def decorate(view: F) -> F:
        view.__access_rule__ = access_rule  # type: ignore[attr-defined]
        return view

    return decorate
