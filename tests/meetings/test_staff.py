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


def invite(desk: Any, *, by: str = "", **data: Any) -> str:
    told: dict[str, Any] = {
        "organisation_id": desk.organisation, "name": "Bo", "email": "bo@example.org", "roles": ["messenger"],
    } | data  # fmt: skip
    return staff.register_staff(desk.actor(by or desk.vos), **told, request_id=new_id())


def give(desk: Any, staff_id: str, *roles: str, by: str = "") -> str:
    return staff.change_roles(
        desk.actor(by or desk.vos), organisation_id=desk.organisation, staff_id=staff_id, roles=roles,
        request_id=new_id(),
    )  # fmt: skip


def test_somebody_who_is_invited_can_sign_in_and_the_others_hear_of_them(desk: Any) -> None:
    bo = invite(desk)

    told = desk.said("staff_changed")
    assert (told["staff_id"], told["is_active"]) == (bo, True)
    assert told["grants"] == [{"organisation_id": desk.organisation, "roles": ["messenger"]}]
    assert "bo@example.org" not in str(told)
    assert desk.person(bo).open("/").status == 200


def test_somebody_who_works_elsewhere_already_stays_one_person(desk: Any) -> None:
    elsewhere = desk.found("Het Anker")

    again = invite(
        desk, name="V.", email="VOS@example.org", organisation_id=desk.organisation, roles=["messenger"]
    )
    desk.colleague("Vos", "coordinator", organisation=elsewhere)

    assert again == desk.vos
    assert desk.actor(desk.vos).grants == {
        desk.organisation: {"coordinator", "manager", "messenger"}, elsewhere: {"coordinator"},
    }  # fmt: skip
    assert [one.name for one in list_organisations(desk.actor(desk.vos))] == ["De Kade", "Het Anker"]
    assert [one.name for one in list_organisations(desk.actor(desk.vos), "manager")] == ["De Kade"]


@pytest.mark.parametrize(("roles", "code"), [(["koning"], "role_unknown"), ([], "role_missing")])
def test_a_role_that_is_none_is_refused(desk: Any, roles: list[str], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        invite(desk, roles=roles)

    assert refusal.value.code == code


def test_only_a_manager_invites_and_changes_and_sees_addresses(desk: Any) -> None:
    for asked in (lambda: invite(desk, by=desk.kim), lambda: give(desk, desk.sam, "manager", by=desk.kim)):
        with pytest.raises(Forbidden):
            asked()

    emails = {one.name: one.email for one in list_colleagues(desk.actor(desk.kim), desk.organisation)}

    assert emails == {"Kim": None, "Sam": None, "Vos": None}
    assert get_colleague(desk.actor(desk.vos), desk.organisation, desk.kim).email == "kim@example.org"
    with pytest.raises(Forbidden):
        get_colleague(desk.actor(desk.kim), desk.organisation, desk.sam)


def test_a_manager_of_another_organisation_finds_nobody(desk: Any) -> None:
    elsewhere = desk.found("Het Anker")
    stranger = desk.colleague("Bo", "manager", organisation=elsewhere)

    assert list_colleagues(desk.actor(stranger), desk.organisation) == []
    with pytest.raises(NotFound):
        give(desk, desk.kim, "manager", by=stranger)
    with pytest.raises(NotFound):
        get_colleague(desk.actor(stranger), elsewhere, desk.kim)


def test_an_organisation_keeps_one_manager(desk: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        give(desk, desk.vos, "coordinator")
    assert refusal.value.code == "last_manager_stays"

    give(desk, desk.kim, "facilitator", "manager")
    give(desk, desk.vos, "coordinator")

    assert desk.actor(desk.vos).roles == {"coordinator"}


def test_who_has_no_role_left_is_signed_out_and_gets_no_link(desk: Any) -> None:
    bo = invite(desk)
    at_work = desk.person(bo)
    at_work.open("/")

    give(desk, bo)

    assert desk.said("staff_changed")["is_active"] is False
    assert at_work.open("/inloggen/verder").path == "/inloggen"
    at_work.submit(at_work.open("/inloggen"), "/inloggen", email="bo@example.org")
    assert desk.events("sign_in_requested") == []
    assert bo not in {person.id for person in list_demo_people()}


def test_who_is_invited_again_comes_back_as_the_same_person(desk: Any) -> None:
    bo = invite(desk)
    give(desk, bo)

    assert invite(desk) == bo
    assert desk.said("staff_changed")["is_active"] is True


def test_an_organisation_is_known_by_one_name(desk: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        desk.found("de  KADE!")

    assert refusal.value.code == "organisation_exists"


def test_only_the_installation_adds_an_organisation_and_its_manager_may_rename_it(desk: Any) -> None:
    with pytest.raises(Forbidden):
        organisations.register_organisation(
            desk.actor(desk.vos), name="Nieuw", region="Lindeveen", request_id=new_id()
        )

    organisations.change_organisation(
        desk.actor(desk.vos), organisation_id=desk.organisation, name="De Nieuwe Kade", region="Lindeveen",
        request_id=new_id(),
    )  # fmt: skip

    told = desk.said("organisation_changed")
    assert (told["name"], told["slug"]) == ("De Nieuwe Kade", "de-kade")


def test_every_change_of_rights_is_a_line_in_the_trail(desk: Any) -> None:
    bo = invite(desk)
    give(desk, bo, "facilitator")

    lines = [
        (line.event, line.purpose)
        for line in service.audit.AuditEntry.select().where(service.audit.AuditEntry.about_id == bo)
    ]

    assert lines == [("change", "grant"), ("change", "grant")]


def test_somebody_works_here(desk: Any) -> None:
    assert has_staff()
