"""Whoever was sent something can read why, and how it went, in sentences that are there."""

import tomllib
from pathlib import Path

from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType

TO_STAFF = {
    MessageType.SIGN_IN_LINK,
    MessageType.MEETING_SUBSTITUTE,
    MessageType.MEETING_CHANGE_TO_LEADER,
    MessageType.MOVE_IN_PERSON,
    MessageType.CANCELLATION_IN_PERSON,
}
FILE = Path(__file__).parents[2] / "services" / "notifications" / "data" / "messages.nl.toml"


def test_whoever_was_sent_something_can_read_why_and_how_it_went():
    texts = tomllib.loads(FILE.read_text(encoding="utf-8"))

    assert {member for member in MessageType if not member.spec.why} == TO_STAFF
    assert set(texts["own_states"]) == {str(state) for state in State}
