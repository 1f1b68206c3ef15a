"""What a backup holds, in its `manifest.json`: enough to see that it is whole, and of these keys."""

from __future__ import annotations

import hashlib
import hmac
import json
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from deploy.local.files import write_whole
from deploy.local.installation import NAMES
from shared.security.encryption import Keyring

FILE = "manifest.json"
FORMAT = 1
SUFFIXES = {"sqlite": ".sqlite3", "postgresql": ".dump"}
_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


class BadBackup(Exception):
    """What is wrong with it, as a sentence."""


@dataclass(frozen=True)
class Copy:
    """The copy of one file."""

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class StoreCopy(Copy):
    """The copy of one store, and how far its service was.

    epoch, seq   of its log
    positions    source -> [epoch, number] of what was heard of it
    migrations   those that the store had
    keys         name of a key -> what shows that a key is the same, and nothing more of it
    """

    epoch: int
    seq: int
    positions: dict[str, list[int]]
    migrations: list[str]
    keys: dict[str, str]


@dataclass(frozen=True)
class Manifest:
    """One backup; `key_files` is empty when it was made without keys."""

    made_at: str
    version: str
    engine: str
    services: dict[str, StoreCopy]
    key_files: dict[str, Copy]

    def write(self, folder: Path) -> None:
        """Into a folder that holds the files."""
        write_whole(folder / FILE, json.dumps({"format": FORMAT, **asdict(self)}, indent=1))


class _Copy(Schema):
    file = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Copy:
        """As the dataclass."""
        return Copy(**data)


class _StoreCopy(Schema):
    file = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    epoch = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    positions = fields.Dict(fields.String(), fields.List(fields.Integer()), required=True)
    migrations = fields.List(fields.String(), required=True)
    keys = fields.Dict(fields.String(), fields.String(), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> StoreCopy:
        """As the dataclass."""
        return StoreCopy(**data)


class _Manifest(Schema):
    made_at = fields.String(required=True)
    version = fields.String(required=True)
    engine = fields.String(required=True, validate=validate.OneOf(SUFFIXES))
    services = fields.Dict(fields.String(validate=validate.OneOf(NAMES)), fields.Nested(_StoreCopy), required=True)
    key_files = fields.Dict(fields.String(validate=validate.OneOf(NAMES)), fields.Nested(_Copy), required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Manifest:
        """As the dataclass."""
        return Manifest(**data)


def read_checked(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all there as they were written. Raises BadBackup."""
    if folder.name.endswith(".partial"):
        raise BadBackup(f"{folder} is een reservekopie die niet af is.")
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise BadBackup(f"De reservekopie in {folder} is van een nieuwere versie van Houvast.")
        manifest: Manifest = _Manifest(unknown=EXCLUDE).load(told)
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as wrong:
        raise BadBackup(f"In {folder} staat geen reservekopie van Houvast ({type(wrong).__name__}).") from None
    for name, store in manifest.services.items():
        _check(folder, store, store_file(name, manifest.engine))
    for name, keys in manifest.key_files.items():
        _check(folder, keys, key_file(name))
    return manifest


def store_file(name: str, engine: str) -> str:
    """Where the copy of a store is, within the backup."""
    return f"stores/{name}{SUFFIXES[engine]}"


def key_file(name: str) -> str:
    """Where the copy of a key file is, within the backup."""
    return f"keys/{name}.json"


def _check(folder: Path, copy: Copy, expected: str) -> None:
    path = folder / expected
    if copy.file != expected or not path.is_file():
        raise BadBackup(f"De reservekopie in {folder} is niet compleet: {expected} ontbreekt.")
    if path.stat().st_size != copy.bytes or sha256_of(path) != copy.sha256:
        raise BadBackup(f"De reservekopie in {folder} is beschadigd: {expected} is niet wat er geschreven werd.")


def copy_of(folder: Path, file: str) -> Copy:
    """What to remember of a file in a backup."""
    path = folder / file
    return Copy(file, path.stat().st_size, sha256_of(path))


def sha256_of(path: Path) -> str:
    """Of what is in a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shows_of(keyring: Keyring) -> dict[str, str]:
    """For each key that seals what is kept: its name, and what only the same key gives."""
    secret = {f"fields.{name}": key for name, key in keyring.value("fields", "keys").items()}
    secret |= {f"{kind}.{name}": key for kind in ("events", "links") for name, key in keyring.value(kind).items()}
    secret["index"] = keyring.value("index")
    return {
        name: hmac.new(key.encode(), b"houvast backup", hashlib.sha256).hexdigest()[:16]
        for name, key in sorted(secret.items())
    }


def version() -> str:
    """Of this Houvast."""
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
