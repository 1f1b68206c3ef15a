"""Introductory talks: planned, moved, called off and missed."""

from datetime import date, time
from typing import Any

import pytest

from services.intake.commands import signups, talks
from services.intake.models import IntroTalk
from services.notifications import events as notifications
from shared.ids import new_id
from tests.intake.talk_case import TalkCase, code_of

pytestmark = pytest.mark.clock


@pytest.fixture
def case(harness: Any) -> TalkCase:
    return TalkCase(harness)


def test_a_planned_talk_is_published_whole(harness: Any, case: TalkCase) -> None:
    answer = case.plan_by_form()

    assert answer.status_code == 303
    talk = case.view().talk
    event = harness.events("intro_talk_scheduled")[0]
    assert set(event.data.pop("personal")) == {"notifications"}
    assert event.data == {
        "talk_id": talk.id,
        "signup_id": case.signup_id,
        "participant_id": case.view().person.id,
        "organisation_id": case.organisation_id,
        "host_staff_id": case.host,
        "on": harness.tuesday,
        "at": "14:00",
        "zone": "Europe/Amsterdam",
        "minutes": 45,
        "form": "live_single",
        "state": "planned",
        "before": None,
        "version": [1, 1],
    }
    assert case.view().next_step == "hold_talk"


@pytest.mark.parametrize(
    ("form", "place", "word"),
    [
        ("live_single", "GGZ Noord, Markt 2", "ggz"),
        ("video", "https://video.example/therapiegroep", "therap"),
    ],
)
def test_a_place_that_would_hold_the_invitation_back_is_asked_about_once(
    case: TalkCase, form: str, place: str, word: str
) -> None:
    asked = case.plan_by_form(form=form, place=place)

    assert asked.status_code == 409
    assert f"In deze plek staat ‘{word}’" in asked.text
    assert case.view().talk is None
    assert 'name="keeps_words"' in asked.text
    assert case.plan_by_form(form=form, place=place, keeps_words="1").status_code == 303
    assert case.view().talk.place == place


def test_a_double_click_plans_once(harness: Any, case: TalkCase) -> None:
    same = harness.agreed(case.host)

    ids = {talks.schedule_intro_talk(case.actor, signup_id=case.signup_id, **same) for _ in range(2)}

    assert len(ids) == 1
    assert len(harness.events("intro_talk_scheduled")) == 1


def test_two_tabs_plan_once_and_the_second_reads_why(case: TalkCase) -> None:
    case.plan_by_form()

    second = case.plan_by_form(at="15:00")

    assert second.status_code == 409
    assert "Er staat al een kennismaking gepland" in second.text
    assert IntroTalk.select().count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"on": "2032-03-28", "at": "02:30"}, "slaat de klok dit uur over"),
        ({"on": "2031-11-23"}, "al voorbij"),
        ({"at": "08.00", "on": "24-11-2031"}, "al voorbij"),
        ({"on": "99999999999-1-1"}, "zoals 24-11-2026"),
        ({"on": "30-2-2032"}, "zoals 24-11-2026"),
        ({"at": "15:00:30"}, "alleen uren en minuten"),
        ({"at": "15:00:00+05:00"}, "alleen uren en minuten"),
        ({"on": "2033-01-01"}, "meer dan een jaar"),
        ({"on": "overmorgen"}, "Vul een dag in"),
        ({"on": "2031-02-31"}, "Vul een dag in"),
        ({"at": "25:00"}, "Vul een tijd in"),
        ({"at": "half drie"}, "Vul een tijd in"),
        ({"minutes": "1"}, "duurt 5 tot 240 minuten"),
        ({"minutes": "veel"}, "Vul een heel getal in"),
        ({"form": "carrier_pigeon"}, "Kies hoe jullie kennismaken"),
        ({"form": "phone"}, "is een telefoonnummer nodig"),
        ({"form": "video"}, "begint met https://"),
        ({"place": ""}, "Vul in waar jullie elkaar zien"),
        ({"place": "x" * 201}, "hoogstens 200 tekens"),
        ({"host_staff_id": ""}, "Kies wie er kennismaakt"),
        ({"host_staff_id": "01990000-0000-7000-8000-000000000002"}, "Kies wie er kennismaakt uit de lijst"),
    ],
)
def test_a_moment_or_place_that_cannot_be_is_refused_and_what_was_typed_stays(
    harness: Any, case: TalkCase, changed: dict[str, str], sentence: str
) -> None:
    answer = case.plan_by_form(**changed)

    assert answer.status_code in (400, 409)
    assert sentence in answer.text
    assert IntroTalk.select().count() == 0
    assert harness.events("intro_talk_scheduled") == []


def test_the_hour_that_comes_twice_is_fine(case: TalkCase) -> None:
    assert case.plan_by_form(on="2032-10-31", at="02:30").status_code == 303


def test_a_day_and_a_time_may_be_written_as_people_do(case: TalkCase) -> None:
    assert case.plan_by_form(on="25-11-2031", at="9.05").status_code == 303
    assert (case.view().talk.on, case.view().talk.at) == (date(2031, 11, 25), time(9, 5))


def test_somebody_of_another_organisation_cannot_hold_the_talk(harness: Any, case: TalkCase) -> None:
    stranger = harness.staff(harness.organisation("Het Anker", "het-anker"), "Sam")

    assert "Kies wie er kennismaakt uit de lijst" in case.plan_by_form(host_staff_id=stranger).text


def test_who_has_no_address_is_shown_to_have_none_wherever_it_matters(harness: Any, case: TalkCase) -> None:
    case.signup_id = harness.signed_up(case.organisation_id, "Ster")

    planning = case.visitor.open(f"/kennismaking/{case.signup_id}/gesprek").text
    case.plan_by_form()

    assert "krijgt hier geen bericht van" in planning
    page = case.visitor.open(f"/kennismaking/{case.signup_id}").text
    assert "Ster liet geen adres achter." in page
    assert "Ster krijgt hier geen bericht van." in page


def test_a_moved_talk_is_published_again_as_it_is_now(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()

    answer = case.visitor.send(
        f"/kennismaking/gesprek/{talk_id}/verplaatsen",
        {
            "on": "2031-11-26",
            "at": "16:00",
            "minutes": "30",
            "form": "video",
            "host_staff_id": case.host,
            "place": "https://bellen.example/abc",
        },
    )

    assert answer.status_code == 303
    data = harness.events("intro_talk_moved")[0].data
    assert (data["on"], data["at"], data["minutes"], data["form"]) == ("2031-11-26", "16:00", 30, "video")
    assert (data["state"], data["before"]["at"], data["before"]["state"]) == ("planned", "14:00", "planned")
    assert case.view().talk.state == "moved"


def test_a_talk_that_was_called_off_leaves_room_for_a_new_one(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()

    case.visitor.send(f"/kennismaking/gesprek/{talk_id}/afzeggen", {"by": "participant"})

    assert harness.events("intro_talk_called_off")[0].data["talk_id"] == talk_id
    assert case.view().next_step == "plan_talk"
    assert case.plan()


@pytest.mark.parametrize("by", ["", "nobody"])
def test_who_called_off_must_be_filled_in(case: TalkCase, by: str) -> None:
    talk_id = case.plan()

    answer = case.visitor.send(f"/kennismaking/gesprek/{talk_id}/afzeggen", {"by": by})

    assert answer.status_code in (400, 409)
    assert case.view().talk.state == "planned"


def test_a_talk_cannot_be_missed_before_it_began(case: TalkCase) -> None:
    talk_id = case.plan()

    answer = case.visitor.send(
        f"/kennismaking/gesprek/{talk_id}/gemist", {}, page=f"/kennismaking/{case.signup_id}"
    )

    assert answer.status_code == 409
    assert "nog niet begonnen" in answer.text


def test_a_missed_talk_may_still_turn_out_to_have_been_held(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    case.visitor.send(f"/kennismaking/gesprek/{talk_id}/gemist", {}, page=f"/kennismaking/{case.signup_id}")
    assert case.view().next_step == "plan_talk"

    case.decide(talk_id, "word_follows")

    assert len(harness.events("intro_talk_missed")) == len(harness.events("intro_talk_held")) == 1
    assert case.view().next_step == "let_know"


def test_a_missed_talk_that_has_a_successor_stays_missed(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    talks.mark_intro_talk_missed(case.actor, talk_id=talk_id, request_id=new_id())
    case.plan(on=date(2031, 11, 26))

    assert code_of(lambda: case.decide(talk_id, "word_follows")) == "talk_over"


def undelivered(harness: Any, talk_id: str, cause: str | None) -> None:
    data = notifications.TALK_DELIVERY_CHANGED.example | {"talk_id": talk_id, "cause": cause}
    harness.publish(notifications.TALK_DELIVERY_CHANGED, talk_id, data)
    harness.consume()


def test_who_planned_a_talk_sees_that_its_message_did_not_go_until_somebody_told_it(
    harness: Any, case: TalkCase
) -> None:
    talk_id, here = case.plan(), f"/kennismaking/{case.signup_id}"
    undelivered(harness, talk_id, "too_late")
    path = f"/kennismaking/gesprek/{talk_id}/verteld"
    shown = case.visitor.open(here).text
    assert "De uitnodiging voor de kennismaking kwam niet aan." in shown
    assert "Bel even." in shown

    case.visitor.send(path, {}, page=here)
    again = case.visitor.send(path, {}, page=here)

    assert "kwam niet aan" not in case.visitor.open(here).text
    assert harness.events("participant_informed")[0].data["talk_id"] == talk_id
    assert len(harness.events("participant_informed")) == 1
    assert again.status_code == 409


def test_a_message_that_went_after_all_leaves_the_page(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    undelivered(harness, talk_id, "word")

    undelivered(harness, talk_id, None)

    assert "kwam niet aan" not in case.visitor.open(f"/kennismaking/{case.signup_id}").text


@pytest.mark.parametrize(
    ("planned_at", "at", "email", "is_shown"),
    [
        ("23.00", "07:30", None, True),
        ("23.00", "08:30", None, True),
        ("23.00", "07:30", "noor@example.org", False),
        ("23.00", "10:00", None, False),
        ("20.00", "07:30", None, False),
    ],
)
def test_planning_at_night_for_early_next_morning_says_that_a_call_is_needed(
    harness: Any, case: TalkCase, planned_at: str, at: str, email: str | None, is_shown: bool
) -> None:
    case.signup_id = harness.signed_up(case.organisation_id, email=email, mobile="+31612345678")
    harness.clock_at(f"{harness.monday} {planned_at}")

    case.plan_by_form(at=at)

    shown = case.visitor.open(f"/kennismaking/{case.signup_id}").text
    assert ("bel even om het te vertellen" in shown) is is_shown


@pytest.mark.parametrize("is_moved", [False, True], ids=["planned", "moved"])
def test_closing_a_sign_up_calls_off_the_talk_that_is_to_come(
    harness: Any, case: TalkCase, is_moved: bool
) -> None:
    talk_id = case.plan()
    if is_moved:
        moved = harness.agreed(case.host, on=date(2031, 11, 26))
        talks.move_intro_talk(case.actor, talk_id=talk_id, **moved)

    signups.close_signup(case.actor, signup_id=case.signup_id, reason="own_choice", request_id=new_id())

    (event,) = harness.events("intro_talk_called_off")
    assert (event.data["talk_id"], event.data["on"]) == (talk_id, "2031-11-26" if is_moved else harness.tuesday)
