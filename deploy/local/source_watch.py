"""Whether the code of Houvast changed on disk: for `./houvast start --reload`, an aid for who works on it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("services", "shared", "deploy")
CHECK_SECONDS = 0.5


class SourceWatch:
    """The files below the folders of the code in `root`, as they were when they were last compared."""

    def __init__(self, root: Path) -> None:
        self._root, self._checked_at = root, time.monotonic()
        self._files = dict(self._list_files())

    def has_changed(self) -> bool:
        """Tell whether a file was changed, added or removed since the last answer; compares twice a second."""
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return False
        before, self._files = self._files, dict(self._list_files())
        self._checked_at = time.monotonic()
        return self._files != before

    def _list_files(self) -> Iterator[tuple[str, int]]:
        """Give (path, moment of its last change)."""
        for folder in FOLDERS:
            for inside, subfolders, names in os.walk(self._root / folder):
                subfolders[:] = [name for name in subfolders if name != "__pycache__"]
                for path in (os.path.join(inside, name) for name in names):
                    try:
                        yield path, os.stat(path).st_mtime_ns
                    except FileNotFoundError:
                        continue  # removed just now
