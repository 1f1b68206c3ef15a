"""A colleague lost the app with codes, and there are no two managers: whoever operates the installation helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.meetings.models import Authenticator, Staff, service
from shared import clock
from tests.journeys.operating import houvast
from tests.support.inline_installation import open_installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def enrolled(data_folder: Path) -> tuple[Path, str]:
    """Give an installation in which somebody has an app, and their address."""
    with open_installation(data_folder):
        staff = Staff.select().order_by(Staff.id).first()
        with service.transaction():
            Authenticator.create(
                staff=staff.id, secret=b"k1.x", made_at=clock.wall(), confirmed_at=clock.wall(), last_step=1
            )
        return data_folder, service.encryption.open(staff.email, "staff.email", staff.id)


def apps(data: Path) -> int:
    with open_installation(data):
        return int(Authenticator.select().count())


def test_the_app_is_forgotten_by_address(enrolled: tuple[Path, str]) -> None:
    data, email = enrolled

    answer = houvast(data, "lost-app", "--email", email.upper())

    assert answer.returncode == 0
    assert "De app is losgekoppeld" in answer.stdout
    assert email not in answer.stdout
    assert apps(data) == 0


def test_an_address_of_nobody_changes_nothing(enrolled: tuple[Path, str]) -> None:
    data, _ = enrolled

    answer = houvast(data, "lost-app", "--email", "niemand@example.org")

    assert answer.returncode == 1
    assert "Er is niets veranderd" in answer.stderr
    assert apps(data) == 1
