"""docker-compose.yml as its reader sees it: parsed, merged, and with its variables filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / ".env.example"
_USE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?P<how>:?[?-])?(?P<text>[^}]*)\}")


@dataclass(frozen=True)
class Use:
    """One place where a variable is used; how is ":?", "?", ":-", "-" or empty, text what stands behind it."""

    name: str
    how: str
    text: str

    @property
    def is_needed(self) -> bool:
        """Whether compose refuses to start without it."""
        return self.how.endswith("?")


class Missing(Exception):
    """Compose would refuse, with this sentence."""


def load(path: Path = FILE) -> dict[str, Any]:
    """The file, with its anchors merged."""
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def uses(text: str) -> list[Use]:
    """Every use of a variable in it."""
    return [Use(use["name"], use["how"] or "", use["text"]) for use in _USE.finditer(text)]


def filled_in(value: Any, environ: Mapping[str, str]) -> Any:
    """The same with every variable replaced, by the rules of compose. Raises Missing."""
    if isinstance(value, dict):
        return {key: filled_in(item, environ) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, environ) for item in value]
    return _USE.sub(lambda use: _value(use, environ), value) if isinstance(value, str) else value


def _value(use: re.Match[str], environ: Mapping[str, str]) -> str:
    how, given = use["how"] or "", environ.get(use["name"])
    if given is None or (how.startswith(":") and not given):
        if how.endswith("?"):
            raise Missing(use["text"])
        return use["text"]
    return given


def example() -> Iterator[tuple[str, str, str]]:
    """(name, value, the sentence above it) for every line of the example."""
    sentence: list[str] = []
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            sentence.append(line.removeprefix("#").strip())
        elif "=" in line:
            name, _, value = line.partition("=")
            yield name, value, " ".join(sentence)
        else:
            sentence = []
