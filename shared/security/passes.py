"""Short-lived passes, signed with EdDSA by the sign-in service; every service checks them with its public key."""

from __future__ import annotations

from datetime import timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared import clock
from shared.security.actor import Actor
from shared.security.encryption import Keyring

PASS_SECONDS = 300
# There is no session behind it: after this a new code is needed, which is kinder to who shares a phone.
PARTICIPANT_SECONDS = 900
_KINDS = ("staff", "participant", "key")
# RFC 9864: the fully specified name of EdDSA on curve Ed25519.
_ALGORITHM = "Ed25519"


def sign(keyring: Keyring, actor: Actor, *, seconds: int = PASS_SECONDS) -> str:
    """Return a pass for this actor; only the sign-in service has the key for it."""
    wall = clock.wall()
    claims = {
        "sub": actor.id,
        "kind": actor.kind,
        "name": actor.name,
        "menu": list(actor.menu),
        "grants": {organisation: sorted(roles) for organisation, roles in actor.grants.items()},
        "iat": int(wall.timestamp()),
        "exp": int((wall + timedelta(seconds=seconds)).timestamp()),
    }
    key = OKPKey.import_key(dict(keyring.group("pass_private")))
    return jwt.encode({"alg": _ALGORITHM}, claims, key, algorithms=[_ALGORITHM])


def check(keyring: Keyring, text: str) -> Actor | None:
    """Return whose pass this is; None when it is none, forged or expired (by the time of the machine)."""
    key = OKPKey.import_key(dict(keyring.group("pass_public")))
    try:
        claims = jwt.decode(text, key, algorithms=[_ALGORITHM]).claims
        if int(claims["exp"]) <= clock.wall().timestamp() or claims["kind"] not in _KINDS:
            return None
        grants = {organisation: frozenset(roles) for organisation, roles in claims["grants"].items()}
        menu = tuple((str(label), str(href)) for label, href in claims["menu"])
        return Actor(str(claims["sub"]), str(claims["kind"]), str(claims["name"]), grants, menu)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
