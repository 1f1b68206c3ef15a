"""What coordinators see: numbers of each group of their own organisations, and none that point at somebody."""

import pytest

from shared.ids import new_id


def fill_in(service, measurement_id):
    person = service.person()
    page = person.choose(person.open(service.link(measurement_id) + "/uitspraken"), 4)
    person.submit(page, r".*/afronden")


def open_counts(service, *roles, organisation_id=None):
    return service.person({organisation_id or service.organisation_id: set(roles)}).open("/vragenlijsten")


def numbers(page, group):
    """The cells of the group's row: asked, open, completed, closed."""
    row = page.html.split(f">{group}</th>")[1].split("</tr>")[0]
    cells = [cell.split("</td>")[0].split(">", 1)[1] for cell in row.split("<td")[2:]]
    return ["–" if "niet te zien" in cell else cell for cell in cells]


def group_of(service, count):
    service.organisation(permitted_questionnaires=["even_kijken"])
    service.group(questionnaires=["even_kijken"], name="Dinsdaggroep")
    service.settle()
    return [service.member() for _ in range(count)]


def test_from_four_people_on_the_numbers_are_split(service):
    asked = group_of(service, 4)
    fill_in(service, asked[0])

    page = open_counts(service, "coordinator")

    assert page.status == 200
    assert numbers(page, "Dinsdaggroep") == ["4", "3", "1", "0"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_with_fewer_than_four_only_the_number_of_people_asked_is_shown(service, count):
    asked = group_of(service, count)
    fill_in(service, asked[0])

    page = open_counts(service, "coordinator")

    assert numbers(page, "Dinsdaggroep") == [str(count), "–", "–", "–"]
    assert "Te weinig mensen om te verdelen" in page.text


def test_what_was_taken_back_is_in_no_number_and_counts_not_towards_four(service):
    group_of(service, 3)
    about = {"participant_id": new_id(), "membership_id": new_id()}
    service.member(**about)
    service.membership(**about, state="ended")
    service.settle()

    page = open_counts(service, "coordinator")

    assert numbers(page, "Dinsdaggroep") == ["3", "–", "–", "–"]


def test_what_is_over_is_counted_as_closed(service):
    group_of(service, 4)
    service.clock_at("2027-06-01 09.00")
    service.settle()

    page = open_counts(service, "coordinator")

    assert numbers(page, "Dinsdaggroep") == ["4", "0", "0", "4"]


def test_a_list_without_permission_says_why_nobody_is_asked(service):
    service.organisation(permitted_questionnaires=["even_kijken"])
    service.group(questionnaires=["nel_kort"])
    service.settle()

    page = open_counts(service, "coordinator")

    assert "De organisatie heeft nog niet bevestigd dat ze deze lijst mag gebruiken." in page.text


def test_before_any_group_chose_a_list_the_page_says_so(service):
    service.organisation()
    service.group(questionnaires=[])
    service.settle()

    assert "Nog geen groep heeft een vragenlijst gekozen." in open_counts(service, "coordinator").text


def test_nobody_else_sees_the_numbers_of_an_organisation(service):
    group_of(service, 4)

    of_another = open_counts(service, "coordinator", organisation_id=new_id())

    assert of_another.status == 200
    assert "Dinsdaggroep" not in of_another.text
    for role in ("facilitator", "intro_worker", "messenger", "manager"):
        assert open_counts(service, role).status == 403
    assert service.person().client.get("/vragenlijsten").headers["Location"].startswith("/inloggen/verder")


def test_a_coordinator_who_is_something_else_elsewhere_sees_only_their_own(service):
    group_of(service, 4)
    both = {service.organisation_id: {"manager"}, new_id(): {"coordinator"}}

    page = service.person(both).open("/vragenlijsten")

    assert page.status == 200
    assert "Dinsdaggroep" not in page.text


def test_more_groups_take_no_more_questions_to_the_store(service):
    group_of(service, 4)
    few = service.counted(lambda: open_counts(service, "coordinator"))
    for _ in range(10):
        service.group(group_id=new_id(), questionnaires=["even_kijken"])
    service.settle()

    many = service.counted(lambda: open_counts(service, "coordinator"))

    assert few == many


def test_no_page_for_staff_names_a_person_or_a_measurement(service):
    asked = group_of(service, 4)
    fill_in(service, asked[0])

    page = open_counts(service, "coordinator")

    assert not [an_id for an_id in (*asked, service.participant_id) if an_id in page.html]
