"""How far somebody is, and what may come next."""

from datetime import UTC, datetime, timedelta

import pytest

from services.intake.rules import needs, progress
from services.intake.rules.progress import NextStep, SignupState, Standing
from shared.errors import Refusal

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("standing", "step"),
    [
        (Standing("received"), NextStep.PLAN_TALK),
        (Standing("received", placement="returned"), NextStep.PLACE_AGAIN),
        (Standing("talk_planned", talk_ends_at=NOW + timedelta(minutes=1)), NextStep.HOLD_TALK),
        (Standing("talk_planned", talk_ends_at=NOW), NextStep.TELL_OUTCOME),
        (Standing("talk_held", outcome="joins"), NextStep.PLACE),
        (Standing("talk_held", outcome="another_group"), NextStep.PLACE),
        (Standing("talk_held", outcome="word_follows"), NextStep.LET_KNOW),
        (Standing("talk_held", outcome="not_now"), NextStep.COME_BACK),
        (Standing("talk_held", outcome="joins", placement="returned"), NextStep.PLACE_AGAIN),
        (Standing("placed", placement="placed"), NextStep.WAIT_FOR_GROUP),
        (Standing("placed", placement="confirmed"), NextStep.NOTHING),
        (Standing("placed", placement="ended"), NextStep.NOTHING),
        (Standing("closed", outcome="not_now"), NextStep.NOTHING),
    ],
)
def test_everybody_waits_for_one_thing(standing: Standing, step: NextStep) -> None:
    assert progress.next_step(standing, NOW) == step


def test_whoever_is_not_closed_and_has_no_place_waits_for_something() -> None:
    for state in ("received", "talk_planned", "talk_held"):
        for outcome in (None, "joins", "word_follows", "another_group", "not_now"):
            assert progress.next_step(Standing(state, outcome=outcome), NOW) != NextStep.NOTHING


@pytest.mark.parametrize(
    ("check", "refused"),
    [
        (progress.check_may_plan_talk, {"talk_planned", "placed", "closed"}),
        (progress.check_may_decide, {"received", "talk_planned", "placed", "closed"}),
        (progress.check_may_give_place, {"talk_planned", "closed"}),
        (progress.check_may_reopen, {"received", "talk_planned", "talk_held", "placed"}),
        (lambda state: progress.check_may_close(state, "other", None), {"closed"}),
    ],
)
def test_each_step_is_open_from_these_states_only(check: object, refused: set[str]) -> None:
    found = set()
    for state in SignupState:
        try:
            check(state)  # type: ignore[operator]
        except Refusal:
            found.add(str(state))

    assert found == refused


def test_a_sign_up_stays_open_while_the_group_has_not_answered() -> None:
    with pytest.raises(Refusal, match="place_still_open"):
        progress.check_may_close("placed", "other", "placed")

    progress.check_may_close("placed", "other", "confirmed")


@pytest.mark.parametrize(("way_back", "done"), [("any_time", True), ("we_call", False), ("new_talk", False)])
def test_what_we_promised_keeps_somebody_on_the_list(way_back: str, done: bool) -> None:
    assert progress.is_done_with("not_now", way_back) is done
    assert progress.is_done_with("joins", way_back) is False


def test_a_need_that_no_place_can_be_asked_for_is_refused() -> None:
    needs.check_needs([])
    needs.check_needs(["wheelchair"])

    with pytest.raises(Refusal, match="need_unknown"):
        needs.check_needs(["wheelchair", "sea_view"])
