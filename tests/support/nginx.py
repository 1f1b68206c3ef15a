"""A real nginx on the loopback address as our reverse proxy; everything it writes is in one folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.ports import free_port
from deploy.reverse_proxy.nginx import MACHINE, render
from tests.support.servers.process import is_listening, until

PROGRAM = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
MISSING = "Debians pakket nginx-light ontbreekt. Installeer het met: sh deploy/setup/debian.sh nginx-light"
needs_nginx = pytest.mark.skipif(PROGRAM is None, reason=MISSING)

AROUND = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log warn;
events {{ worker_connections 64; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/houvast.conf;
}}
"""


class Nginx:
    """A reverse proxy; `extra` are more lines for its server."""

    def __init__(self, folder: Path, upstreams: Mapping[str, str], extra: str = "") -> None:
        if PROGRAM is None:
            pytest.skip(MISSING)
        folder.mkdir()
        self.port, self.folder, self.upstreams = free_port(), folder, upstreams
        place = replace(
            MACHINE,
            upstreams=upstreams,
            listen=(f"127.0.0.1:{self.port}",),
            logs=str(folder),
            extra=f"{folder}/extra/*.conf",
        )
        (folder / "extra").mkdir()
        (folder / "extra" / "more.conf").write_text(extra, encoding="utf-8")
        (folder / "houvast.conf").write_text(render(place), encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user), encoding="utf-8")
        self._process = subprocess.Popen(
            [PROGRAM, "-p", folder, "-e", folder / "nginx.log", "-c", folder / "nginx.conf"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert until(lambda: self._process.poll() is not None or is_listening(self.port), 30)
        assert self._process.poll() is None, (folder / "nginx.log").read_text("utf-8")

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def log_text(self) -> str:
        """Everything that it has written in its logs so far."""
        return "".join(log.read_text("utf-8") for log in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        """End it and wait until it has gone."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
