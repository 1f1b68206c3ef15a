"""Encryption: sealed fields, blind indexes, and personal values in events for named consumers.

A sealed field is AES-GCM with a key id before it and the place (`service.table.column|row`) as associated
data, so that a value copied to another row or column does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import GiveUp
from shared.settings import SettingsError

_NONCE_BYTES = 12


class Keyring:
    """The keys of one service, from a file of mode 0600.

    fields   {"current": key id, "keys": {key id: 32 bytes in base64}}
    index    base64, for blind indexes
    events   {"publisher>consumer": base64}, one for each pair this service belongs to
    links    {target service: base64}, for action links
    form     text, for the cookie behind forms
    pass_public, pass_private  JWK (OKP, Ed25519); only the sign-in service has the private one
    """

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Load the keys. Raises SettingsError for a missing file and for one that others may read."""
        if not path.is_file():
            raise SettingsError(f"Het sleutelbestand {path.name} is er niet. Maak de sleutels eerst aan.")
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"Anderen kunnen {path.name} lezen. Geef het bestand rechten 0600.")
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def group(self, *names: str) -> dict[str, str]:
        """Return the keys that stand together under this name. Raises SettingsError when there are none."""
        value = self._find(names)
        assert isinstance(value, dict)
        return value

    def text(self, *names: str) -> str:
        """Return a key as it stands in the file. Raises SettingsError when there is none."""
        return str(self._find(names))

    def raw(self, *names: str) -> bytes:
        """Return a key as bytes. Raises SettingsError when there is none."""
        return base64.b64decode(str(self._find(names)))

    def _find(self, names: tuple[str, ...]) -> object:
        value: object = self._values
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            raise SettingsError(f"De sleutel {'.'.join(names)} ontbreekt in het sleutelbestand.")
        return value


class Encryption:
    """Sealing and opening for one service; `use` sets the keys."""

    def __init__(self, service: str) -> None:
        self.service = service
        self._keyring: Keyring | None = None

    def use(self, keyring: Keyring) -> None:
        """Use these keys from now on."""
        self._keyring = keyring

    @property
    def keyring(self) -> Keyring:
        """The keys in use."""
        assert self._keyring is not None, "the keys were not given yet"
        return self._keyring

    def seal(self, text: str, place: str, row: str) -> bytes:
        """Seal a value for its place: `table.column` and the id of the row."""
        key_id = self.keyring.text("fields", "current")
        sealed = _seal(self._field_key(key_id), text.encode(), self._place(place, row))
        return key_id.encode() + b"." + sealed

    def open(self, sealed: bytes | memoryview, place: str, row: str) -> str:
        """Return the value of a sealed field. GiveUp when it was sealed for another place or changed."""
        key_id, _, rest = bytes(sealed).partition(b".")
        try:
            key = self._field_key(key_id.decode())
        except (KeyError, ValueError):
            raise GiveUp("a value sealed with a key that is not here", "sealed") from None
        return _open(key, rest, self._place(place, row)).decode()

    def index(self, value: str, place: str) -> str:
        """Return a blind index: equal values give equal text; without the key nothing else can be learned."""
        message = f"{self.service}.{place}|{value}".encode()
        return hmac.new(self.keyring.raw("index"), message, hashlib.sha256).hexdigest()

    def seal_for_consumer(self, consumer: str, associated_data: str, values: Mapping[str, object]) -> str:
        """Seal values that only one consumer can open, bound to the associated data of their event."""
        key = self.keyring.raw("events", f"{self.service}>{consumer}")
        return base64.b64encode(_seal(key, json.dumps(values).encode(), associated_data.encode())).decode()

    def open_from_publisher(self, publisher: str, associated_data: str, sealed: str) -> dict[str, Any]:
        """Open what a publisher sealed for us. GiveUp when it does not open."""
        key = self.keyring.raw("events", f"{publisher}>{self.service}")
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (ValueError, TypeError):
            raise GiveUp("a sealed value is none", "sealed") from None
        return json.loads(_open(key, raw, associated_data.encode()))

    def _field_key(self, key_id: str) -> bytes:
        return base64.b64decode(self.keyring.group("fields", "keys")[key_id])

    def _place(self, place: str, row: str) -> bytes:
        return f"{self.service}.{place}|{row}".encode()


def _seal(key: bytes, plain: bytes, where: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, where)


def _open(key: bytes, sealed: bytes, where: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], where)
    except (InvalidTag, ValueError):  # ValueError: too short to be one of ours
        raise GiveUp("a sealed value does not open", "sealed") from None
