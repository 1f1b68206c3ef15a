"""RabbitMQ: the broker that runs here, one of our own in a folder, and three of them as a cluster."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from deploy.local.ports import free_port
from deploy.local.servers import accepts_login
from tests.support.servers.process import ServerError, ServerProcess, is_listening, kept

# Not the wrappers on the PATH: those become another user, with one fixed folder for the whole machine.
PROGRAMS = Path("/usr/lib/rabbitmq/bin")
PACKAGE = "rabbitmq-server"
PORT = 5672
CTL_SECONDS = 120


def find() -> str | None:
    """The address of the broker that runs on this machine and lets guest in; None when there is none."""
    url = _url(PORT)
    return url if is_listening(PORT) and accepts_login(url) else None


def is_installed() -> bool:
    """Whether a private broker can be started."""
    return (PROGRAMS / "rabbitmq-server").exists() and shutil.which("epmd") is not None


def _url(port: int) -> str:
    """RabbitMQ itself gives guest this password, and lets guest in from the same machine only."""
    return f"amqp://guest:guest@127.0.0.1:{port}/%2F"


class Names:
    """What nodes that may know each other share: the cookie, and epmd, which says who listens where.

    It has a port of its own, so that it is never the epmd of somebody else's broker.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder.resolve()
        self._port = int(kept(self._folder / "chosen.json", {"port": free_port()}, {})["port"])
        self._process = ServerProcess(self._folder / "epmd.pid")

    def environ(self) -> dict[str, str]:
        """The environment of every Erlang program that is to know of these names; none of them looks outside."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self._folder),
            "ERL_EPMD_PORT": str(self._port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def start(self) -> None:
        """Start epmd and make the cookie, where they are not there yet."""
        cookie = self._folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(16), encoding="ascii")
            cookie.chmod(0o400)
        if self._process.pid() is None:
            self._process.start(["epmd"], self.environ())
        self._process.wait_until(lambda: is_listening(self._port))

    def stop(self) -> None:
        """End epmd."""
        self._process.end()


class PrivateRabbit:
    """A broker of our own on the loopback address, with everything it writes in one folder.

    What was chosen stays with the folder: the same folder is the same broker, also in another process. Nodes that
    are given the same `names` can be joined; a broker without keeps its own.
    """

    def __init__(
        self, folder: Path, port: int | None = None, node: str | None = None, names: Names | None = None
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder.resolve()
        default = {"port": free_port(), "peers_port": free_port(), "node": f"houvast-{secrets.token_hex(4)}"}
        chosen = kept(self.folder / "chosen.json", default, {"port": port, "node": node})
        self.port, self._peers_port = int(chosen["port"]), int(chosen["peers_port"])
        self.node = f"{chosen['node']}@localhost"
        self.url = _url(self.port)
        self._names, self._owns_names = names or Names(self.folder / "names"), names is None
        self._process = ServerProcess(self.folder / "rabbitmq.pid")

    def start(self) -> None:
        """Start it and wait until it lets us in; takes six seconds and more. One that runs is left as it is."""
        try:
            self.begin()
            self.await_login()
        except ServerError:
            self.kill()
            raise

    def begin(self) -> None:
        """Start it without waiting."""
        if self._process.pid() is None:
            self._names.start()
            self._configure()
            self._process.start([str(PROGRAMS / "rabbitmq-server")], self._environ())

    def await_login(self) -> None:
        """Wait until it lets us in; ServerError when that does not come about."""
        self._process.wait_until(lambda: is_listening(self.port) and accepts_login(self.url))

    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process.pid() is not None

    def stop(self) -> None:
        """Let it end in order; what is durable is kept for the next start."""
        self._process.end()
        self._end_names()

    def kill(self) -> None:
        """kill -9."""
        self._process.end(signal.SIGKILL)
        self._end_names()

    def wipe(self) -> None:
        """Stop it and remove its data: the next start is that of an empty broker."""
        self.stop()
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def ctl(self, *arguments: str) -> str:
        """What `rabbitmqctl ARGUMENTS` writes on its output; ServerError with its words when it refuses."""
        command = [str(PROGRAMS / "rabbitmqctl"), "--quiet", *arguments]
        ended = subprocess.run(
            command,
            env=self._environ(),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            timeout=CTL_SECONDS,
            capture_output=True,
            text=True,
        )
        if ended.returncode:
            raise ServerError(f"rabbitmqctl {' '.join(arguments)}: {ended.stdout}{ended.stderr}")
        return ended.stdout

    def _end_names(self) -> None:
        if self._owns_names:
            self._names.stop()

    def _configure(self) -> None:
        (self.folder / "conf.d").mkdir(exist_ok=True)
        (self.folder / "enabled_plugins").write_text("[].\n", encoding="ascii")
        listen = f"listeners.tcp.1 = 127.0.0.1:{self.port}\nlog.file.level = warning\n"
        (self.folder / "rabbitmq.conf").write_text(listen, encoding="ascii")

    def _environ(self) -> dict[str, str]:
        of_node = {
            "NODENAME": self.node,
            "NODE_IP_ADDRESS": "127.0.0.1",
            "NODE_PORT": self.port,
            "DIST_PORT": self._peers_port,
            "MNESIA_BASE": self.folder / "data",
            "LOG_BASE": self.folder / "log",
            "CONFIG_FILE": self.folder / "rabbitmq.conf",
            "CONFIG_FILES": self.folder / "conf.d",
            "ADVANCED_CONFIG_FILE": self.folder / "advanced.config",
            "CONF_ENV_FILE": os.devnull,
            "ENABLED_PLUGINS_FILE": self.folder / "enabled_plugins",
            "PID_FILE": self.folder / "pid",
        }
        # Told that somebody looks after it, the start script becomes the server, and our pid is the server's.
        looked_after = {"RUNNING_UNDER_SYSTEMD": "true"}
        return self._names.environ() | looked_after | {f"RABBITMQ_{key}": str(of_node[key]) for key in of_node}


class Cluster:
    """Brokers on this machine that are one: `nodes` are private brokers, each to be killed and started alone."""

    def __init__(self, folder: Path, size: int = 3) -> None:
        self._names = Names(folder / "names")
        self._joined = folder / "joined"
        self.nodes = [PrivateRabbit(folder / f"node-{number}", names=self._names) for number in range(1, size + 1)]
        self.urls = [node.url for node in self.nodes]

    def start(self) -> None:
        """Start the nodes that do not run, side by side; the first time they are joined."""
        try:
            for node in self.nodes:
                node.begin()
            for node in self.nodes:
                node.await_login()
            self._join()
        except ServerError:
            self.stop()
            raise

    def _join(self) -> None:
        if self._joined.exists():
            return
        for node in self.nodes[1:]:
            node.ctl("stop_app")
            node.ctl("join_cluster", self.nodes[0].node)
            node.ctl("start_app")
        self._joined.touch()

    def stop(self) -> None:
        """Let all end in order."""
        for node in self.nodes:
            node.stop()
        self._names.stop()

    def wipe(self) -> None:
        """Stop all and remove their data: the next start is that of an empty cluster."""
        self.stop()
        for node in self.nodes:
            node.wipe()
        self._joined.unlink(missing_ok=True)
