"""Where everything of a town lies, which keys it has and what its services are told about the outside."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from services.intake.app import service as intake
from services.meetings.app import service as meetings
from services.notifications.app import service as notifications
from services.questionnaires.app import service as questionnaires
from shared.door import Service
from shared.settings import read

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

    def environment(self) -> dict[str, str]:
        """What the services are told, as the variables that they read."""
        told: dict[str, str] = {}
        for name in NAMES:
            told |= {
                f"{name}_stores": str(self.stores),
                f"{name}_keys_file": str(self.data / "keys" / f"{name}.json"),
                f"{name}_public_url": self.url,
                f"{name}_lease_seconds": str(self.lease_seconds),
            }
            if self.demo:
                told[f"{name}_clock_file"] = str(self.data / "clock")
        told |= {
            "notifications_smtp_host": "127.0.0.1",
            "notifications_smtp_port": str(self.smtp_port),
            "notifications_mailbox": str(self.mailbox),
            "notifications_sender": "houvast@houvast.example",
            "meetings_demo_people": "1" if self.demo else "0",
        }
        return {key.upper(): value for key, value in told.items()}

    def settings_of(self, name: str) -> Any:
        """What one service would read in its own process."""
        service = next(one for one in SERVICES if one.name == name)
        return read(service.settings, name, self.environment())

    def prepare(self) -> None:
        """Make folders, keys and stores that are missing, and bring the stores up to date. Safe to repeat."""
        for folder in (self.data, self.stores, self.data / "keys"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_keys(self.data / "keys")
        self.open()
        for service in SERVICES:
            service.migrate()

    def open(self) -> None:
        """Open all four houses in this process."""
        for service in SERVICES:
            service.house.open(self.settings_of(service.name))


def make_keys(folder: Path) -> None:
    """Make the key file of every service, once, each with just the keys that this service needs."""
    wanted = [folder / f"{name}.json" for name in NAMES]
    if all(path.exists() for path in wanted):
        return
    signing = OKPKey.generate_key("Ed25519")
    form, links = secrets.token_urlsafe(32), {name: _key() for name in NAMES}
    letters = {f"{writer}>{reader}": _key() for writer in NAMES for reader in NAMES if writer != reader}
    for name, path in zip(NAMES, wanted, strict=True):
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
        _write_secret(path, json.dumps(keys, indent=1))


def _key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def _write_secret(path: Path, text: str) -> None:
    fresh = path.with_suffix(".fresh")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


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
