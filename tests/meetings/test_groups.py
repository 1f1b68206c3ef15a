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
from services.meetings.queries.groups import get_group, list_groups
from services.meetings.queries.kinds import list_kinds
from services.meetings.queries.memberships import list_members
from services.meetings.queries.venues import list_venues
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.security.actor import system
from tests.meetings.doing import refused


def start(desk: Any, *, by: str = "", **data: Any) -> str:
    told = {"organisation_id": desk.organisation, "kind": "let_it_be", "name": "Donderdagkring"} | data
    return groups.start_group(desk.actor(by or desk.vos), **told, request_id=new_id())


@pytest.mark.parametrize("kind", [kind.code for kind in list_kinds()])
def test_a_group_of_every_kind_runs_by_its_rules(desk: Any, kind: str) -> None:
    group_id = start(desk, kind=kind, overrides={"audience": "own", "admission": "rolling"})

    told = desk.said("group_changed")
    assert (told["group_id"], told["kind"], told["state"]) == (group_id, kind, "preparing")
    assert (told["rules"]["audience"], told["rules"]["admission"]) == ("own", "rolling")
    assert {"max_size", "waiting_list", "identity", "language", "interval_weeks"} <= set(told["rules"])


def test_a_bend_of_a_group_is_laid_over_its_kind(desk: Any) -> None:
    start(desk, overrides={"max_size": 6, "talk_model": "direct"})

    rules = desk.said("group_changed")["rules"]
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
        ({"kind": "twelve_step", "overrides": {"audience": "own"}, "questionnaires": ["even_kijken"]},
         "headcount_keeps_no_names"),
    ],
)  # fmt: skip
def test_a_group_that_cannot_be_is_refused_whole(desk: Any, data: dict[str, Any], code: str) -> None:
    assert refused(lambda: start(desk, **data)) == code
    assert desk.events("group_changed") == []


def test_the_nel_can_be_chosen_once_the_organisation_confirmed_that_it_may(desk: Any) -> None:
    confirm_questionnaire_permission(desk.actor(desk.vos), organisation_id=desk.organisation, request_id=new_id())

    start(desk, questionnaires=["nel_kort"])

    assert desk.said("organisation_changed")["permitted_questionnaires"] == ["even_kijken", "nel_kort"]
    assert desk.said("group_changed")["questionnaires"] == ["nel_kort"]


def test_a_group_that_chooses_no_list_uses_none_also_when_its_kind_suggests_one(desk: Any) -> None:
    start(desk, kind="recovery_workgroup", overrides={"admission": "rolling"})

    assert desk.said("group_changed")["questionnaires"] == []


def test_a_name_is_used_once_at_a_time(desk: Any) -> None:
    first = start(desk)
    assert refused(lambda: start(desk)) == "group_name_taken"

    Group.update(state="ended").where(Group.id == first).execute()

    assert start(desk) != first


def test_a_double_click_starts_one_group(desk: Any) -> None:
    once = new_id()
    asked = {"organisation_id": desk.organisation, "kind": "let_it_be", "name": "Donderdagkring"}

    both = [groups.start_group(desk.actor(desk.vos), **asked, request_id=once) for _ in range(2)]

    assert both[0] == both[1]
    assert len(desk.events("group_changed")) == 1


def test_only_a_coordinator_of_the_organisation_starts_a_group(desk: Any) -> None:
    with pytest.raises(Forbidden):
        start(desk, by=desk.kim)
    stranger = desk.colleague("Bo", "coordinator", organisation=desk.found("Het Anker"))
    with pytest.raises(NotFound):
        start(desk, by=stranger)


def test_everything_of_a_new_group_is_there_or_nothing_is(desk: Any) -> None:
    asked: dict[str, Any] = {
        "organisation_id": desk.organisation, "kind": "let_it_be", "name": "Donderdagkring", "overrides": {},
        "venue": NewVenue("Buurthuis De Brug", "Brugstraat 1, Lindeveen", "3412", ("wheelchair",)),
        "facilitators": {desk.kim: "first", desk.vos: "co"},
        "rhythm": NewRhythm(date(2026, 11, 26), time(20), 1, 90),
    }  # fmt: skip

    code = refused(lambda: set_up_group(desk.actor(desk.vos), **asked, request_id=new_id()))
    left_behind = (list_groups(desk.actor(desk.vos)), list_venues(desk.actor(desk.vos), desk.organisation))
    asked["facilitators"] = {desk.kim: "first", desk.sam: "co"}
    group_id = set_up_group(desk.actor(desk.vos), **asked, request_id=new_id())

    assert code == "not_a_facilitator"
    assert left_behind == ([], [])
    told = desk.said("group_changed")
    assert (told["facilitator_ids"], told["weekday"], told["at"]) == ([desk.kim, desk.sam], 3, "20:00")
    assert told["venue"] == {
        "name": "Buurthuis De Brug", "address": "Brugstraat 1, Lindeveen", "area": "3412",
        "features": ["wheelchair"],
    }  # fmt: skip
    assert get_group(desk.actor(desk.kim), group_id).lacks == ()


def test_a_place_of_another_organisation_cannot_be_chosen(desk: Any) -> None:
    elsewhere = desk.found("Het Anker")
    venue = venues.register_venue(
        system("installation"), organisation_id=elsewhere, name="Zaal", address="Kade 1, Lindeveen", area="3412",
        request_id=new_id(),
    )  # fmt: skip

    with pytest.raises(NotFound):
        start(desk, venue_id=venue)


def test_a_place_is_known_by_its_name_and_has_features_that_a_search_knows(desk: Any) -> None:
    told = {"organisation_id": desk.organisation, "name": "Zaal", "address": "Kade 1, Lindeveen", "area": "3412"}

    both = {venues.register_venue(desk.actor(desk.vos), **told, request_id=new_id()) for _ in range(2)}

    assert len(both) == 1
    wrong = {**told, "name": "Kelder", "features": ["wijnkelder"]}
    assert (
        refused(lambda: venues.register_venue(desk.actor(desk.vos), **wrong, request_id=new_id()))
        == "feature_unknown"
    )


# --- who leads it ---


def appoint(desk: Any, group_id: str, staff_id: str, *, place: str = "co", by: str = "") -> str:
    return groups.appoint_facilitator(
        desk.actor(by or desk.vos), group_id=group_id, staff_id=staff_id, place=place, request_id=new_id()
    )


def test_who_leads_a_group_is_told_in_the_group_and_in_the_person(desk: Any) -> None:
    group_id = desk.group()

    appoint(desk, group_id, desk.sam)
    appoint(desk, group_id, desk.sam)

    assert desk.said("group_changed")["facilitator_ids"] == [desk.kim, desk.sam]
    assert desk.said("staff_changed")["group_ids"] == [group_id]


def test_somebody_may_be_released_again_and_twice_is_fine(desk: Any) -> None:
    group_id = desk.group()

    for _ in range(2):
        groups.release_facilitator(desk.actor(desk.vos), group_id=group_id, staff_id=desk.kim, request_id=new_id())

    assert desk.said("group_changed")["facilitator_ids"] == []
    assert get_group(desk.actor(desk.vos), group_id).lacks == ("meetings", "facilitator")


def test_only_a_facilitator_of_the_same_organisation_can_lead(desk: Any) -> None:
    group_id = desk.group()
    stranger = desk.colleague("Bo", "facilitator", organisation=desk.found("Het Anker"))

    assert refused(lambda: appoint(desk, group_id, desk.vos)) == "not_a_facilitator"
    assert refused(lambda: appoint(desk, group_id, stranger)) == "not_a_facilitator"
    assert refused(lambda: appoint(desk, group_id, desk.sam, place="baas")) == "place_unknown"
    with pytest.raises(Forbidden):
        appoint(desk, group_id, desk.sam, by=desk.kim)


def test_who_is_no_facilitator_any_more_leads_no_group(desk: Any) -> None:
    group_id = desk.group()

    change_roles(
        desk.actor(desk.vos), organisation_id=desk.organisation, staff_id=desk.kim, roles=["messenger"],
        request_id=new_id(),
    )  # fmt: skip

    assert desk.said("group_changed")["facilitator_ids"] == []
    with pytest.raises(Forbidden):
        list_members(desk.actor(desk.kim), group_id)


# --- the list ---


def test_the_list_shows_room_and_the_next_meeting_and_ones_own_groups_first(desk: Any) -> None:
    mine, other = desk.group("Zondaggroep"), start(desk, name="Andere groep")
    desk.meeting(mine)
    desk.member(mine)

    first, second = list_groups(desk.actor(desk.kim))

    assert (first.id, first.is_led, first.places_left, first.next_meeting.on) == (
        mine, True, 7, date(2026, 11, 24),
    )  # fmt: skip
    assert (second.id, second.is_led, second.next_meeting) == (other, False, None)
    assert [line.id for line in list_groups(desk.actor(desk.kim), only_led=True)] == [mine]


def test_of_two_organisations_each_sees_its_own_and_who_works_for_both_sees_both(desk: Any) -> None:
    here, elsewhere = desk.group(), desk.found("Het Anker")
    there = desk.group("Ankergroep", organisation_id=elsewhere)
    both = desk.colleague("Vos", "coordinator", organisation=elsewhere)
    stranger = desk.colleague("Bo", "coordinator", organisation=elsewhere)

    assert {line.id for line in list_groups(desk.actor(both))} == {here, there}
    assert [line.id for line in list_groups(desk.actor(stranger))] == [there]
    with pytest.raises(NotFound):
        get_group(desk.actor(stranger), here)
    with pytest.raises(NotFound):
        list_members(desk.actor(stranger), here)
