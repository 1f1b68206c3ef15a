"""PostgreSQL: the server that runs here, and one of our own in a folder."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg

from deploy.local.ports import free_port
from tests.support.servers.process import ServerError, ServerProcess, is_listening, kept
from tests.support.servers.small_disk import SmallDisk, small_disk

PROGRAMS = Path("/usr/lib/postgresql")
PACKAGE = "postgresql"
PORT = 5432
USER = "postgres"
LOGIN_SECONDS = 5
# Several installations at once, each with its pools, and what the tests look with.
MAX_CONNECTIONS = 400
# The longest path that Linux takes for a socket, less what PostgreSQL adds to the folder.
_LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.65535.lock")


def find() -> str | None:
    """The address of the server that runs on this machine and lets postgres in; None when there is none."""
    url = _url(PORT)
    return url if is_listening(PORT) and lets_in(url) else None


def is_installed() -> bool:
    """Whether a private server can be started."""
    return bool(_versions())


def lets_in(url: str) -> bool:
    """Whether the server at this address answers a question, within some seconds."""
    try:
        with psycopg.connect(url, connect_timeout=LOGIN_SECONDS) as connection:
            return connection.execute("select 1").fetchone() == (1,)
    except psycopg.Error:
        return False


def _url(port: int, password: str = "") -> str:
    return f"postgresql://{USER}{password and ':'}{password}@127.0.0.1:{port}/postgres"


def _versions() -> list[Path]:
    """Where the programs of each installed version are, oldest first."""
    folders = [program.parent.parent for program in PROGRAMS.glob("*/bin/initdb") if program.parts[-3].isdigit()]
    return [version / "bin" for version in sorted(folders, key=lambda version: int(version.name))]


class PrivatePostgres:
    """A server of our own on the loopback address, with everything it writes in one folder.

    The server refuses to be root, so for root it runs as the user postgres, who must be able to get to the folder:
    it cannot lie below one that only root may enter. `settings` are added to its own, as name=value.
    """

    def __init__(self, folder: Path, port: int | None = None, settings: tuple[str, ...] = ()) -> None:
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o711)
        self.folder = folder.resolve()
        default = {"port": free_port(), "password": secrets.token_hex(16)}
        chosen = kept(self.folder / "chosen.json", default, {"port": port})
        self.port, self._password = int(chosen["port"]), str(chosen["password"])
        self.url = _url(self.port, self._password)
        self.data = self.folder / "data"
        self._settings = settings
        self.disk: SmallDisk | None = None
        self._user = USER if os.geteuid() == 0 else None
        self._process = ServerProcess(self.folder / "postgres.pid")

    @contextlib.contextmanager
    def on_small_disk(self, megabytes: int) -> Iterator[None]:
        """Let everything that it keeps be on a disk of its own inside, before it is first started: `disk`.

        Raises MountRefused.
        """
        self.data.mkdir()
        with small_disk(self.data, megabytes) as self.disk:
            try:
                yield
            finally:
                self.stop()
                self.disk = None

    def start(self) -> None:
        """Start it and wait until it answers, a second or two. One that runs is left as it is."""
        try:
            if self._process.pid() is None:
                self._make_data()
                self._process.start(self._command(), self._environ(), self._user)
            self._process.wait_until(lambda: is_listening(self.port) and lets_in(self.url))
        except ServerError:
            self.kill()
            raise

    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process.pid() is not None

    def stop(self) -> None:
        """Break off the sessions and let it end in order."""
        self._process.end(signal.SIGINT)

    def kill(self) -> None:
        """kill -9 of the server; its helpers see that and end. The next start recovers."""
        self._process.end(signal.SIGKILL)

    def _make_data(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        self.data.mkdir(mode=0o700, exist_ok=True)
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(self._password, encoding="ascii")
        if self._user is not None:
            shutil.chown(self.data, self._user, self._user)
            shutil.chown(password, self._user, self._user)
        try:
            self._initdb(password)
        finally:
            password.unlink()

    def _initdb(self, password: Path) -> None:
        options = [f"--username={USER}", "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"]
        made = subprocess.run(
            [self._program("initdb"), "-D", str(self.data), "--encoding=UTF8", "--locale=C.UTF-8", *options],
            env=self._environ(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )
        if made.returncode:
            raise ServerError(f"initdb in {self.data}: {made.stderr}")

    def _command(self) -> list[str]:
        sockets = str(self.data) if len(str(self.data)) <= _LONGEST_SOCKET_FOLDER else ""
        settings = [
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={sockets}",
            f"max_connections={MAX_CONNECTIONS}",
            *self._settings,
        ]
        chosen = [word for setting in settings for word in ("-c", setting)]
        return [self._program("postgres"), "-D", str(self.data), "-p", str(self.port), *chosen]

    @staticmethod
    def _program(name: str) -> str:
        versions = _versions()
        if not versions:
            raise ServerError(f"Debian's package {PACKAGE} is not on this machine")
        return str(versions[-1] / name)

    @staticmethod
    def _environ() -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
