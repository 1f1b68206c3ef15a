"""Filling in with a real browser: by keyboard alone, back and forth, and without anything axe objects to."""

import pytest

from tests.support.http_server import served
from tests.support.screens import check

pytestmark = pytest.mark.browser


@pytest.fixture
def chromium(browser):
    return browser


@pytest.fixture
def url(harness):
    """Where the pages are served for this test."""
    with served(harness.app) as address:
        yield address


@pytest.fixture
def page(chromium):
    context = chromium.new_context(locale="nl-NL", viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def test_a_whole_list_can_be_filled_in_by_keyboard_alone(harness, url, page):
    measurement_id = harness.asked()
    page.goto(url + harness.link(measurement_id))
    page.get_by_role("link", name="Beginnen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/uitspraken")

    for downs in (0, 1, 2, 3, 4):
        page.locator("h1:focus").wait_for()  # where one begins to read is where one goes on from
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(downs):
            page.keyboard.press("ArrowDown")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.locator("h1:focus").wait_for()
    for _ in range(3):
        page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.locator("h1").inner_text() == "Dank je wel"
    assert list(harness.given(measurement_id).values()) == ["1", "2", "3", "4", "5", "-"]


def test_going_back_shows_the_next_statement_and_nothing_that_was_chosen(harness, url, page):
    measurement_id = harness.asked()
    page.goto(url + harness.link(measurement_id) + "/uitspraken")
    for _ in range(2):
        page.get_by_label("klopt best wel").check()
        with page.expect_navigation():
            page.get_by_role("button", name="Volgende").click()
    third = page.locator("h1").inner_text()

    page.go_back()

    assert page.locator("h1").inner_text() == third
    assert page.locator(":checked").count() == 0


@pytest.mark.parametrize("with_javascript", [True, False])
def test_a_double_click_answers_one_statement(harness, url, chromium, with_javascript):
    measurement_id = harness.asked()
    context = chromium.new_context(locale="nl-NL", java_script_enabled=with_javascript)
    page = context.new_page()
    page.goto(url + harness.link(measurement_id) + "/uitspraken")
    page.get_by_label("klopt best wel").check()

    page.get_by_role("button", name="Volgende").dblclick()

    page.get_by_text("Uitspraak 2 van 6").wait_for()
    context.close()
    assert harness.given(measurement_id) == {"i01": "4"}


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_runs_off_the_screen(harness, url, page, width):
    measurement_id = harness.asked("nel_kort")
    link = url + harness.link(measurement_id)
    page.set_viewport_size({"width": width, "height": 740})

    page.goto(link)
    check(page)
    page.goto(link + "/uitspraken")
    check(page)
    page.get_by_role("button", name="Volgende").click()
    page.get_by_text("Kies wat het beste past").wait_for()
    check(page)
    page.get_by_label("mee eens", exact=True).check()
    page.get_by_role("button", name="Volgende").click()
    page.get_by_text("Liever nu stoppen?").click()
    check(page)
    page.get_by_role("button", name="Nu afronden").click()
    page.get_by_text("Dank je wel").wait_for()
    check(page)
    page.goto(url + "/mijn/vragenlijst/zomaar")
    check(page)
    coordinator = harness.visitor({harness.organisation_id: {"coordinator"}})
    signed = coordinator.client.get_cookie("houvast-pass").value
    page.context.add_cookies([{"name": "houvast-pass", "value": signed, "url": url}])
    page.goto(url + "/vragenlijsten")
    check(page)
