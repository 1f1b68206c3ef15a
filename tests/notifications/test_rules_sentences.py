"""Whoever was sent something can read why, and how it went, in sentences that are there."""

import tomllib
from pathlib import Path

from services.notifications.rules.life import State
from services.notifications.rules.promises import Kind

TO_STAFF = {
    Kind.SIGN_IN_LINK, Kind.MEETING_SUBSTITUTE, Kind.MEETING_CHANGE_TO_LEADER, Kind.MOVED_BY_HAND,
    Kind.CANCELLATION_BY_HAND,
}  # fmt: skip
FILE = Path(__file__).parents[2] / "services" / "notifications" / "data" / "messages.nl.toml"


def test_whoever_was_sent_something_can_read_why_and_how_it_went():
    texts = tomllib.loads(FILE.read_text(encoding="utf-8"))
    to_people = [kind for kind in Kind if kind not in TO_STAFF]

    assert {str(kind) for kind in to_people} <= set(texts["whys"])
    assert set(texts["own_states"]) == {str(state) for state in State}
