"""What a backup holds, in its `manifest.json`: enough to see that it is whole, and sealed with which keys."""

from __future__ import annotations

import hashlib
import hmac
import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from deploy.local.files import write_whole
from deploy.local.installation import NAMES
from deploy.local.table_copy import StoreProblem
from shared.security.encryption import Keyring

FILE = "manifest.json"
FORMAT = 1
_NAMES = "houvast-*"
_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@dataclass(frozen=True)
class Copy:
    """One file of a backup."""

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class StoreCopy(Copy):
    """The copy of one store, and how far its service was.

    epoch, seq   of its log
    positions    source -> [epoch, number] up to which its events were handled
    migrations   those that the store had
    keys         name of a key -> its fingerprint, which shows that a key is the same and nothing more of it
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
    services: dict[str, StoreCopy]
    key_files: dict[str, Copy]

    def write(self, folder: Path) -> None:
        """Write it into the folder that holds the files."""
        write_whole(folder / FILE, json.dumps({"format": FORMAT, **asdict(self)}, indent=1))


class _Described(Schema):
    makes: ClassVar[Callable[..., object]]

    @post_load
    def make(self, data: dict[str, object], **_: object) -> object:
        return self.makes(**data)


class _Copy(_Described):
    makes: ClassVar[Callable[..., object]] = Copy
    file = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class _StoreCopy(_Copy):
    makes = StoreCopy
    epoch = fields.Integer(required=True)
    seq = fields.Integer(required=True)
    positions = fields.Dict(fields.String(), fields.List(fields.Integer()), required=True)
    migrations = fields.List(fields.String(), required=True)
    keys = fields.Dict(fields.String(), fields.String(), required=True)


class _Manifest(_Described):
    makes = Manifest
    made_at = fields.String(required=True)
    version = fields.String(required=True)
    services = fields.Dict(fields.String(validate=validate.OneOf(NAMES)), fields.Nested(_StoreCopy), required=True)
    key_files = fields.Dict(fields.String(validate=validate.OneOf(NAMES)), fields.Nested(_Copy), required=True)


def read_checked(folder: Path) -> Manifest:
    """Return the manifest of a backup whose files are all there as they were written. Raises StoreProblem."""
    if folder.name.endswith(".partial"):
        raise StoreProblem(f"{folder} is een reservekopie die niet af is.")
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise StoreProblem(f"De reservekopie in {folder} is van een nieuwere versie van Houvast.")
        manifest: Manifest = _Manifest(unknown=EXCLUDE).load(data)
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise StoreProblem(f"In {folder} staat geen reservekopie van Houvast ({type(error).__name__}).") from None
    for name, store in manifest.services.items():
        _check(folder, store, store_file(name))
    for name, keys in manifest.key_files.items():
        _check(folder, keys, key_file(name))
    return manifest


def made_at_of(folder: Path) -> datetime | None:
    """Return when the backup in this folder was made; None when what lies there cannot be read as one."""
    try:
        made_at = datetime.fromisoformat(json.loads((folder / FILE).read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return made_at if made_at.tzinfo else None


def backups_in(folder: Path) -> list[Path]:
    """Return what looks like a backup in the folder where backups are put, whole or not, by name."""
    return sorted(folder.glob(_NAMES))


def newest_backup(folder: Path) -> Path:
    """Return the newest backup in a folder of backups; the folder itself when it is one, or holds none."""
    if (folder / FILE).exists():
        return folder
    whole = (path for path in backups_in(folder) if not path.name.endswith(".partial"))
    made = [(made_at, path) for path in whole if (made_at := made_at_of(path)) is not None]
    return max(made)[1] if made else folder


def store_file(name: str) -> str:
    """Return where the copy of a store is, within the backup."""
    return f"stores/{name}.sqlite3"


def key_file(name: str) -> str:
    """Return where the copy of a key file is, within the backup."""
    return f"keys/{name}.json"


def _check(folder: Path, copy: Copy, expected: str) -> None:
    path = folder / expected
    if copy.file != expected or not path.is_file():
        raise StoreProblem(f"De reservekopie in {folder} is niet compleet: {expected} ontbreekt.")
    if path.stat().st_size != copy.bytes or sha256_of(path) != copy.sha256:
        raise StoreProblem(
            f"De reservekopie in {folder} is beschadigd: {expected} is niet wat er geschreven werd."
        )


def copy_of(folder: Path, file: str) -> Copy:
    """Describe a file in a backup."""
    path = folder / file
    return Copy(file, path.stat().st_size, sha256_of(path))


def sha256_of(path: Path) -> str:
    """Hash what is in a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprints_of(keyring: Keyring) -> dict[str, str]:
    """Return the name of each key that seals what is kept, with what only the same key gives."""
    secret = {f"fields.{name}": key for name, key in keyring.group("fields", "keys").items()}
    secret |= {f"{kind}.{name}": key for kind in ("events", "links") for name, key in keyring.group(kind).items()}
    secret["index"] = keyring.text("index")
    return {
        name: hmac.new(key.encode(), b"houvast backup", hashlib.sha256).hexdigest()[:16]
        for name, key in sorted(secret.items())
    }


def version() -> str:
    """Return the version of this Houvast."""
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
