"""A pika connection that writes a window of events in few large chunks, not in three small ones an event."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pika

# As much as is written at once: the broker can begin with the first events of a window while we write the last.
CHUNK_BYTES = 64 * 1024


class BufferedConnection(pika.SelectConnection):
    """`buffered` is used in the connection's own thread."""

    _buffer: list[bytes] | None = None
    _buffered_bytes = 0

    @contextlib.contextmanager
    def buffered(self) -> Iterator[None]:
        """Write what is sent inside in chunks; all of it is written at the end."""
        self._buffer = []
        try:
            yield
        finally:
            self._flush()
            self._buffer = None

    def _adapter_emit_data(self, data: bytes) -> None:
        """Write bytes, as every adapter of pika does here."""
        if self._buffer is None:
            super()._adapter_emit_data(data)
            return
        self._buffer.append(data)
        self._buffered_bytes += len(data)
        if self._buffered_bytes >= CHUNK_BYTES:
            self._flush()

    def _flush(self) -> None:
        chunk, self._buffer, self._buffered_bytes = b"".join(self._buffer or ()), [], 0
        if chunk:
            super()._adapter_emit_data(chunk)
