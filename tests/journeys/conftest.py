"""Installations to mind: each a copy of one region that was loaded once, on files or on a database server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.servers.process import free_port
from deploy.town.layout import SERVICES, Town
from deploy.town.region import load_region
from tests.conftest import TestTown
from tests.journeys.evenings import Kade, Texting
from tests.journeys.everyday import Life, live_everyday
from tests.journeys.minding import Inside, ask, inside
from tests.notifications.gateway import Gateway, serving


@pytest.fixture
def kade(town: Any) -> Kade:
    """De Kade on the morning of Monday 16 November, before its first group."""
    return Kade(town, "2026-11-16 10.00")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serving(Gateway()) as made:
        yield made


@pytest.fixture
def texting(tmp_path: Path, empty_town: Path, gateway: Gateway) -> Iterator[Kade]:
    """De Kade in a town that texts."""
    shutil.copytree(empty_town, tmp_path / "town")
    made = TestTown(tmp_path / "town", partial(Texting, gateway=gateway.url))
    yield Kade(made, "2026-11-16 10.00")
    made.close()


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo region with its last eight days; to copy, not to change."""
    folder = tmp_path_factory.mktemp("region") / "town"
    town = Town(folder, 0, free_port())
    town.prepare()
    load_region(town)
    for service in SERVICES:
        service.house.database.close()
    (folder / "running").touch()
    return folder


@pytest.fixture
def files(tmp_path: Path, region: Path) -> Path:
    """An installation on files, stopped."""
    return Path(shutil.copytree(region, tmp_path / "town"))


@pytest.fixture(params=["files", "servers"])
def installation(request: pytest.FixtureRequest, files: Path) -> Path:
    """A stopped installation on files, and one on a database server."""
    if request.param == "servers":
        url = request.getfixturevalue("database_prefix").url
        moved = ask(files, "move", "--database", url)
        assert moved.returncode == 0, moved.stderr
    return files


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory, region: Path) -> tuple[Path, Life]:
    """The same region after some weeks in which everything happened once; to copy, not to change."""
    folder = Path(shutil.copytree(region, tmp_path_factory.mktemp("lived") / "town"))
    with inside(folder) as town:
        life = live_everyday(town)
    return folder, life


@pytest.fixture
def weeks(tmp_path: Path, lived_in: tuple[Path, Life]) -> Iterator[tuple[Inside, Life]]:
    """That region, open, with the time as it was then."""
    folder, life = lived_in
    with inside(Path(shutil.copytree(folder, tmp_path / "town"))) as town:
        yield town, life
