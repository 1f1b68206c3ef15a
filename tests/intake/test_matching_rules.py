"""The best group: what is hard is never broken, every group has an answer, and each answer says why."""

import random
import tomllib
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.rules import matching
from services.intake.rules.matching import GroupOffer, Wish, best_groups, part_of_day

TODAY = date(2026, 11, 20)
TEXTS = tomllib.loads((Path(matching.__file__).parents[1] / "data/messages.nl.toml").read_text(encoding="utf-8"))
REASONS = {
    *(
        "your_day_and_time",
        "your_day",
        "your_part_of_day",
        "near_neighbourhood",
        "near_town",
        "near_region",
    ),
    *("shared_themes", "accessible", "starts_soon", "starts_within_a_month", "starts_later"),
    *("one_place_left", "places_left", "been_there_before"),
}


def offer(group_id: str = "g1", **changes: object) -> GroupOffer:
    usual = {
        "name": f"Groep {group_id}",
        "audience": "own",
        "admission": "rolling",
        "next_entry_on": TODAY,
        "weekday": 1,
        "at": time(19, 30),
        "places_left": 3,
        "area": "3412",
    }
    return GroupOffer(group_id=group_id, **{**usual, **changes})  # type: ignore[arg-type]


def why_not(wish: Wish, **changes: object) -> str:
    matches = best_groups(wish, [offer(**changes)], TODAY)
    assert matches.suggested == []
    return matches.left_out[0].reason


def reasons(wish: Wish, **changes: object) -> list[str]:
    (fit,) = best_groups(wish, [offer(**changes)], TODAY).suggested
    return [reason.code for reason in fit.reasons]


def order(wish: Wish, *offers: GroupOffer) -> list[str]:
    return [fit.group_id for fit in best_groups(wish, offers, TODAY).suggested]


@pytest.mark.parametrize(
    ("wish", "changes", "reason"),
    [
        (Wish(), {"state": "paused"}, "not_running"),
        (Wish(), {"state": "ended"}, "not_running"),
        (Wish(avoids=frozenset({"g1"})), {}, "avoided"),
        (Wish(audience="affected_other"), {"audience": "own"}, "other_audience"),
        (Wish(audience="own"), {"audience": "affected_other"}, "other_audience"),
        (Wish(needs=frozenset({"wheelchair"})), {"features": frozenset({"quiet"})}, "not_accessible"),
        (Wish(), {"admission": "fixed", "next_entry_on": None}, "already_begun"),
        (Wish(), {"admission": "fixed", "next_entry_on": TODAY - timedelta(days=1)}, "already_begun"),
        (Wish(), {"admission": "intervals", "next_entry_on": None}, "no_entry_date"),
        (Wish(), {"places_left": 0}, "full"),
    ],
)
def test_a_group_that_cannot_be_is_left_out_with_its_reason(
    wish: Wish, changes: dict[str, object], reason: str
) -> None:
    assert why_not(wish, **changes) == reason


def test_of_several_reasons_the_first_in_the_fixed_order_is_given() -> None:
    wish = Wish(audience="affected_other", needs=frozenset({"lift"}), avoids=frozenset({"g1"}))
    worst = {"state": "ended", "admission": "fixed", "next_entry_on": None, "places_left": 0}

    assert why_not(wish, **worst) == "not_running"
    assert why_not(wish, **{**worst, "state": "running"}) == "avoided"
    assert why_not(wish, **{**worst, "state": "running", "group_id": "g2"}) == "other_audience"


@pytest.mark.parametrize("audience", ["own", "affected_other", None])
def test_a_mixed_group_fits_everybody(audience: str | None) -> None:
    assert order(Wish(audience=audience), offer(audience="both")) == ["g1"]


def test_a_group_fits_that_begins_today_and_one_without_a_limit() -> None:
    assert order(Wish(), offer(admission="fixed", next_entry_on=TODAY, places_left=None)) == ["g1"]


def test_a_rolling_group_can_be_joined_today_even_when_its_known_date_is_old() -> None:
    assert "starts_soon" in reasons(Wish(), next_entry_on=TODAY - timedelta(days=90))


def test_a_group_that_somebody_is_in_is_not_offered_again() -> None:
    matches = best_groups(Wish(belongs=frozenset({"g1"})), [offer()], TODAY)

    assert (matches.suggested, [left.reason for left in matches.left_out]) == ([], ["already_in"])


@pytest.mark.parametrize(
    ("wish", "changes", "code"),
    [
        (Wish(area="3412"), {}, "near_neighbourhood"),
        (Wish(area="3412"), {"area": "3419"}, "near_town"),
        (Wish(area="341"), {}, "near_town"),
        (Wish(area="34"), {}, "near_region"),
        (Wish(days=frozenset({1}), parts_of_day=frozenset({"evening"})), {}, "your_day_and_time"),
        (Wish(days=frozenset({1}), parts_of_day=frozenset({"morning"})), {}, "your_day"),
        (Wish(days=frozenset({1})), {}, "your_day"),
        (Wish(days=frozenset({2}), parts_of_day=frozenset({"evening"})), {}, "your_part_of_day"),
        (Wish(themes=frozenset({"grief"})), {"themes": frozenset({"grief", "work"})}, "shared_themes"),
        (Wish(needs=frozenset({"lift"})), {"features": frozenset({"lift"})}, "accessible"),
        (Wish(tried=frozenset({"g1"})), {}, "been_there_before"),
        (Wish(), {"next_entry_on": TODAY + timedelta(days=7)}, "starts_soon"),
        (Wish(), {"next_entry_on": TODAY + timedelta(days=8)}, "starts_within_a_month"),
        (Wish(), {"next_entry_on": TODAY + timedelta(days=32)}, "starts_later"),
        (Wish(), {"places_left": 1}, "one_place_left"),
        (Wish(), {"places_left": 2}, "places_left"),
    ],
)
def test_what_suits_is_a_reason(wish: Wish, changes: dict[str, object], code: str) -> None:
    assert code in reasons(wish, **changes)


def test_somebody_with_few_wishes_still_gets_reasons() -> None:
    assert reasons(Wish(), weekday=None, at=None, area=None, places_left=None) == ["starts_soon"]


def test_one_digit_of_a_postcode_is_not_near() -> None:
    assert not {"near_neighbourhood", "near_town", "near_region"} & set(reasons(Wish(area="3512")))


def test_the_nearer_the_better() -> None:
    far, region, installation, street = (offer(area, area=area) for area in ("9712", "3451", "3419", "3412"))

    assert order(Wish(area="3412"), far, region, installation, street) == ["3412", "3419", "3451", "9712"]


def test_a_good_moment_nearby_beats_a_good_moment_far_away_and_an_earlier_start_beats_neither() -> None:
    wish = Wish(days=frozenset({1}), parts_of_day=frozenset({"evening"}), area="3412")
    later = TODAY + timedelta(days=60)

    ranked = order(
        wish,
        offer("soon_but_elsewhere", area="9712", weekday=4, at=time(10)),
        offer("right_moment", area="9712", next_entry_on=later),
        offer("right_moment_near", next_entry_on=later),
    )

    assert ranked == ["right_moment_near", "right_moment", "soon_but_elsewhere"]


def test_an_earlier_start_tips_the_balance_between_groups_that_fit_nearly_as_well() -> None:
    wish = Wish(days=frozenset({1}), parts_of_day=frozenset({"evening"}))
    later = TODAY + timedelta(days=60)

    assert order(wish, offer("day", at=time(10)), offer("evening", weekday=2)) == ["day", "evening"]
    assert order(wish, offer("day", at=time(10), next_entry_on=later), offer("evening", weekday=2)) == [
        "evening",
        "day",
    ]


def test_a_group_that_was_tried_may_be_tried_again_but_comes_after_its_like() -> None:
    assert order(Wish(tried=frozenset({"a"})), offer("a"), offer("b")) == ["b", "a"]


def test_equal_groups_are_ordered_by_start_then_name_then_id() -> None:
    tomorrow = TODAY + timedelta(days=1)

    ranked = order(
        Wish(),
        offer("4", name="aap", next_entry_on=tomorrow),
        offer("3", name="Noot"),
        offer("2", name="noot"),
        offer("1", name="Vuur"),
    )

    assert ranked == ["2", "3", "1", "4"]


@pytest.mark.parametrize(
    ("at", "part"),
    [
        (time(9), "morning"),
        (time(11, 59), "morning"),
        (time(12), "afternoon"),
        (time(17, 29), "afternoon"),
        (time(17, 30), "evening"),
        (time(23), "evening"),
    ],
)
def test_the_parts_of_a_day(at: time, part: str) -> None:
    assert part_of_day(at) == part


GROUPS = st.sampled_from([f"g{number}" for number in range(8)])
SOME_DAYS = st.none() | st.dates(TODAY - timedelta(days=60), TODAY + timedelta(days=90))
AREAS = st.none() | st.sampled_from(["3412", "3411", "3499", "9712"])
WORDS = st.frozensets(st.sampled_from(["lift", "quiet", "toilet"]), max_size=2)
AUDIENCES = st.sampled_from(["own", "affected_other"])

wishes = st.builds(
    Wish,
    audience=st.none() | AUDIENCES,
    days=st.frozensets(st.integers(0, 6)),
    parts_of_day=st.frozensets(st.sampled_from(["morning", "afternoon", "evening"])),
    area=st.none() | st.sampled_from(["34", "341", "3412"]),
    needs=WORDS,
    avoids=st.frozensets(GROUPS, max_size=2),
    themes=WORDS,
    tried=st.frozensets(GROUPS, max_size=3),
)
offer_lists = st.lists(
    st.builds(
        GroupOffer,
        group_id=GROUPS,
        name=st.sampled_from(["Dinsdag", "dinsdag", "Zuid"]),
        audience=AUDIENCES | st.just("both"),
        admission=st.sampled_from(["rolling", "intervals", "fixed"]),
        next_entry_on=SOME_DAYS,
        weekday=st.none() | st.integers(0, 6),
        at=st.none() | st.times(),
        places_left=st.none() | st.integers(-1, 3),
        features=WORDS,
        area=AREAS,
        themes=WORDS,
        state=st.sampled_from(["preparing", "ready", "running", "paused", "rounding_off", "ended"]),
    ),
    unique_by=lambda group: group.group_id,
)


@settings(deadline=None)
@given(wish=wishes, offers=offer_lists)
def test_no_suggestion_ever_breaks_a_hard_wish(wish: Wish, offers: list[GroupOffer]) -> None:
    by_id = {group.group_id: group for group in offers}

    for fit in best_groups(wish, offers, TODAY).suggested:
        group = by_id[fit.group_id]
        assert group.state in ("ready", "running")
        assert group.group_id not in wish.avoids
        assert wish.audience is None or group.audience in (wish.audience, "both")
        assert wish.needs <= group.features
        assert group.places_left is None or group.places_left > 0
        assert group.admission == "rolling" or (group.next_entry_on is not None and group.next_entry_on >= TODAY)


@settings(deadline=None)
@given(wish=wishes, offers=offer_lists)
def test_every_group_is_suggested_or_left_out_once_and_says_why_in_dutch(
    wish: Wish, offers: list[GroupOffer]
) -> None:
    matches = best_groups(wish, offers, TODAY)

    answered = [fit.group_id for fit in matches.suggested] + [left.group_id for left in matches.left_out]
    assert sorted(answered) == sorted(group.group_id for group in offers)
    assert all(left.reason in TEXTS["left_out"] for left in matches.left_out)
    for fit in matches.suggested:
        assert fit.reasons
        assert all(TEXTS["reasons"][reason.code].format(**reason.facts) for reason in fit.reasons)
        assert len({reason.code for reason in fit.reasons}) == len(fit.reasons)


@settings(deadline=None)
@given(wish=wishes, offers=offer_lists, seed=st.integers())
def test_the_answer_does_not_depend_on_the_order_in_which_groups_are_asked(
    wish: Wish, offers: list[GroupOffer], seed: int
) -> None:
    shuffled = random.Random(seed).sample(offers, len(offers))

    assert best_groups(wish, shuffled, TODAY) == best_groups(wish, offers, TODAY)


@settings(deadline=None)
@given(wish=wishes, offers=offer_lists)
def test_suggestions_are_ranked_by_their_score(wish: Wish, offers: list[GroupOffer]) -> None:
    scores = [fit.score for fit in best_groups(wish, offers, TODAY).suggested]

    assert scores == sorted(scores, reverse=True)


def test_every_reason_and_only_those_have_a_dutch_sentence() -> None:
    assert set(TEXTS["reasons"]) == REASONS
    assert list(TEXTS["left_out"]) == list(matching.LEFT_OUT_ORDER)


def test_groups_with_the_same_id_do_not_stop_the_answer() -> None:
    matches = best_groups(Wish(), [offer("g1"), offer("g1")], TODAY)

    assert len(matches.suggested) == 2
