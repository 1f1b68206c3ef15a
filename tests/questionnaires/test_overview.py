"""What coordinators see: numbers of each group of their own organisations, and none that point at somebody."""

import pytest

from shared.ids import new_id


def fill_in(house, measurement_id):
    person = house.person()
    page = person.choose(person.open(house.link(measurement_id) + "/uitspraken"), 4)
    person.submit(page, r".*/afronden")


def look(house, *roles, organisation_id=None):
    return house.person({organisation_id or house.organisation_id: set(roles)}).open("/vragenlijsten")


def numbers(page, group):
    """The cells of the group's row: asked, open, completed, closed."""
    row = page.html.split(f">{group}</th>")[1].split("</tr>")[0]
    cells = [cell.split("</td>")[0].split(">", 1)[1] for cell in row.split("<td")[2:]]
    return ["–" if "niet te zien" in cell else cell for cell in cells]


def group_of(house, count):
    house.organisation(permitted_questionnaires=["even_kijken"])
    house.group(questionnaires=["even_kijken"], name="Dinsdaggroep")
    house.settle()
    return [house.member() for _ in range(count)]


def test_from_four_people_on_the_numbers_are_split(house):
    asked = group_of(house, 4)
    fill_in(house, asked[0])

    page = look(house, "coordinator")

    assert page.status == 200
    assert numbers(page, "Dinsdaggroep") == ["4", "3", "1", "0"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_with_fewer_than_four_only_the_number_of_people_asked_is_shown(house, count):
    asked = group_of(house, count)
    fill_in(house, asked[0])

    page = look(house, "coordinator")

    assert numbers(page, "Dinsdaggroep") == [str(count), "–", "–", "–"]
    assert "Te weinig mensen om te verdelen" in page.text


def test_what_was_taken_back_is_in_no_number_and_counts_not_towards_four(house):
    group_of(house, 3)
    about = {"participant_id": new_id(), "membership_id": new_id()}
    house.member(**about)
    house.membership(**about, state="ended")
    house.settle()

    page = look(house, "coordinator")

    assert numbers(page, "Dinsdaggroep") == ["3", "–", "–", "–"]


def test_what_is_over_is_counted_as_closed(house):
    group_of(house, 4)
    house.clock_at("2027-06-01 09.00")
    house.settle()

    page = look(house, "coordinator")

    assert numbers(page, "Dinsdaggroep") == ["4", "0", "0", "4"]


def test_a_list_without_permission_says_why_nobody_is_asked(house):
    house.organisation(permitted_questionnaires=["even_kijken"])
    house.group(questionnaires=["nel_kort"])
    house.settle()

    page = look(house, "coordinator")

    assert "De organisatie heeft nog niet bevestigd dat ze deze lijst mag gebruiken." in page.text


def test_before_any_group_chose_a_list_the_page_says_so(house):
    house.organisation()
    house.group(questionnaires=[])
    house.settle()

    assert "Nog geen groep heeft een vragenlijst gekozen." in look(house, "coordinator").text


def test_nobody_else_sees_the_numbers_of_an_organisation(house):
    group_of(house, 4)

    of_another = look(house, "coordinator", organisation_id=new_id())

    assert of_another.status == 200
    assert "Dinsdaggroep" not in of_another.text
    for role in ("facilitator", "intro_worker", "messenger", "manager"):
        assert look(house, role).status == 403
    assert house.person().client.get("/vragenlijsten").headers["Location"].startswith("/inloggen/verder")


def test_a_coordinator_who_is_something_else_elsewhere_sees_only_their_own(house):
    group_of(house, 4)
    both = {house.organisation_id: {"manager"}, new_id(): {"coordinator"}}

    page = house.person(both).open("/vragenlijsten")

    assert page.status == 200
    assert "Dinsdaggroep" not in page.text


def test_more_groups_take_no_more_questions_to_the_store(house):
    group_of(house, 4)
    few = house.counted(lambda: look(house, "coordinator"))
    for _ in range(10):
        house.group(group_id=new_id(), questionnaires=["even_kijken"])
    house.settle()

    many = house.counted(lambda: look(house, "coordinator"))

    assert few == many


def test_no_page_for_staff_names_a_person_or_a_measurement(house):
    asked = group_of(house, 4)
    fill_in(house, asked[0])

    page = look(house, "coordinator")

    assert not [one for one in (*asked, house.participant_id) if one in page.html]
