"""Whether a message is still true, whom it asks, and when it is tried after a sender died."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.rules import validity
from services.notifications.rules.lifecycle import State, check_reason, needs_person
from services.notifications.rules.message_types import MessageType
from services.notifications.rules.sending import DEATHS_FORGIVEN, next_try_after_death
from services.notifications.rules.validity import Stop

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("state", "change", "is_same_revision", "stop"),
    [
        ("planned", None, True, None),
        ("planned", None, False, "talk_moved"),
        ("planned", "moved", True, None),
        ("planned", "moved", False, "talk_moved"),
        ("planned", "called_off", True, "replaced"),
        ("called_off", None, True, "talk_called_off"),
        ("called_off", "moved", True, "talk_called_off"),
        ("called_off", "called_off", False, None),
        ("held", None, True, "too_late"),
        ("missed", "called_off", True, "too_late"),
    ],
)
def test_a_message_about_a_talk_is_true_as_long_as_the_talk_is_what_it_says(state, change, is_same_revision, stop):
    stopped = validity.talk_stop(state, change=change, is_same_revision=is_same_revision)

    assert (stopped.reason if stopped else None) == stop


@pytest.mark.parametrize(
    ("state", "is_same_revision", "starts_on", "stop"),
    [
        ("planned", True, TUESDAY, None),
        ("planned", False, TUESDAY, Stop(State.WITHDRAWN, "meeting_moved")),
        ("planned", True, TUESDAY + timedelta(days=1), Stop(State.WITHDRAWN, "replaced")),
        ("cancelled", True, TUESDAY, Stop(State.WITHDRAWN, "meeting_cancelled")),
        ("took_place", True, TUESDAY, Stop(State.EXPIRED, "too_late")),
        ("did_not_take_place", True, TUESDAY, Stop(State.EXPIRED, "too_late")),
    ],
)
def test_a_reminder_is_true_as_long_as_the_meeting_is_what_it_says(state, is_same_revision, starts_on, stop):
    assert validity.meeting_stop(state, is_same_revision=is_same_revision, on=TUESDAY, starts_on=starts_on) == stop


@pytest.mark.parametrize(
    ("membership", "group", "reason"),
    [
        ("active", "running", None),
        ("active", "paused", None),
        ("active", "ended", "meeting_cancelled"),
        ("ended", "running", "left_group"),
    ],
)
def test_who_takes_part_hears_of_the_group_as_long_as_both_go_on(membership, group, reason):
    stopped = validity.membership_stop(membership, group)

    assert (stopped.reason if stopped else None) == reason


@pytest.mark.parametrize(
    ("state", "reason"),
    [("open", None), ("completed", "questionnaire_completed"), ("expired", "questionnaire_closed")],
)
def test_a_list_is_asked_for_as_long_as_it_is_open(state, reason):
    stopped = validity.measurement_stop(state)

    assert (stopped.reason if stopped else None) == reason


def test_every_reason_to_stop_belongs_to_where_it_leads():
    stops = [
        validity.talk_stop("held", change=None, is_same_revision=True),
        validity.talk_stop("planned", change="called_off", is_same_revision=True),
        validity.membership_stop("ended", "running"),
        validity.measurement_stop("completed"),
        validity.meeting_stop("cancelled", is_same_revision=True, on=TUESDAY, starts_on=TUESDAY),
    ]

    for stop in stops:
        check_reason(stop.state, stop.reason)


def test_only_what_somebody_waits_for_and_a_cancellation_go_before_everything_was_consumed():
    assert {message_type for message_type in MessageType if message_type.spec.may_skip_catch_up} == {
        MessageType.SIGN_IN_LINK,
        MessageType.ACCESS_CODE,
        MessageType.OWN_PAGE_LINK,
        MessageType.REPLY_RECEIVED,
        MessageType.MEETING_CANCELLED,
        MessageType.CANCELLATION_IN_PERSON,
    }


@pytest.mark.parametrize(
    ("state", "reason", "channel", "needed"),
    [
        (State.UNKNOWN, None, "email", True),
        (State.REJECTED, None, "email", True),
        (State.HELD, "betrays", None, True),
        (State.HELD, "broken", None, True),
        (State.HELD, "quiet_hours", None, False),
        (State.SUPPRESSED, "no_address", "hand", True),
        (State.SUPPRESSED, "no_consent", "none", False),
        (State.EXPIRED, "no_quiet_moment", None, True),
        (State.EXPIRED, "too_late", None, False),
        (State.ACCEPTED, None, "email", False),
    ],
)
def test_a_person_is_asked_where_the_software_can_do_no_more(state, reason, channel, needed):
    assert needs_person(state, reason, channel) is needed


def test_a_message_whose_sender_died_goes_at_once_unless_senders_keep_dying_with_it():
    late = NOW + timedelta(days=1)

    moments = [
        next_try_after_death(number, NOW, 0.5, late) for number in (1, DEATHS_FORGIVEN, DEATHS_FORGIVEN + 1)
    ]

    assert moments == [NOW, NOW, NOW + timedelta(seconds=2.5)]
