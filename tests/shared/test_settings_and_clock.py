"""Settings are refused loudly and all at once; the people's clock moves forward only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from shared import clock
from shared.errors import Refusal
from shared.settings import ServiceSettings, SettingsError, check_countries, read, setting

pytestmark = pytest.mark.clock


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    smtp_port: int = setting("poort")
    secret: str = setting("wachtwoord", default="")


GOOD = {
    "X_STORES": "/tmp/x",
    "X_KEYS_FILE": "/tmp/k",
    "X_PUBLIC_URL": "https://x.example",
    "X_SMTP_PORT": "25",
}


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[None]:
    clock.follow(tmp_path / "clock")
    yield
    clock.follow(None)


def test_settings_are_read_typed() -> None:
    settings = read(Settings, "x", GOOD)

    assert settings.smtp_port == 25
    assert settings.stores == Path("/tmp/x")
    assert settings.clock_file is None


def test_everything_that_is_missing_or_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        read(Settings, "x", {"X_SMTP_PORT": "vijf", "X_STORES": "/tmp/x"})

    text = str(refused.value)
    assert "X_KEYS_FILE" in text
    assert "X_PUBLIC_URL" in text
    assert "X_SMTP_PORT" in text
    assert "X_STORES" not in text


def test_settings_never_show_a_value_when_printed() -> None:
    settings = read(Settings, "x", {**GOOD, "X_SECRET": "canary-secret"})

    assert "canary-secret" not in repr(settings)


@pytest.mark.usefixtures("moving")
def test_the_clock_moves_for_people_and_not_for_the_machine() -> None:
    ahead = clock.wall() + timedelta(days=2)

    clock.move_to(ahead)

    assert abs(clock.now() - ahead) < timedelta(minutes=1)
    assert clock.wall() < ahead - timedelta(days=1)


@pytest.mark.usefixtures("moving")
def test_the_clock_does_not_go_back() -> None:
    clock.move_to(clock.wall() + timedelta(days=2))

    with pytest.raises(Refusal, match="clock_only_forward"):
        clock.move_to(clock.wall() + timedelta(days=1))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "landnummers met spaties"),
        ("NL", "landnummers met spaties"),
        ("+31", "landnummers met spaties"),
        ("31,32", "landnummers met spaties"),
        ("\u0663\u0661", "landnummers met spaties"),
        ("31 99 210", "99 en 210 is geen landnummer"),
        ("0031", "landnummers met spaties"),
        ("31", None),
        ("31 32 599", None),
    ],
)
def test_countries_are_numbers_that_countries_have(typed: str, says: str | None) -> None:
    if says is None:
        check_countries("INTAKE_SMS_COUNTRIES", typed)
        return
    with pytest.raises(SettingsError) as refused:
        check_countries("INTAKE_SMS_COUNTRIES", typed)
    assert str(refused.value).startswith("INTAKE_SMS_COUNTRIES")
    assert says in str(refused.value)


@pytest.mark.parametrize("most", [0, -1])
def test_a_key_that_may_ask_nothing_is_refused(tmp_path: Path, most: int) -> None:
    with pytest.raises(SettingsError, match="is minstens 1"):
        ServiceSettings(stores=tmp_path, keys_file=tmp_path, public_url="", api_requests_per_minute=most)


def test_an_installation_without_a_demo_clock_refuses_to_move_it() -> None:
    clock.follow(None)

    with pytest.raises(Refusal, match="clock_stands_still"):
        clock.move_to(clock.wall() + timedelta(days=1))


@pytest.mark.parametrize(
    ("on", "utc"),
    [
        (date(2026, 10, 24), datetime(2026, 10, 24, 17, 30, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 25, 18, 30, tzinfo=UTC)),
        (date(2027, 3, 27), datetime(2027, 3, 27, 18, 30, tzinfo=UTC)),
        (date(2027, 3, 28), datetime(2027, 3, 28, 17, 30, tzinfo=UTC)),
    ],
)
def test_half_past_seven_stays_half_past_seven_over_both_change_nights(on: date, utc: datetime) -> None:
    assert clock.instant(on, time(19, 30)) == utc
    assert clock.hour_text(clock.local(clock.instant(on, time(19, 30)))) == "19.30"
