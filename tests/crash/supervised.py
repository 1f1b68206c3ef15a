"""An installation as `./houvast start` runs it, whose world can go wrong: network, connections, disk, clock."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from deploy.days import SLEEPS_ITSELF, find_library
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.log_file import log_file
from deploy.local.ports import free_port
from deploy.local.servers import Servers, database_of, remember
from services.meetings.commands.organisations import register_organisation
from shared.ids import new_id
from shared.security.actor import system
from tests.crash.harness import ROOT, RunningInstallation
from tests.support.faulty_network import FaultyNetwork


class SupervisedInstallation(RunningInstallation):
    """Reaches its servers through networks of ours; we reach them straight, and look into the stores."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self.installation = Installation(folder, free_port(), 0, demo=False, servers=servers)
        self.installation.prepare()
        self.organisation = register_organisation(
            system("meetings"), name="De Kade", region="Lindeveen", request_id=new_id()
        )
        self._networks = contextlib.ExitStack()
        self.database, self.broker = self._network(servers.database), self._network(servers.broker)
        through = [network and network.url for network in (self.database, self.broker)]
        remember(folder, Servers(*through, servers.prefix))
        self._clock = folder / "faketime"
        self.set_clock(0)
        self.supervisor: subprocess.Popen[bytes] | None = None

    def _network(self, url: str | None) -> FaultyNetwork | None:
        return None if url is None else self._networks.enter_context(FaultyNetwork(url))

    @property
    def networks(self) -> list[FaultyNetwork]:
        """Those that it has."""
        return [network for network in (self.database, self.broker) if network is not None]

    def start(self, **_: str) -> None:
        """Start it and wait until one can sign up."""
        options = ["--no-demo", "--data", str(self.installation.data), "--port", str(self.installation.port)]
        self.supervisor = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "start", *options],
            cwd=ROOT,
            env=self._environ(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.wait_until(lambda: self.answers("/aanmelden/de-kade"))

    def _environ(self) -> dict[str, str]:
        false_clock = find_library()
        if false_clock is None:
            return dict(os.environ)
        return {
            **os.environ,
            "LD_PRELOAD": str(false_clock),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",  # gunicorn looks by a file whether its worker lives
            "PYTHONPATH": str(SLEEPS_ITSELF),
        }

    def set_clock(self, ahead_seconds: int) -> None:
        """Let it be so much later for its processes, where libfaketime is installed."""
        fresh = self._clock.with_suffix(".fresh")
        fresh.write_text(f"{ahead_seconds:+d}\n", encoding="ascii")
        fresh.replace(self._clock)

    def pids(self) -> dict[str, int]:
        """Its processes as they were started last; none when it is not started."""
        path = self.installation.data / "processes"
        lines = path.read_text("ascii").splitlines() if path.exists() else []
        return {name: int(pid) for name, pid in (line.split() for line in lines)}

    def log(self) -> str:
        """What its processes logged."""
        return log_file(self.installation.data).read_text(encoding="utf-8")

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to the web or the work process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pids()[name], number)

    @contextlib.contextmanager
    def full_disk(self) -> Iterator[None]:
        """Let its processes of now write nothing inside."""
        limited = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in self._family()}
        for pid, (_, hard) in limited.items():
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            for pid, limits in limited.items():
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)

    def _family(self) -> list[int]:
        web, work = (self.pids()[name] for name in ("web", "work"))
        children = Path(f"/proc/{web}/task/{web}/children")
        return [web, work, *(int(pid) for pid in children.read_text("ascii").split())]

    def end_connections(self, where: str = "true") -> int:
        """End its connections to the database for which this holds: how many there were."""
        beginning, network, ended = self.installation.servers.database, self.database, 0
        assert beginning is not None
        assert network is not None
        for name in NAMES:
            with psycopg.connect(database_of(beginning, name)[0]) as connection:
                query: Any = (
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                    f" AND client_port = ANY(%s) AND {where}"
                )
                ended += len(connection.execute(query, (network.ports(),)).fetchall())
        return ended

    @staticmethod
    def forget_connections() -> None:
        """Let us look into the stores by new connections."""
        for application in APPLICATIONS:
            application.service.database.release()

    def close(self) -> None:
        """Stop it: nothing is left running or open."""
        if self.supervisor is not None:
            self.supervisor.terminate()
            self.supervisor.wait()
        self._networks.close()
        for application in APPLICATIONS:
            application.service.database.close()
