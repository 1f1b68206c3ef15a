"""Groups that fit, and places in them: counted here, never promised twice."""

import threading
from typing import Any

import pytest

from services.intake.models import Placement, Signup
from services.intake.queries.matching import get_match
from services.intake.queries.signups import SignupView, get_signup
from shared.errors import Refusal
from shared.ids import new_id


@pytest.fixture
def case(harness: Any) -> Any:
    class Case:
        organisation_id = harness.organisation()
        actor = harness.actor("intro_worker", organisation_id=organisation_id)
        visitor = harness.visitor("coordinator", organisation_id=organisation_id)
        signup_id = harness.signed_up(organisation_id, days=[1, 3], parts_of_day=["evening"], area="3412")

        def view(self) -> SignupView:
            return get_signup(self.actor, self.signup_id)

        def place(self, group_id: str) -> Any:
            page = f"/kennismaking/{self.signup_id}"
            return self.visitor.send(f"{page}/plek", {"group_id": group_id}, page=page)

    return Case()


def test_groups_that_fit_are_shown_best_first_with_why(harness: Any, case: Any) -> None:
    harness.group(case.organisation_id, "Donderdagkring", weekday=3, venue=None)
    harness.group(case.organisation_id, "Dinsdaggroep")

    match = get_match(case.actor, case.signup_id)

    assert [fit.group.name for fit in match.suggested] == ["Dinsdaggroep", "Donderdagkring"]
    page = case.visitor.open(f"/kennismaking/{case.signup_id}").text
    assert "Want: dag en tijd passen, heel dichtbij, begint binnen een week." in page
    assert "dinsdag 19.30 · Buurthuis De Brug · nog 8 plekken" in page


def test_what_is_left_out_is_shown_by_its_one_reason(harness: Any, case: Any) -> None:
    harness.group(case.organisation_id, "Naasten", rules={"audience": "affected_other"})
    harness.group(case.organisation_id, "Vast", rules={"admission": "fixed"})
    harness.group(case.organisation_id, "Vol", rules={"max_size": 0})
    harness.group(case.organisation_id, "Straks", state="preparing")
    harness.group(case.organisation_id, "Voorbij", state="ended")
    Signup.update(audience="own").where(Signup.id == case.signup_id).execute()

    match = get_match(case.actor, case.signup_id)

    assert match.suggested == ()
    assert match.left_out == {
        "not_running": ("Straks",),
        "other_audience": ("Naasten",),
        "already_begun": ("Vast",),
        "full": ("Vol",),
    }
    page = case.visitor.open(f"/kennismaking/{case.signup_id}").text
    assert "Niet getoond: 4 groepen" in page
    assert "<strong>Vol:</strong> Vol" in page


def test_a_group_in_another_language_is_suggested_and_says_so(harness: Any, case: Any) -> None:
    harness.group(case.organisation_id, "Vroeg", rules={"language": "en"})

    page = case.visitor.open(f"/kennismaking/{case.signup_id}").text

    assert [fit.group.name for fit in get_match(case.actor, case.signup_id).suggested] == ["Vroeg"]
    assert "in het Engels" in page


def test_a_group_that_somebody_would_rather_avoid_is_never_suggested(harness: Any, case: Any) -> None:
    group_id = harness.group(case.organisation_id)
    of_others = harness.group(harness.organisation("Het Anker", "het-anker"))
    unknown = new_id()

    avoided = {"avoided_groups": [group_id, of_others, unknown]}
    case.visitor.send(f"/kennismaking/{case.signup_id}/wensen", avoided)

    assert case.view().wish.avoided_groups == (group_id,)
    assert get_match(case.actor, case.signup_id).left_out == {"avoided": ("Dinsdaggroep",)}


def test_a_group_of_another_organisation_is_not_shown(harness: Any, case: Any) -> None:
    harness.group(harness.organisation("Het Anker", "het-anker"))

    assert get_match(case.actor, case.signup_id).suggested == ()


def test_a_group_with_rules_that_make_no_sense_does_not_take_the_others_down(harness: Any, case: Any) -> None:
    harness.group(case.organisation_id, "Raar", rules={"admission": "intervals", "interval_weeks": None})
    harness.group(case.organisation_id, "Dinsdaggroep")

    match = get_match(case.actor, case.signup_id)

    assert [fit.group.name for fit in match.suggested] == ["Dinsdaggroep"]
    assert match.left_out == {"no_entry_date": ("Raar",)}


@pytest.mark.parametrize(
    ("rules", "meetings", "starts_on"),
    [
        ({}, ["2031-11-25", "2031-12-02"], "2031-11-25"),
        ({}, ["2031-11-18", "2031-12-02"], "2031-12-02"),
        ({}, [], "2031-11-24"),
        ({"admission": "intervals", "interval_weeks": 6}, ["2031-11-25", "2031-12-30"], "2031-12-30"),
    ],
)
def test_the_start_is_the_first_meeting_that_the_group_lets_people_in(
    harness: Any, case: Any, rules: dict[str, Any], meetings: list[str], starts_on: str
) -> None:
    group_id = harness.group(case.organisation_id, rules=rules, first_meeting_on="2031-11-18")
    for on in meetings:
        harness.meeting(case.organisation_id, group_id, on)

    case.place(group_id)

    assert harness.events("participant_placed")[0].data["starts_on"] == starts_on


def test_a_meeting_that_began_this_morning_is_no_start(harness: Any, case: Any) -> None:
    group_id = harness.group(case.organisation_id)
    harness.meeting(case.organisation_id, group_id, harness.monday, at="08:30")
    harness.meeting(case.organisation_id, group_id, harness.tuesday, state="cancelled")
    harness.meeting(case.organisation_id, group_id, "2031-12-02")

    case.place(group_id)

    assert harness.events("participant_placed")[0].data["starts_on"] == "2031-12-02"


def test_a_place_is_published_and_waits_for_the_groups_answer(harness: Any, case: Any) -> None:
    group_id = harness.group(case.organisation_id)

    answer = case.place(group_id)

    assert answer.status_code == 303
    placement = case.view().placement
    assert harness.events("participant_placed")[0].data == {
        "placement_id": placement.id,
        "signup_id": case.signup_id,
        "participant_id": case.view().person.id,
        "group_id": group_id,
        "organisation_id": case.organisation_id,
        "starts_on": harness.monday,
    }
    assert (case.view().state, case.view().next_step) == ("placed", "wait_for_group")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"rules": {"max_size": 0}}, "Er is nu geen plek vrij"),
        ({"state": "ended"}, "begint nu niet met nieuwe mensen"),
        ({"rules": {"admission": "fixed"}}, "begint nu niet met nieuwe mensen"),
        ({"rules": {"identity": "headcount"}}, "schrijft geen namen op"),
    ],
)
def test_a_place_that_the_group_would_have_to_return_is_not_given(
    harness: Any, case: Any, changed: dict[str, Any], sentence: str
) -> None:
    group_id = harness.group(case.organisation_id, **changed)
    harness.group(case.organisation_id, "Andere groep")

    answer = case.place(group_id)

    assert answer.status_code == 409
    assert sentence in answer.text
    assert harness.events("participant_placed") == []


@pytest.mark.parametrize("group_id", ["", "x", "01990000-0000-7000-8000-000000000003"])
def test_a_group_that_is_not_there_gets_nobody(harness: Any, case: Any, group_id: str) -> None:
    harness.group(case.organisation_id)

    assert case.place(group_id).status_code in (400, 409)
    assert Placement.select().count() == 0


def test_a_group_of_another_organisation_gets_nobody(harness: Any, case: Any) -> None:
    harness.group(case.organisation_id)
    foreign_group = harness.group(harness.organisation("Het Anker", "het-anker"))

    answer = case.place(foreign_group)

    assert "hoort bij een andere organisatie" in answer.text
    assert Placement.select().count() == 0


def test_nobody_gets_a_place_twice_in_one_group_but_another_group_may_be_tried(harness: Any, case: Any) -> None:
    group_id, other = harness.group(case.organisation_id), harness.group(case.organisation_id, "Donderdagkring")
    harness.place(case.actor, case.signup_id, group_id)

    with pytest.raises(Refusal, match="already_placed"):
        harness.place(case.actor, case.signup_id, group_id)

    assert harness.place(case.actor, case.signup_id, other)


def test_a_planned_talk_comes_before_a_place(harness: Any, case: Any) -> None:
    from services.intake.commands import talks

    group_id = harness.group(case.organisation_id)
    agreed = harness.agreed(harness.staff(case.organisation_id))
    talks.schedule_intro_talk(case.actor, signup_id=case.signup_id, **agreed)

    with pytest.raises(Refusal, match="talk_first"):
        harness.place(case.actor, case.signup_id, group_id)


def test_members_and_open_places_count_together_and_one_person_counts_once(harness: Any, case: Any) -> None:
    group_id = harness.group(case.organisation_id, rules={"max_size": 3})
    harness.membership(case.organisation_id, group_id)
    harness.membership(case.organisation_id, group_id, state="ended")
    harness.consume()
    placement_id = harness.place(case.actor, case.signup_id, group_id)
    left = [get_match(case.actor, harness.signed_up(case.organisation_id)).suggested[0].group.places_left]

    harness.membership(
        case.organisation_id, group_id, participant_id=case.view().person.id, placement_id=placement_id
    )
    harness.consume()

    left.append(get_match(case.actor, harness.signed_up(case.organisation_id)).suggested[0].group.places_left)
    assert left == [1, 1]
    assert case.view().placement.state == "confirmed"


def test_two_placements_at_once_never_both_take_the_last_place(harness: Any, case: Any) -> None:
    group_id = harness.group(case.organisation_id, rules={"max_size": 1})
    people = [harness.signed_up(case.organisation_id, f"Gast {n}") for n in range(6)]
    start, answers = threading.Barrier(len(people)), []

    def place(signup_id: str) -> None:
        start.wait()
        try:
            answers.append(harness.place(case.actor, signup_id, group_id))
        except Refusal as refusal:
            answers.append(refusal.code)
        finally:
            harness.close_here()

    threads = [threading.Thread(target=place, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count("no_place_free") == len(people) - 1
    assert Placement.select().where(Placement.state == "placed").count() == 1
    assert len(harness.events("participant_placed")) == 1


def test_a_place_that_came_back_is_free_again_and_shows_what_to_do(harness: Any, case: Any) -> None:
    group_id = harness.group(case.organisation_id, rules={"max_size": 1})
    placement_id = harness.place(case.actor, case.signup_id, group_id)

    harness.returned(placement_id, "group_full")
    harness.consume()

    assert (case.view().next_step, case.view().placement.returned_because) == ("place_again", "group_full")
    page = case.visitor.open(f"/kennismaking/{case.signup_id}").text
    assert "De plek ging niet door." in page
    assert "De groep is intussen vol. Kies een andere groep" in page
    assert harness.place(case.actor, harness.signed_up(case.organisation_id, "Sam"), group_id)


def test_a_reason_that_nobody_wrote_a_sentence_for_is_still_shown_kindly(harness: Any, case: Any) -> None:
    placement_id = harness.place(case.actor, case.signup_id, harness.group(case.organisation_id))

    harness.returned(placement_id, "something_new")
    harness.consume()

    page = case.visitor.open(f"/kennismaking/{case.signup_id}").text
    assert "Overleg met de begeleider van de groep" in page
    assert "something_new" not in page


def test_a_sign_up_is_not_closed_while_a_place_is_being_handled(harness: Any, case: Any) -> None:
    harness.place(case.actor, case.signup_id, harness.group(case.organisation_id))

    answer = case.visitor.send(f"/kennismaking/{case.signup_id}/afsluiten", {"reason": "other"})

    assert answer.status_code == 409
    assert "wordt nog verwerkt" in answer.text


def test_placing_somebody_who_is_called_as_a_member_says_so(harness: Any, case: Any) -> None:
    group_id = harness.group(case.organisation_id)
    alike = []
    for name in ("Noor", "Robin", "noor"):
        signup_id = harness.signed_up(case.organisation_id, name)
        here = f"/kennismaking/{signup_id}"
        case.visitor.send(f"{here}/plek", {"group_id": group_id}, page=here)
        alike.append("heet al iemand zo" in case.visitor.open(here).text)

    assert alike == [False, False, True]
