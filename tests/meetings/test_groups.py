"""Groups: started from a kind with their own overrides, led by colleagues, joined and left."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from services.meetings.commands import groups, venues
from services.meetings.commands.groups import NewRhythm, NewVenue, set_up_group
from services.meetings.commands.organisations import confirm_questionnaire_permission
from services.meetings.commands.staff import change_roles
from services.meetings.models import Group
from services.meetings.queries.groups import GroupFilter, get_group, list_groups
from services.meetings.queries.kinds import list_kinds
from services.meetings.queries.memberships import list_members
from services.meetings.queries.venues import list_venues
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.security.actor import system
from tests.meetings.actions import refused


def start(harness: Any, *, by: str = "", **data: Any) -> str:
    values = {"organisation_id": harness.organisation_id, "kind": "let_it_be", "name": "Donderdagkring"} | data
    return groups.start_group(harness.actor(by or harness.vos), **values, request_id=new_id())


@pytest.mark.parametrize("kind", [kind.code for kind in list_kinds()])
def test_a_group_of_every_kind_runs_by_its_rules(harness: Any, kind: str) -> None:
    group_id = start(harness, kind=kind, overrides={"audience": "own", "admission": "rolling"})

    values = harness.published("group_changed")
    assert (values["group_id"], values["kind"], values["state"]) == (group_id, kind, "preparing")
    assert (values["rules"]["audience"], values["rules"]["admission"]) == ("own", "rolling")
    assert {"max_size", "waiting_list", "identity", "language", "interval_weeks"} <= set(values["rules"])


def test_an_override_of_a_group_is_laid_over_its_kind(harness: Any) -> None:
    start(harness, overrides={"max_size": 6, "talk_model": "direct"})

    rules = harness.published("group_changed")["rules"]
    assert (rules["max_size"], rules["talk_model"], rules["audience"]) == (6, "direct", "own")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"kind": "theekransje"}, "kind_unknown"),
        ({"kind": "recovery_workgroup"}, "rules_incomplete"),
        ({"overrides": {"max_size": 0}}, "rule_wrong"),
        ({"overrides": {"kleur": "groen"}}, "rule_unknown"),
        ({"overrides": {"admission": "intervals"}}, "interval_missing"),
        ({"themes": [str(number) for number in range(7)]}, "themes_too_many"),
        ({"themes": ["x" * 41]}, "theme_too_long"),
        ({"questionnaires": ["horoscoop"]}, "questionnaire_unknown"),
        ({"questionnaires": ["nel_kort"]}, "questionnaire_not_permitted"),
        ({"overrides": {"questionnaires": ["nel_kort"]}}, "questionnaire_not_permitted"),
        (
            {"kind": "twelve_step", "overrides": {"audience": "own"}, "questionnaires": ["even_kijken"]},
            "headcount_keeps_no_names",
        ),
    ],
)
def test_a_group_that_cannot_be_is_refused_whole(harness: Any, data: dict[str, Any], code: str) -> None:
    assert refused(lambda: start(harness, **data)) == code
    assert harness.events("group_changed") == []


def test_the_nel_can_be_chosen_once_the_organisation_confirmed_that_it_may(harness: Any) -> None:
    confirm_questionnaire_permission(
        harness.actor(harness.vos), organisation_id=harness.organisation_id, request_id=new_id()
    )

    start(harness, questionnaires=["nel_kort"])

    assert harness.published("organisation_changed")["permitted_questionnaires"] == ["even_kijken", "nel_kort"]
    assert harness.published("group_changed")["questionnaires"] == ["nel_kort"]


def test_a_group_that_chooses_no_list_uses_none_also_when_its_kind_suggests_one(harness: Any) -> None:
    start(harness, kind="recovery_workgroup", overrides={"admission": "rolling"})

    assert harness.published("group_changed")["questionnaires"] == []


def test_a_name_is_used_once_at_a_time(harness: Any) -> None:
    first = start(harness)
    assert refused(lambda: start(harness)) == "group_name_taken"

    Group.update(state="ended").where(Group.id == first).execute()

    assert start(harness) != first


def test_a_double_click_starts_one_group(harness: Any) -> None:
    once = new_id()
    asked = {"organisation_id": harness.organisation_id, "kind": "let_it_be", "name": "Donderdagkring"}

    both = [groups.start_group(harness.actor(harness.vos), **asked, request_id=once) for _ in range(2)]

    assert both[0] == both[1]
    assert len(harness.events("group_changed")) == 1


def test_only_a_coordinator_of_the_organisation_starts_a_group(harness: Any) -> None:
    with pytest.raises(Forbidden):
        start(harness, by=harness.kim)
    stranger = harness.colleague("Bo", "coordinator", organisation=harness.register_organisation("Het Anker"))
    with pytest.raises(NotFound):
        start(harness, by=stranger)


def test_everything_of_a_new_group_is_there_or_nothing_is(harness: Any) -> None:
    asked: dict[str, Any] = {
        "organisation_id": harness.organisation_id,
        "kind": "let_it_be",
        "name": "Donderdagkring",
        "overrides": {},
        "venue": NewVenue("Buurthuis De Brug", "Brugstraat 1, Lindeveen", "3412", ("wheelchair",)),
        "facilitators": {harness.kim: "first", harness.vos: "co"},
        "rhythm": NewRhythm(date(2026, 11, 26), time(20), 1, 90),
    }

    code = refused(lambda: set_up_group(harness.actor(harness.vos), **asked, request_id=new_id()))
    left_behind = (
        list_groups(harness.actor(harness.vos)),
        list_venues(harness.actor(harness.vos), harness.organisation_id),
    )
    asked["facilitators"] = {harness.kim: "first", harness.sam: "co"}
    group_id = set_up_group(harness.actor(harness.vos), **asked, request_id=new_id())

    assert code == "not_a_facilitator"
    assert left_behind == ([], [])
    values = harness.published("group_changed")
    assert (values["facilitator_ids"], values["weekday"], values["at"]) == ([harness.kim, harness.sam], 3, "20:00")
    assert values["venue"] == {
        "name": "Buurthuis De Brug",
        "address": "Brugstraat 1, Lindeveen",
        "area": "3412",
        "features": ["wheelchair"],
    }
    assert get_group(harness.actor(harness.kim), group_id).lacks == ()


def test_a_place_of_another_organisation_cannot_be_chosen(harness: Any) -> None:
    other = harness.register_organisation("Het Anker")
    venue = venues.register_venue(
        system("installation"),
        organisation_id=other,
        name="Zaal",
        address="Kade 1, Lindeveen",
        area="3412",
        request_id=new_id(),
    )

    with pytest.raises(NotFound):
        start(harness, venue_id=venue)


def test_a_place_is_known_by_its_name_and_has_features_that_a_search_knows(harness: Any) -> None:
    values = {
        "organisation_id": harness.organisation_id,
        "name": "Zaal",
        "address": "Kade 1, Lindeveen",
        "area": "3412",
    }

    both = {venues.register_venue(harness.actor(harness.vos), **values, request_id=new_id()) for _ in range(2)}

    assert len(both) == 1
    wrong = {**values, "name": "Kelder", "features": ["wijnkelder"]}
    assert (
        refused(lambda: venues.register_venue(harness.actor(harness.vos), **wrong, request_id=new_id()))
        == "feature_unknown"
    )


# --- who leads it ---


def appoint(harness: Any, group_id: str, staff_id: str, *, place: str = "co", by: str = "") -> str:
    return groups.appoint_facilitator(
        harness.actor(by or harness.vos), group_id=group_id, staff_id=staff_id, place=place, request_id=new_id()
    )


def test_who_leads_a_group_is_told_in_the_group_and_in_the_person(harness: Any) -> None:
    group_id = harness.group()

    appoint(harness, group_id, harness.sam)
    appoint(harness, group_id, harness.sam)

    assert harness.published("group_changed")["facilitator_ids"] == [harness.kim, harness.sam]
    assert harness.published("staff_changed")["group_ids"] == [group_id]


def test_somebody_may_be_released_again_and_twice_is_fine(harness: Any) -> None:
    group_id = harness.group()

    for _ in range(2):
        groups.release_facilitator(
            harness.actor(harness.vos), group_id=group_id, staff_id=harness.kim, request_id=new_id()
        )

    assert harness.published("group_changed")["facilitator_ids"] == []
    assert get_group(harness.actor(harness.vos), group_id).lacks == ("meetings", "facilitator")


def test_only_a_facilitator_of_the_same_organisation_can_lead(harness: Any) -> None:
    group_id = harness.group()
    stranger = harness.colleague("Bo", "facilitator", organisation=harness.register_organisation("Het Anker"))

    assert refused(lambda: appoint(harness, group_id, harness.vos)) == "not_a_facilitator"
    assert refused(lambda: appoint(harness, group_id, stranger)) == "not_a_facilitator"
    assert refused(lambda: appoint(harness, group_id, harness.sam, place="baas")) == "place_unknown"
    with pytest.raises(Forbidden):
        appoint(harness, group_id, harness.sam, by=harness.kim)


def test_who_is_no_facilitator_any_more_leads_no_group(harness: Any) -> None:
    group_id = harness.group()

    change_roles(
        harness.actor(harness.vos),
        organisation_id=harness.organisation_id,
        staff_id=harness.kim,
        roles=["messenger"],
        request_id=new_id(),
    )

    assert harness.published("group_changed")["facilitator_ids"] == []
    with pytest.raises(Forbidden):
        list_members(harness.actor(harness.kim), group_id)


# --- the list ---


def test_the_list_shows_room_and_the_next_meeting_and_ones_own_groups_first(harness: Any) -> None:
    mine, other = harness.group("Zondaggroep"), start(harness, name="Andere groep")
    harness.meeting(mine)
    harness.member(mine)

    first, second = list_groups(harness.actor(harness.kim))

    assert (first.id, first.is_led, first.places_left, first.next_meeting.on) == (
        mine,
        True,
        7,
        date(2026, 11, 24),
    )
    assert (second.id, second.is_led, second.next_meeting) == (other, False, None)
    of_kim = GroupFilter(leader_id=harness.kim)
    assert [line.id for line in list_groups(harness.actor(harness.kim), of_kim)] == [mine]


def test_of_two_organisations_each_sees_its_own_and_who_works_for_both_sees_both(harness: Any) -> None:
    here, other = harness.group(), harness.register_organisation("Het Anker")
    there = harness.group("Ankergroep", organisation_id=other)
    both = harness.colleague("Vos", "coordinator", organisation=other)
    stranger = harness.colleague("Bo", "coordinator", organisation=other)

    assert {line.id for line in list_groups(harness.actor(both))} == {here, there}
    assert [line.id for line in list_groups(harness.actor(stranger))] == [there]
    with pytest.raises(NotFound):
        get_group(harness.actor(stranger), here)
    with pytest.raises(NotFound):
        list_members(harness.actor(stranger), here)
