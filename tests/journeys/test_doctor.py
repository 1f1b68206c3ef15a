"""What the doctor says of an installation at rest, besides what is broken."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from deploy.local.doctor import examine
from deploy.local.installation import Installation, application_named
from deploy.local.servers import Servers
from services.notifications.models import WAITING, Message
from tests.support.inline_installation import close_stores


@pytest.fixture
def first_waiting(files: Path) -> str:
    """A message that is still to go."""
    Installation.stopped(files, Servers()).open()
    message_id: str = Message.select().where(WAITING).order_by(Message.id).get().id
    close_stores()
    return message_id


def test_text_messages_that_wait_for_room_are_said_beside_the_setting_that_makes_them_wait(
    files: Path, first_waiting: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = examine(files, as_json=False)
    with application_named("notifications").service.transaction():
        Message.update(state="held", reason="sms_limit").where(Message.id == first_waiting).execute()
    capsys.readouterr()

    after, words = examine(files, as_json=False), capsys.readouterr().out
    close_stores()

    (line,) = [line for line in words.splitlines() if "sms'jes voor de komende dag" in line]
    assert (before, after) == (0, 1)
    assert line.startswith("LET OP")
    assert "van hoogstens 1000 (NOTIFICATIONS_SMS_PER_DAY); 1 wachten op ruimte" in line


def test_a_disk_with_hardly_any_room_is_said(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(2**30, 2**30, 2**20))

    is_full, words = examine(files, as_json=False), capsys.readouterr().out
    monkeypatch.undo()
    has_room = examine(files, as_json=False)
    close_stores()

    assert (is_full, has_room) == (1, 0)
    assert "schijf met de opslag: vol" in words
