"""An app on a free port of this machine, for a browser or another client over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class _Silent(WSGIRequestHandler):
    def log(self, *_args: Any, **_context: Any) -> None:
        pass


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve it until the end of the block; gives the address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
