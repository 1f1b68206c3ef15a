"""Tokens of a minute by which one service authenticates to another, signed with a key that only the two share."""

from __future__ import annotations

import hashlib
import hmac

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from shared import clock
from shared.security.encryption import Keyring
from shared.settings import SettingsError

TOKEN_SECONDS = 60
_ALGORITHM = "HS256"


def sign(keyring: Keyring, reader: str, publisher: str) -> str:
    """Return a token with which `reader` may read the feed and operator interface of `publisher`."""
    until = int(clock.wall().timestamp()) + TOKEN_SECONDS
    claims = {"iss": reader, "aud": publisher, "exp": until}
    return jwt.encode({"alg": _ALGORITHM}, claims, _key(keyring, reader, publisher), algorithms=[_ALGORITHM])


def check(keyring: Keyring, publisher: str, reader: str, text: str) -> bool:
    """Tell whether this is an unexpired token of that reader for this publisher."""
    try:
        claims = jwt.decode(text, _key(keyring, reader, publisher), algorithms=[_ALGORITHM]).claims
        is_unexpired = int(claims["exp"]) > clock.wall().timestamp()
        return is_unexpired and (claims["iss"], claims["aud"]) == (reader, publisher)
    except (JoseError, SettingsError, ValueError, KeyError, TypeError):
        return False


def _key(keyring: Keyring, reader: str, publisher: str) -> OctKey:
    # Derived from the key of the events: what signs must not be what seals.
    secret = hmac.new(keyring.raw("events", f"{publisher}>{reader}"), b"feed", hashlib.sha256).digest()
    return OctKey.import_key(secret)
