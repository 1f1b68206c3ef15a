"""The introductory talk: its moment, its course and its outcome."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.rules import talks
from services.intake.rules.talks import Outcome, TalkState, check_may_schedule, check_outcome
from shared.errors import Refusal

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
STARTS_AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NOT_NOW = Outcome("not_now", reason="expectations", helps_instead="another_group", way_back="any_time")


def refused(**changes: object) -> str:
    usual = {
        "on": date(2026, 11, 24),
        "at": time(10),
        "minutes": 45,
        "form": "live_single",
        "reachable": (),
        "now": NOW,
    }
    with pytest.raises(Refusal) as refusal:
        check_may_schedule(**{**usual, **changes})  # type: ignore[arg-type]
    return refusal.value.code


@pytest.mark.parametrize("form", ["live_single", "live_group", "video"])
def test_a_talk_may_be_planned_also_with_somebody_without_an_address(form: str) -> None:
    check_may_schedule(date(2026, 11, 24), time(10), 45, form, reachable=(), now=NOW)


def test_to_call_somebody_asks_a_number() -> None:
    check_may_schedule(date(2026, 11, 24), time(10), 45, "phone", reachable=("sms", "phone"), now=NOW)

    assert refused(form="phone", reachable=("email",)) == "talk_needs_phone"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": date(2026, 11, 19)}, "talk_in_past"),
        ({"on": date(2026, 11, 20), "at": time(9, 59)}, "talk_in_past"),
        ({"on": date.max}, "talk_too_far"),
        ({"on": date.min}, "talk_in_past"),
        ({"on": date(2027, 3, 28), "at": time(2, 30)}, "clock_skips_this_hour"),
        ({"form": "none"}, "talk_form_unknown"),
        ({"minutes": 4}, "talk_length_wrong"),
        ({"minutes": 241}, "talk_length_wrong"),
    ],
)
def test_a_moment_that_cannot_be_is_refused(changes: dict[str, object], code: str) -> None:
    assert refused(**changes) == code


@settings(deadline=None)
@given(on=st.dates(date(2026, 11, 21), date(2027, 11, 1)), at=st.times())
def test_a_planned_talk_shows_the_agreed_time_on_the_clock_of_that_day(on: date, at: time) -> None:
    if (on, at.hour) == (date(2027, 3, 28), 2):
        assert refused(on=on, at=at) == "clock_skips_this_hour"
        return

    check_may_schedule(on, at, 45, "live_single", reachable=(), now=NOW)

    assert talks.instant(on, at).astimezone(ZoneInfo("Europe/Amsterdam")).time() == at


@pytest.mark.parametrize("state", ["planned", "moved"])
def test_a_talk_to_come_may_be_moved_called_off_held_or_missed(state: str) -> None:
    talks.check_may_move(state)
    talks.check_may_call_off(state, "participant")
    talks.check_may_call_off(state, "us")
    talks.check_may_hold(state, STARTS_AT, STARTS_AT)
    talks.check_may_miss(state, STARTS_AT, STARTS_AT)


@pytest.mark.parametrize("state", ["held", "called_off", "missed"])
def test_a_talk_that_is_over_stays_over(state: str) -> None:
    with pytest.raises(Refusal, match="talk_over"):
        talks.check_may_move(state)
    with pytest.raises(Refusal, match="talk_over"):
        talks.check_may_call_off(state, "us")
    with pytest.raises(Refusal, match="talk_over"):
        talks.check_may_miss(state, STARTS_AT, STARTS_AT)


def test_a_talk_that_was_thought_missed_may_turn_out_to_have_been_held() -> None:
    talks.check_may_hold("missed", STARTS_AT, STARTS_AT + timedelta(days=1))

    for state in (TalkState.HELD, TalkState.CALLED_OFF):
        with pytest.raises(Refusal, match="talk_over"):
            talks.check_may_hold(state, STARTS_AT, STARTS_AT)


def test_a_talk_is_held_from_an_hour_before_and_missed_only_after_it_should_have_begun() -> None:
    talks.check_may_hold("planned", STARTS_AT, STARTS_AT - timedelta(hours=1))

    with pytest.raises(Refusal, match="talk_not_begun"):
        talks.check_may_hold("planned", STARTS_AT, STARTS_AT - timedelta(hours=1, seconds=1))
    with pytest.raises(Refusal, match="talk_not_begun"):
        talks.check_may_miss("planned", STARTS_AT, STARTS_AT - timedelta(seconds=1))


def test_somebody_called_it_off() -> None:
    with pytest.raises(Refusal, match="called_off_by_unknown"):
        talks.check_may_call_off("planned", "")


@pytest.mark.parametrize(
    "outcome",
    [Outcome("joins", group_id="g1"), Outcome("another_group", group_id="g2"), Outcome("word_follows"), NOT_NOW],
    ids=lambda outcome: outcome.kind,
)
def test_each_of_the_four_outcomes_can_be_decided(outcome: Outcome) -> None:
    check_outcome(outcome)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome("refused"), "outcome_unknown"),
        (Outcome("joins"), "outcome_needs_group"),
        (Outcome("another_group"), "outcome_needs_group"),
        (Outcome("word_follows", group_id="g1"), "outcome_has_no_group"),
        (Outcome("not_now"), "reason_missing"),
        (Outcome("not_now", reason="behaviour"), "reason_missing"),
        (Outcome("not_now", reason="audience"), "help_instead_missing"),
        (Outcome("not_now", reason="audience", helps_instead="another_group"), "way_back_missing"),
    ],
)
def test_an_outcome_that_leaves_somebody_with_nothing_is_refused(outcome: Outcome, code: str) -> None:
    with pytest.raises(Refusal, match=f"^{code}$"):
        check_outcome(outcome)


@pytest.mark.parametrize("reason", ["use", "complaints", "motivation"])
def test_a_reason_that_is_given_too_fast_asks_a_second_look(reason: str) -> None:
    with pytest.raises(Refusal, match="second_look_first"):
        check_outcome(Outcome("not_now", reason=reason, helps_instead="talk_again", way_back="any_time"))

    check_outcome(
        Outcome("not_now", reason=reason, helps_instead="talk_again", way_back="any_time", second_look=True)
    )


@pytest.mark.parametrize(
    "table", ["not_now_reasons", "helps_instead", "ways_back", "talk_forms", "talk_states", "outcomes"]
)
def test_every_choice_in_a_talk_has_its_dutch_label(table: str) -> None:
    texts = tomllib.loads((Path(talks.__file__).parents[1] / "data/messages.nl.toml").read_text(encoding="utf-8"))
    codes = {
        "not_now_reasons": talks.NOT_NOW_REASONS,
        "helps_instead": talks.HELPS_INSTEAD,
        "ways_back": talks.WAYS_BACK,
        "talk_forms": talks.FORMS,
        "talk_states": tuple(TalkState),
        "outcomes": talks.OUTCOMES,
    }

    assert list(texts[table]) == list(codes[table])
