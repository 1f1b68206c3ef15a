"""Who works for an organisation: invited, with exactly these roles, and always one who manages."""

from __future__ import annotations

from typing import Any

import pytest

from services.meetings.commands import organisations, staff
from services.meetings.models import service
from services.meetings.queries.organisations import list_organisations
from services.meetings.queries.staff import get_colleague, has_staff, list_colleagues, list_demo_people
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id


def invite(harness: Any, *, by: str = "", **data: Any) -> str:
    values: dict[str, Any] = {
        "organisation_id": harness.organisation_id,
        "name": "Bo",
        "email": "bo@example.org",
        "roles": ["messenger"],
    } | data
    return staff.register_staff(harness.actor(by or harness.vos), **values, request_id=new_id())


def give(harness: Any, staff_id: str, *roles: str, by: str = "") -> str:
    return staff.change_roles(
        harness.actor(by or harness.vos),
        organisation_id=harness.organisation_id,
        staff_id=staff_id,
        roles=roles,
        request_id=new_id(),
    )


def test_somebody_who_is_invited_can_sign_in_and_the_others_hear_of_them(harness: Any) -> None:
    bo = invite(harness)

    values = harness.published("staff_changed")
    assert (values["staff_id"], values["is_active"]) == (bo, True)
    assert values["grants"] == [{"organisation_id": harness.organisation_id, "roles": ["messenger"]}]
    assert "bo@example.org" not in str(values)
    assert harness.visitor(bo).open("/").status == 200


def test_somebody_who_works_elsewhere_already_stays_one_person(harness: Any) -> None:
    other = harness.register_organisation("Het Anker")

    again = invite(
        harness, name="V.", email="VOS@example.org", organisation_id=harness.organisation_id, roles=["messenger"]
    )
    harness.colleague("Vos", "coordinator", organisation=other)

    assert again == harness.vos
    assert harness.actor(harness.vos).grants == {
        harness.organisation_id: {"coordinator", "manager", "messenger"},
        other: {"coordinator"},
    }
    assert [entry.name for entry in list_organisations(harness.actor(harness.vos))] == ["De Kade", "Het Anker"]
    assert [entry.name for entry in list_organisations(harness.actor(harness.vos), "manager")] == ["De Kade"]


@pytest.mark.parametrize(("roles", "code"), [(["koning"], "role_unknown"), ([], "role_missing")])
def test_a_role_that_is_none_is_refused(harness: Any, roles: list[str], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        invite(harness, roles=roles)

    assert refusal.value.code == code


def test_only_a_manager_invites_and_changes_and_sees_addresses(harness: Any) -> None:
    for asked in (
        lambda: invite(harness, by=harness.kim),
        lambda: give(harness, harness.sam, "manager", by=harness.kim),
    ):
        with pytest.raises(Forbidden):
            asked()

    emails = {
        entry.name: entry.email for entry in list_colleagues(harness.actor(harness.kim), harness.organisation_id)
    }

    assert emails == {"Kim": None, "Sam": None, "Vos": None}
    assert (
        get_colleague(harness.actor(harness.vos), harness.organisation_id, harness.kim).email == "kim@example.org"
    )
    with pytest.raises(Forbidden):
        get_colleague(harness.actor(harness.kim), harness.organisation_id, harness.sam)


def test_a_manager_of_another_organisation_finds_nobody(harness: Any) -> None:
    other = harness.register_organisation("Het Anker")
    stranger = harness.colleague("Bo", "manager", organisation=other)

    assert list_colleagues(harness.actor(stranger), harness.organisation_id) == []
    with pytest.raises(NotFound):
        give(harness, harness.kim, "manager", by=stranger)
    with pytest.raises(NotFound):
        get_colleague(harness.actor(stranger), other, harness.kim)


def test_an_organisation_keeps_one_manager(harness: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        give(harness, harness.vos, "coordinator")
    assert refusal.value.code == "last_manager_stays"

    give(harness, harness.kim, "facilitator", "manager")
    give(harness, harness.vos, "coordinator")

    assert harness.actor(harness.vos).roles == {"coordinator"}


def test_who_has_no_role_left_is_signed_out_and_gets_no_link(harness: Any) -> None:
    bo = invite(harness)
    at_work = harness.visitor(bo)
    at_work.open("/")

    give(harness, bo)

    assert harness.published("staff_changed")["is_active"] is False
    assert at_work.open("/inloggen/verder").path == "/inloggen"
    at_work.submit(at_work.open("/inloggen"), "/inloggen", email="bo@example.org")
    assert harness.events("sign_in_requested") == []
    assert bo not in {person.id for person in list_demo_people()}


def test_who_is_invited_again_comes_back_as_the_same_person(harness: Any) -> None:
    bo = invite(harness)
    give(harness, bo)

    assert invite(harness) == bo
    assert harness.published("staff_changed")["is_active"] is True


def test_an_organisation_is_known_by_one_name(harness: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        harness.register_organisation("de  KADE!")

    assert refusal.value.code == "organisation_exists"


def test_only_the_installation_adds_an_organisation_and_its_manager_may_rename_it(harness: Any) -> None:
    with pytest.raises(Forbidden):
        organisations.register_organisation(
            harness.actor(harness.vos), name="Nieuw", region="Lindeveen", request_id=new_id()
        )

    organisations.change_organisation(
        harness.actor(harness.vos),
        organisation_id=harness.organisation_id,
        name="De Nieuwe Kade",
        region="Lindeveen",
        profile={},
        request_id=new_id(),
    )

    values = harness.published("organisation_changed")
    assert (values["name"], values["slug"]) == ("De Nieuwe Kade", "de-kade")


def test_every_change_of_rights_is_in_the_access_log(harness: Any) -> None:
    bo = invite(harness)
    give(harness, bo, "facilitator")

    lines = [
        (line.event, line.purpose)
        for line in service.audit.AuditEntry.select().where(service.audit.AuditEntry.about_id == bo)
    ]

    assert lines == [("change", "grant"), ("change", "grant")]


def test_somebody_works_here(harness: Any) -> None:
    assert has_staff()
