"""Wake-ups between the processes of one machine. A lost one costs time, nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import weakref

from shared.polling import is_readable

# So many processes of one machine may wait for the same name; any further one goes by its slow poll.
PLACES = 8


class Wakeups:
    """All wake-ups of one installation; `place` is any text that its processes share, such as its data folder."""

    def __init__(self, place: str) -> None:
        self._prefix = "\0houvast." + hashlib.sha256(place.encode()).hexdigest()[:16] + "."
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        # Nobody knows which notification is the last: the socket goes when its holder goes.
        weakref.finalize(self, self._socket.close)

    def notify(self, name: str) -> bool:
        """Wake everybody who waits for this name; False when nobody on this machine does."""
        # All of them: whoever waits in the first place may go, and leave a gap.
        return sum(self._wake(address) for address in _addresses(self._prefix + name)) > 0

    def _wake(self, address: str) -> bool:
        try:
            self._socket.sendto(b"!", address)
        except BlockingIOError:
            return True  # it has been notified already
        except OSError:
            return False
        return True

    def waiter(self, name: str) -> Wakeup:
        """Return the wake-up with this name to wait for."""
        return Wakeup(self._prefix + name)


class Wakeup:
    """One waiter's wake-up."""

    def __init__(self, beginning: str) -> None:
        self._beginning, self._is_bound = beginning, False
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
        """Take the first place that is free, also later when whoever had it has gone."""
        for address in () if self._is_bound else _addresses(self._beginning):
            with contextlib.suppress(OSError):
                self._socket.bind(address)
                self._is_bound = True
                return

    def close(self) -> None:
        """Give the place back."""
        self._socket.close()


def _addresses(beginning: str) -> list[str]:
    return [f"{beginning}.{place}" for place in range(PLACES)]
