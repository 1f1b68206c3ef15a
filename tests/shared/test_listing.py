"""What an address asks of a long list, and the addresses of its other pages and orders."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from shared.web.listing import ListRequest, Page, read_list_request, shown_pages


def asked(*arguments: tuple[str, str], descending: bool = False) -> ListRequest:
    return read_list_request(
        "/lijst",
        MultiDict(arguments),
        sorts=("name", "since"),
        default="name",
        descending=descending,
        size=50,
    )


def test_an_address_without_arguments_asks_for_the_first_page_in_the_usual_order() -> None:
    plain = asked()

    assert (plain.number, plain.sort, plain.direction) == (1, "name", "ascending")
    assert asked(descending=True).direction == "descending"


@pytest.mark.parametrize("typed", ["0", "-1", "twee", "", "1.5", "²", "9" * 30])
def test_what_is_no_page_is_the_first_one(typed: str) -> None:
    assert asked(("blad", typed)).number == 1


def test_what_is_no_column_of_the_list_is_not_asked() -> None:
    other = asked(("sorteer", "secret"), ("richting", "af"))

    assert (other.sort, other.direction) == ("name", "ascending")


def test_the_order_that_is_asked_for_counts_over_the_usual_one() -> None:
    by_since = asked(("sorteer", "since"), descending=True)

    assert (by_since.sort, by_since.direction) == ("since", "ascending")
    assert asked(("sorteer", "since"), ("richting", "af")).direction == "descending"


def test_a_page_past_the_last_one_is_the_last_one() -> None:
    page = asked(("blad", "99")).page_of(504)

    assert (page.number, page.pages, page.offset) == (11, 11, 500)


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (1, 1), (50, 1), (51, 2), (100, 2), (101, 3)])
def test_the_last_rows_have_a_page_too_and_an_empty_list_has_one(total: int, pages: int) -> None:
    assert Page(1, 50, total).pages == pages
    assert asked().page_of(total).offset == 0


def test_another_page_keeps_what_the_filters_say_also_twice_the_same_one() -> None:
    filtered = asked(("plaats", "Zuid & Noord"), ("dag", "ma"), ("dag", "di"), ("blad", "2"))

    until = f"tot={filtered.until}"
    assert filtered.url_for_page(3) == f"/lijst?plaats=Zuid+%26+Noord&dag=ma&dag=di&blad=3&{until}"
    assert filtered.url_for_page(1) == "/lijst?plaats=Zuid+%26+Noord&dag=ma&dag=di"


def test_another_order_begins_at_the_first_page_and_the_same_one_turns_round() -> None:
    page = asked(("blad", "4"), ("plaats", "Zuid"))

    assert page.url_for_sort("since") == "/lijst?plaats=Zuid&sorteer=since"
    assert page.url_for_sort("name") == "/lijst?plaats=Zuid&sorteer=name&richting=af"
    assert asked(("sorteer", "name"), ("richting", "af")).url_for_sort("name") == "/lijst?sorteer=name"


@pytest.mark.parametrize(
    ("number", "pages", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 11, [1, 2, None, 11]),
        (4, 11, [1, 2, 3, 4, 5, None, 11]),
        (6, 11, [1, None, 5, 6, 7, None, 11]),
        (11, 11, [1, None, 10, 11]),
    ],
)
def test_one_can_go_to_the_ends_and_to_the_neighbours(number: int, pages: int, shown: list[int | None]) -> None:
    assert shown_pages(number, pages) == shown
