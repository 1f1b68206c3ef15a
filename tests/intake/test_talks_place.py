"""Where a talk is, which may be somebody's home: sealed here and on the way, and offered to nobody else."""

import re
from typing import Any

import pytest

from services.intake.commands import talks
from tests.intake.talk_case import TalkCase


@pytest.fixture
def case(harness: Any) -> TalkCase:
    return TalkCase(harness)


def test_where_somebody_is_visited_lies_sealed_and_only_who_writes_the_messages_can_open_it(
    harness: Any, case: TalkCase
) -> None:
    talk_id = case.plan(place="Kwartelhof 7")

    moved = harness.agreed(case.host, place="Kwartelhof 9")
    talks.move_intro_talk(case.actor, talk_id=talk_id, **moved)

    event = harness.events("intro_talk_moved")[-1]
    neighbour = harness.neighbours["notifications"].encryption
    opened = neighbour.open_from_publisher(
        "intake", event.associated_data, event.data["personal"]["notifications"]
    )
    assert opened == {"place": "Kwartelhof 9"}
    assert set(event.data["personal"]) == {"notifications"}
    stores = b"".join(path.read_bytes() for path in (harness.folder / "stores").glob("intake*"))
    assert b"Kwartelhof" not in stores
    assert case.view().talk.place == "Kwartelhof 9"


def test_where_one_person_was_visited_is_offered_for_that_person_alone(harness: Any, case: TalkCase) -> None:
    def plan_with_another(place: str) -> None:
        other = harness.signed_up(case.organisation_id, email="ander@example.org")
        talks.schedule_intro_talk(case.actor, signup_id=other, **harness.agreed(case.host, place=place))

    def offered(signup_id: str) -> str:
        page = case.visitor.open(f"/kennismaking/{signup_id}/gesprek").text
        return re.findall(r'name="place"[^>]*value="([^"]*)"', page)[0]  # type: ignore[no-any-return]

    newcomer = harness.signed_up(case.organisation_id, email="nieuw@example.org")
    for place in ("Buurthuis De Brug", "Buurthuis De Brug", "Kwartelhof 7"):
        plan_with_another(place)
    case.plan(place="Wulpenstraat 3")

    assert offered(newcomer) == "Buurthuis De Brug"
    assert offered(case.signup_id) == "Wulpenstraat 3"
