"""Installations to operate: each a copy of one region that was loaded once, on files or on a database server."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from deploy.local.demo_region import load_region
from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.ports import free_port
from deploy.local.servers import Servers, remember
from tests.journeys.everyday import EverydayFacts, run_everyday_weeks
from tests.journeys.operating import houvast
from tests.journeys.routes import Routes
from tests.notifications.gateway import Gateway, serving
from tests.support.inline_installation import InlineInstallation, open_installation
from tests.support.run_servers import DatabasePrefix
from tests.support.scenario import Scenario, SmsInstallation
from tests.support.started import Started


@pytest.fixture
def scenario(installation: Any) -> Scenario:
    """De Kade on the morning of Monday 16 November, before its first group."""
    return Scenario(installation, "2026-11-16 10.00")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with serving(Gateway()) as made:
        yield made


@pytest.fixture
def sms_scenario(tmp_path: Path, empty_installation: Path, gateway: Gateway) -> Iterator[Scenario]:
    """De Kade in an installation that texts."""
    shutil.copytree(empty_installation, tmp_path / "installation")
    made = InlineInstallation(tmp_path / "installation", partial(SmsInstallation, gateway=gateway.url))
    yield Scenario(made, "2026-11-16 10.00")
    made.close()


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the demo region with its last eight days; to copy, not to change."""
    folder = tmp_path_factory.mktemp("region") / "installation"
    installation = Installation(folder, 0, free_port())
    installation.prepare()
    load_region(installation)
    for application in APPLICATIONS:
        application.service.database.close()
    (folder / "running").touch()
    return folder


@pytest.fixture
def files(tmp_path: Path, region: Path) -> Path:
    """Give a stopped installation on files."""
    return Path(shutil.copytree(region, tmp_path / "installation"))


@pytest.fixture(scope="session")
def moved_region(
    tmp_path_factory: pytest.TempPathFactory, region: Path, database_url: str
) -> Iterator[tuple[Path, DatabasePrefix]]:
    """Move the same region to a database server; to copy, not to change."""
    folder = Path(shutil.copytree(region, tmp_path_factory.mktemp("moved") / "installation"))
    prefix = DatabasePrefix(database_url)
    moved = houvast(folder, "move", "--database", prefix.url)
    assert moved.returncode == 0, moved.stderr
    yield folder, prefix
    prefix.clear()


@pytest.fixture(params=["files", "servers"])
def data_folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a stopped installation on files, and one on a database server."""
    if request.param == "files":
        return request.getfixturevalue("files")
    moved, moved_prefix = request.getfixturevalue("moved_region")
    prefix = request.getfixturevalue("database_prefix")
    prefix.copy(moved_prefix)
    folder = Path(shutil.copytree(moved, tmp_path / "installation"))
    remember(folder, Servers(prefix.url))
    return folder


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory, region: Path) -> tuple[Path, EverydayFacts]:
    """Give the same region after some weeks in which everything happened once; to copy, not to change."""
    folder = Path(shutil.copytree(region, tmp_path_factory.mktemp("lived") / "installation"))
    with open_installation(folder) as installation:
        facts = run_everyday_weeks(installation)
    return folder, facts


@pytest.fixture
def weeks(
    tmp_path: Path, lived_in: tuple[Path, EverydayFacts]
) -> Iterator[tuple[InlineInstallation, EverydayFacts]]:
    """Open that region, with the time as it was then."""
    folder, facts = lived_in
    with open_installation(Path(shutil.copytree(folder, tmp_path / "installation"))) as installation:
        yield installation, facts


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    made: list[Started] = []

    def begin(*options: str, port: int | None = None) -> Started:
        made.append(Started(tmp_path / "installation", tmp_path / f"said-{len(made)}", *options, port=port))
        return made[-1]

    yield begin
    for installation in made:
        installation.stop()


@pytest.fixture(scope="module", params=["files", "servers"])
def routes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, lived_in: tuple[Path, EverydayFacts]
) -> Iterator[Routes]:
    """Give the region after some weeks, on files and on a database server."""
    folder, facts = lived_in
    copy = Path(shutil.copytree(folder, tmp_path_factory.mktemp("strange") / "installation"))
    prefix = None
    if request.param == "servers":
        prefix = DatabasePrefix(request.getfixturevalue("database_url"))
        moved = houvast(copy, "move", "--database", prefix.url)
        assert moved.returncode == 0, moved.stderr
    with open_installation(copy) as installation:
        yield Routes(installation, facts)
    if prefix is not None:
        prefix.clear()
