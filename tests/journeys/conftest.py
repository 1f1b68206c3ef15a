"""Installations to mind: each a copy of one region that was loaded once, on files or on a database server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers.process import free_port
from deploy.town.layout import SERVICES, Town
from deploy.town.region import load_region
from tests.journeys.everyday import Life, live_everyday
from tests.journeys.minding import Inside, ask, inside


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
