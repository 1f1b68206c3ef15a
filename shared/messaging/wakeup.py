"""Wake-ups between the processes of one machine. A lost one costs time, nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import weakref

from shared.polling import is_readable


class Wakeups:
    """All wake-ups of one installation; `place` is any text that its processes share, such as its data folder."""

    def __init__(self, place: str) -> None:
        self._prefix = "\0houvast." + hashlib.sha256(place.encode()).hexdigest()[:16] + "."
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        # Nobody knows which notification is the last: the socket goes when its holder goes.
        weakref.finalize(self, self._socket.close)

    def notify(self, name: str) -> bool:
        """Wake whoever waits for this name; False when nobody on this machine does."""
        try:
            self._socket.sendto(b"!", self._prefix + name)
        except BlockingIOError:
            return True  # it has been notified already
        except OSError:
            return False
        return True

    def waiter(self, name: str) -> Wakeup:
        """Return the wake-up with this name to wait for. A second waiter gets none and goes by its slow poll."""
        return Wakeup(self._prefix + name)


class Wakeup:
    """One waiter's wake-up."""

    def __init__(self, address: str) -> None:
        self._address, self._is_bound = address, False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._bind()

    def wait(self, seconds: float) -> bool:
        """Wait for a notification, at most so long; True when one came. Several at once count as one."""
        if not is_readable(self._socket, seconds):
            self._bind()
            return False
        with contextlib.suppress(OSError):
            while True:
                self._socket.recv(16)
        return True

    def _bind(self) -> None:
        """Take the name, also later when whoever had it has gone."""
        if not self._is_bound:
            with contextlib.suppress(OSError):
                self._socket.bind(self._address)
                self._is_bound = True

    def close(self) -> None:
        """Give the name back."""
        self._socket.close()
