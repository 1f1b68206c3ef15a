"""A desk for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.installation import NAMES
from deploy.local.key_files import make_keys
from services.meetings.app import application
from services.meetings.models import service
from shared import clock
from tests.meetings.desk import NEIGHBOURS, Desk, settings_of, voice_of


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and empty stores, made once: making them for every test would be most of the time of a test."""
    folder = tmp_path_factory.mktemp("template")
    (folder / "keys").mkdir()
    make_keys(folder / "keys", NAMES)
    service.open(settings_of("meetings", folder))
    application.migrate()
    service.database.close()
    for name in NEIGHBOURS:
        voice = voice_of(name, folder)
        voice.database.proxy.obj.create_tables(voice.tables)
        voice.database.close()
    return folder


@pytest.fixture
def desk(tmp_path: Path, template: Path) -> Iterator[Desk]:
    """Meetings, opened for one test."""
    opened = Desk(tmp_path / "desk", template)
    yield opened
    opened.close()
    clock.follow(None)


@pytest.fixture
def evening(desk: Desk) -> Desk:
    """The Tuesday group five minutes after its meeting began, with Noor and Robin."""
    desk.tuesday = desk.group()
    desk.tonight = desk.meeting(desk.tuesday)
    desk.noor, desk.robin = (desk.member(desk.tuesday, name) for name in ("Noor", "Robin"))
    desk.here = f"/bijeenkomsten/{desk.tonight}"
    desk.clock_at("2026-11-24 19.35")
    return desk
