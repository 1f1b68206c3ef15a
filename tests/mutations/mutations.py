"""The declared mutations: which text of which file becomes another, who is hurt by it, and which tests notice."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DECLARED = Path(__file__).parent / "declared"


@dataclass(frozen=True)
class Mutation:
    """One fault.

    area    the file that it is declared in
    breaks  what goes wrong for somebody, as a sentence
    file    from the top of the checkout; `text` stands in it once
    tests   the files of which at least one test fails
    """

    area: str
    breaks: str
    file: str
    text: str
    becomes: str
    tests: tuple[str, ...]

    def count_in(self, folder: Path) -> int:
        """Return how often its text stands in its file, in the checkout in this folder."""
        return (folder / self.file).read_text(encoding="utf-8").count(self.text)

    @contextmanager
    def planted(self, folder: Path) -> Iterator[None]:
        """Have the fault in the checkout in this folder for a while."""
        path = folder / self.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole.replace(self.text, self.becomes), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(whole, encoding="utf-8")


def list_mutations() -> list[Mutation]:
    """Return all that are declared, by area."""
    return [
        Mutation(path.stem, **{**entry, "tests": tuple(entry["tests"])})
        for path in sorted(DECLARED.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["mutations"]
    ]
