"""A disk of so many megabytes that can be filled and freed: memory, mounted as a file system of its own."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path


class MountRefused(Exception):
    """Raised where nothing may be mounted: that takes root, and not in every container."""


class SmallDisk:
    """A file system on `folder`; `fill` leaves no byte of it, `free` takes that back."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._ballast = folder, folder / "ballast"

    def fill(self) -> None:
        """Take all room that is left."""
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def free(self) -> None:
        """Give that room back."""
        self._ballast.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount one on this folder, which must be empty. Raises MountRefused."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "houvast-test", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise MountRefused(str(folder)) from error
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
