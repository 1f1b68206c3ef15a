"""Where everything of an installation lies, which keys it has and the settings of its services."""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

import click

from deploy.local.files import write_whole
from deploy.local.key_files import make_keys
from deploy.local.progress import check_whole, finish_move
from deploy.local.public_address import PublicAddress, remembered_address
from deploy.local.servers import Servers, database_of, make_databases
from services.intake.app import application as intake
from services.meetings.app import application as meetings
from services.notifications.app import application as notifications
from services.questionnaires.app import application as questionnaires
from shared.cli import Application
from shared.messaging.feed import Feeds, LocalFeed
from shared.settings import ServiceSettings, check_countries, read

APPLICATIONS: tuple[Application, ...] = (meetings, intake, questionnaires, notifications)
NAMES = tuple(application.name for application in APPLICATIONS)


def application_named(name: str) -> Application:
    """Return the application of one service."""
    return next(application for application in APPLICATIONS if application.name == name)


def feeds_for(application: Application) -> Feeds:
    """Return the logs that a service consumes, when all services are open in this process."""
    return {
        other.name: LocalFeed(other.service.outbox)
        for other in APPLICATIONS
        if other.name in application.subscriptions.sources
    }


@dataclass(frozen=True)
class Installation:
    """All of Houvast in one folder.

    smtp_port  where its own mailbox takes mail on the loopback address
    demo       whether there are demo people and a clock that can be moved
    servers    the database server and the broker that it stands on, if not on files in the folder
    address    where people open it, if there is a reverse proxy in front
    """

    data: Path
    port: int
    smtp_port: int
    demo: bool = True
    lease_seconds: float = 6.0
    servers: Servers = Servers()
    address: PublicAddress = PublicAddress()

    @classmethod
    def stopped(cls, data: Path, servers: Servers) -> Installation:
        """Return the installation in this folder as it was left."""
        demo = (data / "clock").exists()
        return cls(data, 0, 0, demo=demo, servers=servers, address=remembered_address(data))

    @property
    def local_url(self) -> str:
        """The address on this machine."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address to open."""
        return self.address.url or self.local_url

    @property
    def stores(self) -> Path:
        return self.data / "stores"

    def store_of(self, name: str) -> Path:
        """Return where the store of a service lies when it is a file."""
        return self.stores / f"{name}.sqlite3"

    @property
    def staging(self) -> Path:
        """Where a restore makes stores ready before they are used."""
        return self.data / "stores.restoring"

    @property
    def mailbox(self) -> Path:
        """Where mail that was sent on this machine arrives."""
        return self.data / "mailbox"

    @property
    def erasure_log(self) -> Path:
        """Where whom a restore must erase again is written: apart from the stores."""
        return self.data / "erasures"

    @property
    def clock_file(self) -> Path | None:
        """The file that says how far the demo clock is ahead."""
        return self.data / "clock" if self.demo else None

    @property
    def last_url(self) -> str | None:
        """The address at which it was last started; None when it never was."""
        path = self.data / "address"
        return path.read_text(encoding="ascii").strip() if path.exists() else None

    def remember_url(self) -> None:
        """Write down the address at which it is started, for commands that print a link."""
        write_whole(self.data / "address", f"{self.url}\n")

    def environment(self) -> dict[str, str]:
        """Return the settings of all services, as the variables that they read."""
        variables: dict[str, str] = {}
        for name in NAMES:
            variables |= {
                f"{name}_stores": str(self.stores),
                f"{name}_keys_file": str(self.data / "keys" / f"{name}.json"),
                f"{name}_public_url": self.url,
                f"{name}_proxies": str(self.address.proxies),
                f"{name}_contact_email": "houvast@houvast.example",
                f"{name}_lease_seconds": str(self.lease_seconds),
            }
            if self.servers.database is not None:
                variables[f"{name}_database"] = database_of(self.servers.database, name)[0]
            if self.servers.broker is not None:
                variables |= {f"{name}_broker": self.servers.broker, f"{name}_broker_prefix": self.servers.prefix}
            if self.clock_file is not None:
                variables[f"{name}_clock_file"] = str(self.clock_file)
        variables |= {
            "notifications_smtp_host": "127.0.0.1",
            "notifications_smtp_port": str(self.smtp_port),
            "notifications_mailbox": str(self.mailbox),
            "notifications_mailbox_page": "1" if self.demo else "0",
            "notifications_sender": "houvast@houvast.example",
            "meetings_demo_people": "1" if self.demo else "0",
            "intake_erasure_log": str(self.erasure_log),
        }
        # What one reads when a number is typed, and what the sender goes by.
        countries = os.environ.get("NOTIFICATIONS_SMS_COUNTRIES", "31")
        check_countries("NOTIFICATIONS_SMS_COUNTRIES", countries)
        variables |= {f"{name}_sms_countries": countries for name in ("intake", "notifications")}
        mail_server = self._mail_server()
        # What an organisation may be called without asking depends on what stands in every message.
        variables["meetings_sender_name"] = mail_server.get("NOTIFICATIONS_SENDER_NAME", "")
        return {key.upper(): value for key, value in variables.items()} | mail_server

    @property
    def has_mailbox(self) -> bool:
        """Whether mail stays on this machine: with invented people always, else when no mail server was named."""
        return self.demo or not os.environ.get("NOTIFICATIONS_SMTP_HOST")

    def _mail_server(self) -> dict[str, str]:
        if self.has_mailbox:
            return {}
        theirs = {key: value for key, value in os.environ.items() if key.startswith("NOTIFICATIONS_")}
        return {"NOTIFICATIONS_SMTP_PORT": "587", **theirs, "NOTIFICATIONS_MAILBOX": ""}

    def settings_of(self, name: str) -> ServiceSettings:
        """Return the settings that one service would read in its own process."""
        return read(application_named(name).settings, name, self.environment())

    def prepare(self) -> None:
        """Make folders, keys and stores that are missing, and bring the stores up to date. Safe to repeat."""
        check_whole(self.data)
        finish_move(self.data, self.servers, NAMES)
        for folder in (self.data, self.stores, self.data / "keys"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        make_keys(self.data / "keys", NAMES)
        if self.servers.database is not None:
            make_databases(self.servers.database, NAMES)
        self.open()
        for application in APPLICATIONS:
            application.migrate()

    def wipe(self) -> None:
        """Empty the stores and the mailbox of a demo whose loading was broken off; keys stay."""
        assert self.demo
        for application in APPLICATIONS:
            application.service.database.close()
        shutil.rmtree(self.stores)
        if self.servers.database is not None:
            make_databases(self.servers.database, NAMES, anew=True)
        shutil.rmtree(self.mailbox, ignore_errors=True)
        self.prepare()

    def open(self) -> None:
        """Open all four services in this process. Raises SettingsError when a restore here is half done."""
        check_whole(self.data)
        for application in APPLICATIONS:
            application.service.open(self.settings_of(application.name))


class InstallationError(click.ClickException):
    """Ends a command, with one sentence on the screen."""

    def show(self, file: IO[str] | None = None) -> None:
        """Print the sentence alone."""
        click.echo(self.message, err=True)


class AlreadyRunning(InstallationError):
    """Another process works with this folder."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"Houvast draait met de map {data}. Stop het eerst.")


def claim(data: Path) -> TextIO:
    """Keep everybody else out of this folder as long as the returned file is open. Raises AlreadyRunning."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = (data / "running").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning(data) from None
    return file
