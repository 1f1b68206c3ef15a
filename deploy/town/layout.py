"""Where everything of a town lies, which keys it has and what its services are told about the outside."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from services.intake.app import service as intake
from services.meetings.app import service as meetings
from services.notifications.app import service as notifications
from services.questionnaires.app import service as questionnaires
from shared.door import Service
from shared.settings import SettingsError, read

SERVICES: tuple[Service, ...] = (meetings, intake, questionnaires, notifications)
NAMES = tuple(service.name for service in SERVICES)


@dataclass(frozen=True)
class Town:
    """One installation in one folder.

    smtp_port  where its own mailbox takes mail on the loopback address
    demo       whether there are demo people and a clock that can be moved
    """

    data: Path
    port: int
    smtp_port: int
    demo: bool = True
    lease_seconds: float = 10.0

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stores(self) -> Path:
        """Where the stores of the four services lie."""
        return self.data / "stores"

    @property
    def mailbox(self) -> Path:
        """Where mail that was sent on this machine arrives."""
        return self.data / "mailbox"

    @property
    def clock_file(self) -> Path | None:
        """What the demo clock goes by."""
        return self.data / "clock" if self.demo else None

    def environment(self) -> dict[str, str]:
        """What the services are told, as the variables that they read."""
        told: dict[str, str] = {}
        for name in NAMES:
            told |= {
                f"{name}_stores": str(self.stores),
                f"{name}_keys_file": str(self.data / "keys" / f"{name}.json"),
                f"{name}_public_url": self.url,
                f"{name}_contact_email": "houvast@houvast.example",
                f"{name}_lease_seconds": str(self.lease_seconds),
            }
            if self.clock_file is not None:
                told[f"{name}_clock_file"] = str(self.clock_file)
        told |= {
            "notifications_smtp_host": "127.0.0.1",
            "notifications_smtp_port": str(self.smtp_port),
            "notifications_mailbox": str(self.mailbox),
            "notifications_mailbox_page": "1" if self.demo else "0",
            "notifications_sender": "houvast@houvast.example",
            "meetings_demo_people": "1" if self.demo else "0",
        }
        return {key.upper(): value for key, value in told.items()} | self._mail_server()

    @property
    def has_mailbox(self) -> bool:
        """Whether mail stays on this machine: with invented people always, else when no mail server was named."""
        return self.demo or not os.environ.get("NOTIFICATIONS_SMTP_HOST")

    def _mail_server(self) -> dict[str, str]:
        if self.has_mailbox:
            return {}
        theirs = {key: value for key, value in os.environ.items() if key.startswith("NOTIFICATIONS_")}
        return {"NOTIFICATIONS_SMTP_PORT": "587", **theirs, "NOTIFICATIONS_MAILBOX": ""}

    def settings_of(self, name: str) -> Any:
        """What one service would read in its own process."""
        service = next(one for one in SERVICES if one.name == name)
        return read(service.settings, name, self.environment())

    def prepare(self) -> None:
        """Make folders, keys and stores that are missing, and bring the stores up to date. Safe to repeat."""
        for folder in (self.data, self.stores, self.data / "keys"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        make_keys(self.data / "keys")
        self.open()
        for service in SERVICES:
            service.migrate()

    def wipe(self) -> None:
        """Empty the stores and the mailbox of a demo whose loading was broken off; keys stay."""
        assert self.demo
        for service in SERVICES:
            service.house.database.close()
        shutil.rmtree(self.stores)
        shutil.rmtree(self.mailbox, ignore_errors=True)
        self.prepare()

    def open(self) -> None:
        """Open all four houses in this process."""
        for service in SERVICES:
            service.house.open(self.settings_of(service.name))


def make_keys(folder: Path) -> None:
    """Make the key file of every service, once, each with just the keys that this service needs."""
    missing = [name for name in NAMES if not (folder / f"{name}.json").exists()]
    if missing and len(missing) < len(NAMES) and all((folder / f"{name}.fresh").exists() for name in missing):
        _put_in_place(folder, missing)  # we were stopped between writing them all and renaming them all
        return
    if not missing:
        return
    if len(missing) < len(NAMES) or any((folder.parent / "stores").glob("*.sqlite3")):
        # New keys would make everything that was sealed with the old ones unreadable, for ever.
        raise SettingsError(
            f"In {folder} ontbreken sleutels ({', '.join(missing)}), terwijl er al andere zijn, of opslag."
            " Er is niets veranderd. Zet de sleutels terug uit je reservekopie."
        )
    signing = OKPKey.generate_key("Ed25519")
    form, links = secrets.token_urlsafe(32), {name: _key() for name in NAMES}
    letters = {f"{writer}>{reader}": _key() for writer in NAMES for reader in NAMES if writer != reader}
    for name in NAMES:
        keys = {
            "fields": {"current": "k1", "keys": {"k1": _key()}},
            "index": _key(),
            "letters": {pair: key for pair, key in letters.items() if name in pair.split(">")},
            "links": links if name == "notifications" else {name: links[name]},
            "form": form,
            "pass_public": signing.as_dict(private=False),
        }
        if name == "meetings":
            keys["pass_private"] = signing.as_dict(private=True)
        _write_secret(folder / f"{name}.fresh", json.dumps(keys, indent=1))
    _put_in_place(folder, NAMES)


def _put_in_place(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / f"{name}.fresh").replace(folder / f"{name}.json")


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _write_secret(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


class AlreadyRunning(Exception):
    """Another process works with this folder."""


def claim(data: Path) -> Any:
    """Keep everybody else out of this folder as long as the answer lives; raises AlreadyRunning."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (data / "running").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning(str(data)) from None
    return file
