"""The log of a running installation: a file in its folder, beside which one older one is kept."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

LARGEST_BYTES = 5_000_000


def log_file(data: Path) -> Path:
    """Return where the processes of the installation in this folder write what they have to tell."""
    return data / "houvast.log"


def open_log(data: Path) -> int:
    """Open the log to write behind what is there; return its descriptor, or nowhere when the disk is full."""
    try:
        return os.open(log_file(data), os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


def rotate(data: Path) -> None:
    """Begin anew when the log is large; what was in it is kept in place of the older one."""
    path = log_file(data)
    with contextlib.suppress(OSError):
        if path.stat().st_size > LARGEST_BYTES:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            path.with_suffix(".log.1").chmod(0o600)
            # Not renamed: whoever has it open goes on in the same file.
            os.truncate(path, 0)
