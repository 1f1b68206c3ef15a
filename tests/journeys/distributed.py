"""The containers of docker-compose.yml as plain processes, behind a real nginx on the loopback address.

A process gets the environment that compose would give its container; only where things are differs. On files
each service has a SQLite store and reads the others' logs; on servers it is all as compose has it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deploy.local.installation import NAMES
from deploy.local.key_files import make_keys
from deploy.local.ports import free_port
from services.notifications.channels.mailbox import Mailbox
from tests.support import compose
from tests.support.compose import ROOT
from tests.support.nginx import Nginx
from tests.support.real_servers import make_roles, start_broker
from tests.support.servers.postgres import PrivatePostgres

PATIENCE_SECONDS = 90
_DOCKERFILE = (ROOT / "deploy" / "image" / "Dockerfile").read_text(encoding="utf-8")
# What reached the pages, as they saw it.
ACCESS_FORMAT = "--access-logformat '%({x-forwarded-for}i)s %(m)s %(U)s'"


def instruction(name: str) -> list[str]:
    """Return the words of an instruction of the Dockerfile."""
    match = re.search(rf"^{name} .*?(\[.*\])$", _DOCKERFILE, re.MULTILINE)
    assert match is not None, name
    return list(json.loads(match[1]))


class Files:
    """SQLite stores in a folder, and the transport of one machine."""

    def __init__(self, folder: Path, _passwords: Mapping[str, str]) -> None:
        self._stores = folder / "stores"
        self._stores.mkdir()

    def environment_of(self, name: str, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a process, without servers."""
        servers = {f"{name}_{setting}".upper() for setting in ("database", "broker", "feeds")}
        kept = {key: value for key, value in environ.items() if key not in servers}
        return {**kept, f"{name}_stores".upper(): str(self._stores)}

    def close(self) -> None:
        """Nothing runs."""


class Servers:
    """A database and a broker of this installation alone, with the rights that the real one gives."""

    def __init__(self, folder: Path, passwords: Mapping[str, str]) -> None:
        self._database = PrivatePostgres(folder / "postgres")
        self._database.start()
        made = make_roles(self._database.url, passwords)
        assert made.returncode == 0, made.stderr
        self._rabbit = start_broker(folder, passwords)
        self._where = {
            "postgres:5432": f"127.0.0.1:{self._database.port}",
            "rabbitmq:5672": f"127.0.0.1:{self._rabbit.port}",
        }

    def environment_of(self, name: str, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of a process, with the addresses of these servers."""
        return {key: _replace_addresses(value, self._where) for key, value in environ.items()}

    def close(self) -> None:
        """Stop both."""
        self._rabbit.wipe()
        self._database.stop()


class DistributedInstallation:
    """Everything of the page but what is on Debian already; stopped by `close`."""

    app_of_kim = ""  # the secret of the app with which the first manager signs in

    def __init__(self, folder: Path, make_backend: Callable[[Mapping[str, str]], Files | Servers]) -> None:
        self.folder, self._processes = folder, list[subprocess.Popen[bytes]]()
        self._ports = {f"{name}-web:8000": free_port() for name in NAMES}
        (folder / "keys").mkdir()
        make_keys(folder / "keys", NAMES)
        self.mailbox, mail_port = Mailbox(folder / "mailbox"), free_port()
        self.mailbox.serve("127.0.0.1", mail_port)
        upstreams = {name: f"127.0.0.1:{self._ports[f'{name}-web:8000']}" for name in NAMES}
        self.reverse_proxy = Nginx(folder / "nginx", upstreams)
        self._environ = {
            name: f"secret{number}".ljust(32, "0") for number, (name, _, _) in enumerate(compose.example())
        }
        self._environ |= {
            "HOUVAST_SMS_COUNTRIES": "",
            "HOUVAST_PUBLIC_URL": self.reverse_proxy.url,
            "HOUVAST_CONTACT_EMAIL": "houvast@houvast.example",
            "NOTIFICATIONS_SMTP_HOST": "127.0.0.1",
            "NOTIFICATIONS_SMTP_PORT": str(mail_port),
            "NOTIFICATIONS_SMTP_USER": "",
            "NOTIFICATIONS_SMTP_PASSWORD": "",
            "NOTIFICATIONS_SENDER": "houvast@houvast.example",
            "NOTIFICATIONS_REPLY_TO": "",
            "NOTIFICATIONS_BOUNCE_ADDRESS": "",
        }
        self._containers = compose.filled_in(compose.load(), self._environ)["services"]
        self._backend = make_backend(self._environ)

    def start(self) -> None:
        """Bring the stores up to date, then start the pages and the work of every service."""
        for migrating in [self._run(f"{name}-migrate") for name in NAMES]:
            assert migrating.wait(PATIENCE_SECONDS) == 0, self.output()
        for name in NAMES:
            self._run(f"{name}-web")
            self._run(f"{name}-work")
        self.until(lambda: all(self._is_healthy(name) for name in NAMES))

    def ask_first_link(self) -> subprocess.CompletedProcess[str]:
        """Ask for the link of the first manager, as an operator does."""
        entry = self._containers["first-link"]["entrypoint"]
        environ = self._environment("first-link", "meetings")
        return subprocess.run(entry, env=environ, cwd=self.folder, capture_output=True, text=True)

    def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something to happen."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            assert time.monotonic() < end, self.output()
            time.sleep(0.1)

    def access_log(self) -> str:
        """Return what reached the pages: the address of the asker, method, path."""
        return "".join(file.read_text("utf-8") for file in self.folder.glob("*.access"))

    def output(self) -> str:
        """Return the end of what each process wrote."""
        return "\n".join(
            f"{file.stem}: {file.read_text('utf-8')[-2000:]}" for file in self.folder.glob("*.output")
        )

    def close(self) -> None:
        """Ask all to stop, and wait until they have."""
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(30)
        self.reverse_proxy.stop()
        self.mailbox.stop()
        self._backend.close()

    def _run(self, container: str) -> subprocess.Popen[bytes]:
        name = self._containers[container]["build"]["args"]["SERVICE"]
        command = [
            _replace_addresses(word, {"0.0.0.0:8000": self._place(name)})
            for word in self._containers[container]["command"]
        ]
        environ = self._environment(container, name) | {"SERVICE": name}
        if container.endswith("-web"):
            environ["GUNICORN_CMD_ARGS"] = f"--access-logfile {self.folder / container}.access {ACCESS_FORMAT}"
        with (self.folder / f"{container}.output").open("wb") as output:
            process = subprocess.Popen(
                [*instruction("ENTRYPOINT"), *command],
                env=environ,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self._processes.append(process)
        return process

    def _environment(self, container: str, name: str) -> dict[str, str]:
        declared: dict[str, Any] = self._containers[container]["environment"]
        where = {inside: f"127.0.0.1:{port}" for inside, port in self._ports.items()}
        where["/erasure-log"] = str(self.folder)
        where["/run/secrets/keys.json"] = str(self.folder / "keys" / f"{name}.json")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        moved = {key: _replace_addresses(str(value), where) for key, value in declared.items()}
        is_tool = self._containers[container]["image"] == "houvast-tools"
        code = ROOT if is_tool else self._image(name)
        return {"PATH": path, "PYTHONPATH": str(code), **self._backend.environment_of(name, moved)}

    def _image(self, name: str) -> Path:
        """Make a folder with the code that the Dockerfile copies for one service, and nothing of another."""
        image = self.folder / "images" / name
        if not image.exists():
            (image / "services").mkdir(parents=True)
            for part in ("shared", "services/__init__.py", f"services/{name}"):
                (image / part).symlink_to(ROOT / part)
        return image

    def _place(self, name: str) -> str:
        return f"127.0.0.1:{self._ports[f'{name}-web:8000']}"

    def _is_healthy(self, name: str) -> bool:
        check = [word.replace("8000", self._place(name).partition(":")[2]) for word in instruction("HEALTHCHECK")]
        return subprocess.run([sys.executable, *check[1:]], stderr=subprocess.DEVNULL).returncode == 0


def _replace_addresses(text: str, where: Mapping[str, str]) -> str:
    for inside, here in where.items():
        text = text.replace(inside, here)
    return text
