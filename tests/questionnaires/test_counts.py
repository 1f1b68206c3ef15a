"""What coordinators see: numbers of each group of their own organisations, and none that point at somebody."""

import pytest

from shared.ids import new_id


def fill_in(harness, measurement_id):
    person = harness.visitor()
    page = person.choose(person.open(harness.link(measurement_id) + "/uitspraken"), 4)
    person.submit(page, r".*/afronden")


def open_counts(harness, *roles, organisation_id=None):
    return harness.visitor({organisation_id or harness.organisation_id: set(roles)}).open("/vragenlijsten")


def numbers(page, group):
    """The cells of the group's row: asked, open, completed, closed."""
    row = page.html.split(f">{group}</th>")[1].split("</tr>")[0]
    cells = [cell.split("</td>")[0].split(">", 1)[1] for cell in row.split("<td")[2:]]
    return ["–" if "niet te zien" in cell else cell for cell in cells]


def group_of(harness, count):
    harness.organisation(permitted_questionnaires=["even_kijken"])
    harness.group(questionnaires=["even_kijken"], name="Dinsdaggroep")
    harness.settle()
    return [harness.member() for _ in range(count)]


def test_from_four_people_on_the_numbers_are_split(harness):
    asked = group_of(harness, 4)
    fill_in(harness, asked[0])

    page = open_counts(harness, "coordinator")

    assert page.status == 200
    assert numbers(page, "Dinsdaggroep") == ["4", "3", "1", "0"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_with_fewer_than_four_only_the_number_of_people_asked_is_shown(harness, count):
    asked = group_of(harness, count)
    fill_in(harness, asked[0])

    page = open_counts(harness, "coordinator")

    assert numbers(page, "Dinsdaggroep") == [str(count), "–", "–", "–"]
    assert "Te weinig mensen om te verdelen" in page.text


def test_what_was_taken_back_is_in_no_number_and_counts_not_towards_four(harness):
    group_of(harness, 3)
    about = {"participant_id": new_id(), "membership_id": new_id()}
    harness.member(**about)
    harness.membership(**about, state="ended")
    harness.settle()

    page = open_counts(harness, "coordinator")

    assert numbers(page, "Dinsdaggroep") == ["3", "–", "–", "–"]


def test_what_is_over_is_counted_as_closed(harness):
    group_of(harness, 4)
    harness.clock_at("2027-06-01 09.00")
    harness.settle()

    page = open_counts(harness, "coordinator")

    assert numbers(page, "Dinsdaggroep") == ["4", "0", "0", "4"]


def test_a_list_without_permission_says_why_nobody_is_asked(harness):
    harness.organisation(permitted_questionnaires=["even_kijken"])
    harness.group(questionnaires=["nel_kort"])
    harness.settle()

    page = open_counts(harness, "coordinator")

    assert "De organisatie heeft nog niet bevestigd dat ze deze lijst mag gebruiken." in page.text


def test_before_any_group_chose_a_list_the_page_says_so(harness):
    harness.organisation()
    harness.group(questionnaires=[])
    harness.settle()

    assert "Nog geen groep heeft een vragenlijst gekozen." in open_counts(harness, "coordinator").text


def test_nobody_else_sees_the_numbers_of_an_organisation(harness):
    group_of(harness, 4)

    of_another = open_counts(harness, "coordinator", organisation_id=new_id())

    assert of_another.status == 200
    assert "Dinsdaggroep" not in of_another.text
    for role in ("facilitator", "intro_worker", "messenger", "manager"):
        assert open_counts(harness, role).status == 403
    assert harness.visitor().client.get("/vragenlijsten").headers["Location"].startswith("/inloggen/verder")


def test_a_coordinator_who_is_something_else_elsewhere_sees_only_their_own(harness):
    group_of(harness, 4)
    both = {harness.organisation_id: {"manager"}, new_id(): {"coordinator"}}

    page = harness.visitor(both).open("/vragenlijsten")

    assert page.status == 200
    assert "Dinsdaggroep" not in page.text


def test_more_groups_take_no_more_questions_to_the_store(harness):
    group_of(harness, 4)
    few = harness.count_statements(lambda: open_counts(harness, "coordinator"))
    for _ in range(10):
        harness.group(group_id=new_id(), questionnaires=["even_kijken"])
    harness.settle()

    many = harness.count_statements(lambda: open_counts(harness, "coordinator"))

    assert few == many


def test_no_page_for_staff_names_a_person_or_a_measurement(harness):
    asked = group_of(harness, 4)
    fill_in(harness, asked[0])

    page = open_counts(harness, "coordinator")

    assert not [an_id for an_id in (*asked, harness.participant_id) if an_id in page.html]
