"""Organisations are added by who manages the installation, who sees nothing inside them by that."""

from __future__ import annotations

from typing import Any

import pytest

from services.meetings.commands import installation, organisations, staff
from services.meetings.commands.sign_in import make_first_link
from services.meetings.models import Organisation, service
from services.meetings.queries.groups import list_groups
from services.meetings.queries.installation import (
    installation_manager_ids,
    list_all_organisations,
    list_installation_managers,
    manages_installation,
)
from services.meetings.queries.organisations import list_organisations
from services.meetings.queries.staff import list_colleagues
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id
from shared.security.actor import Actor, system
from tests.meetings.actions import press

OF_THE_INSTALLATION = system("installation")


def add(harness: Any, by: Actor = OF_THE_INSTALLATION, **data: Any) -> str:
    values = {"organisation": "Het Anker", "region": "Lindeveen", "name": "Bo", "email": "bo@example.org"} | data
    return installation.add_organisation(by, **values, request_id=new_id())


def appoint(harness: Any, email: str = "vos@example.org", by: Actor = OF_THE_INSTALLATION) -> str:
    return installation.appoint_installation_manager(by, email=email, request_id=new_id())


def release(by: Actor, staff_id: str) -> str:
    return installation.release_installation_manager(by, staff_id=staff_id, request_id=new_id())


@pytest.fixture
def vos(harness: Any) -> Actor:
    """Vos, who manages De Kade and the installation."""
    appoint(harness)
    return harness.actor(harness.vos)  # type: ignore[no-any-return]


def test_an_organisation_is_added_with_its_first_manager_and_the_others_hear_of_both(
    harness: Any, vos: Actor
) -> None:
    bo = add(harness, vos)

    added = harness.published("organisation_changed")
    assert (added["name"], added["slug"], added["region"]) == ("Het Anker", "het-anker", "Lindeveen")
    grants = harness.published("staff_changed")["grants"]
    assert grants == [{"organisation_id": added["organisation_id"], "roles": ["coordinator", "manager"]}]
    assert [row.name for row in list_organisations(harness.actor(bo), "manager")] == ["Het Anker"]


def test_the_first_manager_of_an_added_organisation_is_in_with_the_link(harness: Any, vos: Actor) -> None:
    page = press(harness, make_first_link(add(harness, vos)))

    assert page.path == "/"
    assert "Je bent hier nog alleen" in page.text


def test_somebody_who_works_elsewhere_already_manages_the_new_one_too(harness: Any, vos: Actor) -> None:
    assert add(harness, vos, email="Kim@example.org") == harness.kim

    names = [row.name for row in list_organisations(harness.actor(harness.kim))]
    assert names == ["De Kade", "Het Anker"]
    assert not manages_installation(harness.actor(harness.kim))


@pytest.mark.parametrize("name", ["De Kade", "de  KADE!", "Dé Kade"])
def test_a_name_that_is_there_already_is_refused(harness: Any, vos: Actor, name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        add(harness, vos, organisation=name)

    assert (refusal.value.code, refusal.value.facts["field"]) == ("organisation_exists", "organisation")
    assert Organisation.select().count() == 1


def test_a_name_in_another_script_is_refused_the_second_time_too(harness: Any, vos: Actor) -> None:
    add(harness, vos, organisation="Ελπίδα")

    with pytest.raises(Refusal) as refusal:
        add(harness, vos, organisation="ΕΛΠΙΔΑ")

    assert refusal.value.code == "organisation_exists"


def test_a_name_that_was_given_up_is_free_and_old_links_lead_where_they_led(harness: Any, vos: Actor) -> None:
    def rename(name: str, organisation_id: str = harness.organisation_id) -> None:
        organisations.change_organisation(
            OF_THE_INSTALLATION,
            organisation_id=organisation_id,
            name=name,
            region="Lindeveen",
            profile={},
            request_id=new_id(),
        )

    rename("De Wal")
    add(harness, vos, organisation="De Kade")

    slugs = {row.name: row.slug for row in list_all_organisations(vos)}
    assert slugs["De Wal"] == "de-kade"
    assert slugs["De Kade"].startswith("de-kade-")
    with pytest.raises(Refusal) as refusal:
        rename("De kade")
    assert refusal.value.code == "organisation_exists"
    rename("DE WAL")


def test_who_manages_one_organisation_or_none_adds_nothing_and_sees_no_list(harness: Any, vos: Actor) -> None:
    other = harness.register_organisation("Het Anker")
    people = [
        harness.colleague("Bo", "manager", "coordinator", "messenger", "intro_worker", "facilitator"),
        harness.colleague("Luca", "manager", organisation=other),
        harness.kim,
    ]
    everything = {harness.organisation_id: frozenset({"manager"}), other: frozenset({"manager"})}
    key = Actor(vos.id, "key", grants=everything)
    participant = Actor(vos.id, "participant", grants=everything)

    for actor in (*map(harness.actor, people), key, participant):
        for attempt in (
            lambda actor=actor: add(harness, actor, organisation="Nieuw"),
            lambda actor=actor: appoint(harness, "bo@example.org", actor),
            lambda actor=actor: release(actor, harness.vos),
            lambda actor=actor: list_all_organisations(actor),
            lambda actor=actor: list_installation_managers(actor),
        ):
            with pytest.raises(Forbidden):
                attempt()
    assert installation_manager_ids() == {harness.vos}


def test_who_manages_the_installation_sees_nothing_inside_another_organisation(harness: Any, vos: Actor) -> None:
    bo = add(harness, vos)
    anker = next(iter(harness.actor(bo).grants))
    group_id = harness.group("Woensdaggroep", organisation_id=anker)
    again = harness.actor(harness.vos)

    assert anker not in again.grants
    assert group_id not in {group.id for group in list_groups(again)}
    assert list_colleagues(again, anker) == []
    page = harness.visitor(harness.vos)
    for path in (f"/groepen/{group_id}", f"/beheer?organisatie={anker}", f"/beheer/{anker}/organisatie"):
        assert page.open(path).status == 404, path


def test_the_first_manager_of_the_first_organisation_manages_the_installation_and_the_next_do_not(
    harness: Any,
) -> None:
    first, second = add(harness), add(harness, organisation="De Brink", email="luca@example.org")

    assert installation_manager_ids() == {first}
    assert second not in installation_manager_ids()


def test_it_is_passed_on_to_another_manager_and_can_be_ended(harness: Any, vos: Actor) -> None:
    bo = add(harness, vos)

    appoint(harness, "BO@example.org", vos)
    release(harness.actor(bo), harness.vos)

    assert [row.name for row in list_installation_managers(harness.actor(bo))] == ["Bo"]
    with pytest.raises(Forbidden):
        list_all_organisations(vos)
    with pytest.raises(NotFound):
        release(harness.actor(bo), harness.vos)


@pytest.mark.parametrize("email", ["niemand@example.org", "kim@example.org"])
def test_only_a_manager_can_manage_the_installation(harness: Any, vos: Actor, email: str) -> None:
    with pytest.raises(Refusal) as refusal:
        appoint(harness, email, vos)

    assert refusal.value.code == "not_a_manager"


def test_the_last_one_stays(harness: Any, vos: Actor) -> None:
    harness.colleague("Bo", "manager")

    def give(*roles: str) -> None:
        staff.change_roles(
            harness.actor(harness.vos),
            organisation_id=harness.organisation_id,
            staff_id=harness.vos,
            roles=roles,
            request_id=new_id(),
        )

    for attempt in (lambda: release(vos, harness.vos), lambda: give("coordinator"), give):
        with pytest.raises(Refusal) as refusal:
            attempt()
        assert refusal.value.code == "last_installation_manager_stays"
    assert harness.actor(harness.vos).roles == {"coordinator", "manager"}

    bo = appoint(harness, "bo@example.org", vos)
    give("coordinator")
    assert installation_manager_ids() == {bo}


def test_every_change_of_it_is_in_the_access_log(harness: Any, vos: Actor) -> None:
    bo = add(harness, vos)
    appoint(harness, "bo@example.org", vos)

    entry = service.audit.AuditEntry
    rows = entry.select().where(entry.about_id == bo, entry.actor_id == harness.vos).order_by(entry.id)
    assert [(row.event, row.purpose) for row in rows] == [
        ("create", "organisation_added"),
        ("change", "grant_installation"),
    ]
