"""A work process with one part that fares badly, and one that sleeps for an hour.

    python tests/shared/worker_process.py FATE PLACE

It writes "works" when its part is under way. What takes seconds in earnest takes less here.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from shared import cli, log, watchdog, worker
from shared.messaging.transport import TransportDown
from shared.settings import ServiceSettings


def works() -> None:
    print("works", flush=True)


def hang() -> bool:
    works()
    threading.Event().wait()
    return False


def end() -> bool:
    works()
    raise SystemExit


def lose_its_broker() -> bool:
    works()
    raise TransportDown("nobody answers")


def fail() -> bool:
    works()
    raise ValueError("not the fault of a server")


def work() -> bool:
    works()
    return False


def hang_in_close() -> None:
    threading.Event().wait()


FATES = {"hangs": hang, "ends": end, "unreachable": lose_its_broker, "fails": fail}


def main() -> None:
    fate, place = sys.argv[1:]
    log.configure("test")
    watchdog.STALL_SECONDS, watchdog.UNREACHABLE_SECONDS, worker.POLL_SECONDS = 2.0, 1.0, 0.5
    watchdog.CUT_OFF_SECONDS = 0.3
    worker.STOP_SECONDS, worker.END_SECONDS, worker.ERROR_PAUSE_SECONDS = 1.0, 6, 0.1
    settings = ServiceSettings(stores=Path(place), keys_file=Path(place), public_url="http://127.0.0.1")
    close = hang_in_close if fate == "hangs when it closes" else lambda: None
    parts = [
        worker.WorkerThread("test", "part", FATES.get(fate, work), close),
        worker.WorkerThread("test", "housekeeping", lambda: False, poll_seconds=3600.0),
    ]
    try:
        worker.run(parts, settings, cli.stop_on_signal())
    finally:
        if fate == "hangs behind its threads":
            time.sleep(3600)


if __name__ == "__main__":
    main()
