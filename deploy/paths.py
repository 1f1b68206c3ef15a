"""Which service is asked for which addresses: the shortest beginnings that only one of them serves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import takewhile

from deploy.local.installation import APPLICATIONS

Parts = tuple[str, ...]


class SharedPath(ValueError):
    """Two services serve the same address."""


@cache
def installed_paths() -> dict[str, str]:
    """Map each path, longest first, to the service that serves it and what lies below it; `/` is only itself."""
    addresses = {application.name: application.addresses for application in APPLICATIONS}
    # What every service has is asked of the one with the first page.
    common = {name: ("/static/shared",) for name, declared in addresses.items() if "/" in declared}
    return divide(
        {name: (*declared, f"/static/{name}", *common.get(name, ())) for name, declared in addresses.items()}
    )


def divide(addresses: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Map the shortest paths that are of one service to its name, longest first; raise SharedPath.

    addresses  service -> the addresses of its routes, such as `/things/<id>`
    """
    at, below = defaultdict[Parts, set[str]](set), defaultdict[Parts, set[str]](set)
    for name, declared in addresses.items():
        for parts in map(_fixed_parts, declared):
            at[parts].add(name)
            for beginning in _beginnings(parts):
                below[beginning].add(name)
    paths: dict[Parts, str] = {}
    for parts, names in sorted(below.items()):
        if len(at[parts]) > 1:
            raise SharedPath(f"/{'/'.join(parts)} is served by both {' and '.join(sorted(at[parts]))}")
        owner = next(iter(names if len(names) == 1 else at[parts]), None)
        nearest = next((paths[shorter] for shorter in reversed(_beginnings(parts)) if shorter in paths), None)
        if owner is not None and owner != nearest:
            paths[parts] = owner
    by_length = sorted(("/" + "/".join(parts), name) for parts, name in paths.items())
    return dict(sorted(by_length, key=lambda path: -len(path[0])))


def _fixed_parts(address: str) -> Parts:
    """Return the parts before the first one that varies."""
    return tuple(takewhile(lambda part: "<" not in part, (part for part in address.split("/") if part)))


def _beginnings(parts: Parts) -> list[Parts]:
    """List what a path begins with, shortest first; `/` is the beginning of itself alone."""
    return [parts[:end] for end in range(1, len(parts) + 1)] or [()]
