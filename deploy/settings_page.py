"""Writes docs/SETTINGS.md from the settings classes of the services: `python -m deploy.settings_page`."""

from __future__ import annotations

import dataclasses
import types
import typing
from pathlib import Path

from deploy.local.installation import APPLICATIONS
from shared.settings import NEEDED, ServiceSettings, variable

PAGE = Path(__file__).resolve().parents[1] / "docs" / "SETTINGS.md"
_OPENING = """# Settings

Made from code by `python -m deploy.settings_page`; a test compares. A service reads its settings once, from
environment variables, when it starts; one that is missing or cannot work stops the start with a sentence that says
what to set. The meanings are those that operators read there, in Dutch.

`./houvast start` sets all of them itself. For containers they stand in `docker-compose.yml`, filled from `.env`;
for a machine without containers `python -m deploy.env SERVICE` prints an example.
"""
_EVERY_SERVICE = """
## Every service

For `intake` the first of them is `INTAKE_STORES`, and so on.
"""
_TABLE = """
| variable | type | default | meaning |
|---|---|---|---|
"""
_TYPES = {Path: "path", str: "text", int: "whole number", float: "number", bool: "0 or 1"}


def render() -> str:
    """Write the whole page: what every service has once, then what each has besides."""
    common = {field.name for field in dataclasses.fields(ServiceSettings)}
    parts = [_OPENING, _EVERY_SERVICE, _TABLE, *_rows("<service>", ServiceSettings, common)]
    for application in APPLICATIONS:
        own = {field.name for field in dataclasses.fields(application.settings)} - common
        parts.append(f"\n## {application.name}\n")
        parts += [_TABLE, *_rows(application.name, application.settings, own)] if own else ["\nNone of its own.\n"]
    return "".join(parts)


def _rows(prefix: str, cls: type[ServiceSettings], names: set[str]) -> list[str]:
    hints = typing.get_type_hints(cls)
    return [
        f"| `{variable(prefix, field.name)}` | {_type(hints[field.name])} | {_default(field.default)}"
        f" | {field.metadata['help']} |\n"
        for field in dataclasses.fields(cls)
        if field.name in names
    ]


def _type(hint: object) -> str:
    members = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    return next(_TYPES[member] for member in members if member in _TYPES)


def _default(default: object) -> str:
    if default is NEEDED:
        return "needed"
    if default is None:
        return "none"
    return f"`{int(default) if isinstance(default, bool) else default}`"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
