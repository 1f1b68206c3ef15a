"""A connection of pika that sends what belongs together in few and large pieces, not three small ones an event."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pika

# As much as goes at once: the broker can begin with the first events of a window while we write the last.
PIECE_BYTES = 64 * 1024
_Base: Any = pika.SelectConnection


class BufferedConnection(_Base):
    """`gathered` is used in the connection's own thread."""

    _waiting: list[bytes] | None = None
    _waiting_bytes = 0

    @contextlib.contextmanager
    def gathered(self) -> Iterator[None]:
        """What is sent inside goes in pieces; all of it has gone at the end."""
        self._waiting = []
        try:
            yield
        finally:
            self._release()
            self._waiting = None

    def _adapter_emit_data(self, data: bytes) -> None:
        """Where every adapter of pika says how bytes leave."""
        if self._waiting is None:
            super()._adapter_emit_data(data)
            return
        self._waiting.append(data)
        self._waiting_bytes += len(data)
        if self._waiting_bytes >= PIECE_BYTES:
            self._release()

    def _release(self) -> None:
        piece, self._waiting, self._waiting_bytes = b"".join(self._waiting or ()), [], 0
        if piece:
            super()._adapter_emit_data(piece)
