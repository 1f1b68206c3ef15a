"""Ports of the loopback address: which are free, and on which somebody listens."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

# Below the ports that Linux hands out to callers: a client that keeps trying while its server is down
# could otherwise be given the server's own port, and the server would find it taken.
_FIRST_PORT, _PORTS = 20_000, 12_000


def free_port() -> int:
    """Choose a port on the loopback address that nobody uses now and Linux gives to nobody."""
    while True:
        port = _FIRST_PORT + secrets.randbelow(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def is_free(port: int) -> bool:
    """Tell whether nobody uses this port on the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
