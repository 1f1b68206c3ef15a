"""How far somebody is, and what may come next."""

from datetime import UTC, datetime, timedelta

import pytest

from services.intake.rules import signups
from services.intake.rules.signups import NextStep, SignupProgress, SignupState
from shared.errors import Refusal

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("progress", "step"),
    [
        (SignupProgress("received"), NextStep.PLAN_TALK),
        (SignupProgress("received", placement="returned"), NextStep.PLACE_AGAIN),
        (SignupProgress("talk_planned", talk_ends_at=NOW), NextStep.HOLD_TALK),
        (SignupProgress("talk_held", outcome="joins"), NextStep.PLACE),
        (SignupProgress("talk_held", outcome="another_group"), NextStep.PLACE),
        (SignupProgress("talk_held", outcome="word_follows"), NextStep.LET_KNOW),
        (SignupProgress("talk_held", outcome="not_now"), NextStep.COME_BACK),
        (SignupProgress("talk_held", outcome="joins", placement="returned"), NextStep.PLACE_AGAIN),
        (SignupProgress("placed", placement="placed"), NextStep.WAIT_FOR_GROUP),
        (SignupProgress("placed", placement="confirmed"), NextStep.NOTHING),
        (SignupProgress("placed", placement="ended"), NextStep.NOTHING),
        (SignupProgress("closed", outcome="not_now"), NextStep.NOTHING),
    ],
)
def test_everybody_waits_for_one_thing(progress: SignupProgress, step: NextStep) -> None:
    assert signups.next_step(progress) == step


def test_a_planned_talk_waits_for_its_outcome_from_the_moment_that_it_is_over() -> None:
    for ends_at, step in ((NOW + timedelta(minutes=1), "hold_talk"), (NOW, "tell_outcome"), (None, "hold_talk")):
        assert signups.step_on("hold_talk", ends_at, NOW) == step
    assert signups.step_on("plan_talk", NOW, NOW) == "plan_talk"
    assert signups.step_on(None, None, NOW) == "nothing"


def test_whoever_is_not_closed_and_has_no_place_waits_for_something() -> None:
    for state in ("received", "talk_planned", "talk_held"):
        for outcome in (None, "joins", "word_follows", "another_group", "not_now"):
            assert signups.next_step(SignupProgress(state, outcome=outcome)) != NextStep.NOTHING


@pytest.mark.parametrize(
    ("check", "refused"),
    [
        (signups.check_may_plan_talk, {"talk_planned", "placed", "closed"}),
        (signups.check_may_decide, {"received", "talk_planned", "placed", "closed"}),
        (signups.check_may_give_place, {"talk_planned", "closed"}),
        (signups.check_may_reopen, {"received", "talk_planned", "talk_held", "placed"}),
        (lambda state: signups.check_may_close(state, "other", None), {"closed"}),
    ],
)
def test_each_step_is_open_from_these_states_only(check: object, refused: set[str]) -> None:
    refusing = set()
    for state in SignupState:
        try:
            check(state)  # type: ignore[operator]
        except Refusal:
            refusing.add(str(state))

    assert refusing == refused


def test_a_sign_up_stays_open_while_the_group_has_not_answered() -> None:
    with pytest.raises(Refusal, match="place_still_open"):
        signups.check_may_close("placed", "other", "placed")

    signups.check_may_close("placed", "other", "confirmed")


@pytest.mark.parametrize(("way_back", "done"), [("any_time", True), ("we_call", False), ("new_talk", False)])
def test_what_we_promised_keeps_somebody_on_the_list(way_back: str, done: bool) -> None:
    assert signups.is_done_with("not_now", way_back) is done
    assert signups.is_done_with("joins", way_back) is False


def test_a_need_that_no_place_can_be_asked_for_is_refused() -> None:
    signups.check_needs([])
    signups.check_needs(["wheelchair"])

    with pytest.raises(Refusal, match="need_unknown"):
        signups.check_needs(["wheelchair", "sea_view"])
