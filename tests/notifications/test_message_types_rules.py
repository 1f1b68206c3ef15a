"""What each type promises: how often, how long, with whose yes."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.rules.message_spec import Promise, Purpose, may_try_again_after_doubt
from services.notifications.rules.message_types import API_NAMES, LABELS, MessageType, expires_at, spec_of
from shared.errors import Refusal

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
START = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)


def test_no_two_types_share_a_name_of_theirs():
    for names in (API_NAMES, LABELS):
        assert len(set(names.values())) == len(names) == len(MessageType)


def test_an_unknown_kind_is_refused():
    with pytest.raises(Refusal) as refusal:
        spec_of("newsletter")

    assert refusal.value.code == "kind_unknown"


def test_a_reminder_comes_once_and_an_appointment_at_least_once():
    promises = {message_type.value: spec_of(message_type).promise.value for message_type in MessageType}

    assert promises == {
        "signup_confirmation": "once",
        "intro_talk_invitation": "at_least_once",
        "intro_talk_reminder": "once",
        "intro_talk_changed": "at_least_once",
        "welcome": "at_least_once",
        "meeting_reminder": "once",
        "questionnaire_invitation": "once",
        "staff_invitation": "at_least_once",
        "sign_in_link": "at_least_once",
        "meeting_moved": "once",
        "meeting_cancelled": "at_least_once",
        "meeting_substitute": "at_least_once",
        "meeting_change_to_leader": "at_least_once",
        "move_in_person": "at_least_once",
        "cancellation_in_person": "at_least_once",
        "missed_you": "at_most_once",
        "access_code": "at_least_once",
        "own_page_link": "at_least_once",
        "confirm_address": "once",
        "reply_received": "at_most_once",
    }


def test_reminders_and_questionnaires_need_a_yes_and_answers_to_a_sign_up_do_not():
    purposes = {message_type.value: spec_of(message_type).purpose for message_type in MessageType}

    assert purposes == {
        "signup_confirmation": None,
        "intro_talk_invitation": None,
        "intro_talk_reminder": Purpose.REMINDERS,
        "intro_talk_changed": None,
        "welcome": None,
        "meeting_reminder": Purpose.REMINDERS,
        "questionnaire_invitation": Purpose.QUESTIONNAIRES,
        "staff_invitation": None,
        "sign_in_link": None,
        "meeting_moved": None,
        "meeting_cancelled": None,
        "meeting_substitute": None,
        "meeting_change_to_leader": None,
        "move_in_person": None,
        "cancellation_in_person": None,
        "missed_you": Purpose.MISSED_YOU,
        "access_code": None,
        "own_page_link": None,
        "confirm_address": None,
        "reply_received": None,
    }


def test_only_what_somebody_waits_for_ignores_quiet_hours():
    ignoring = [message_type for message_type in MessageType if spec_of(message_type).ignores_quiet_hours]

    assert ignoring == ["sign_in_link", "access_code", "own_page_link", "reply_received"]


def test_a_person_tells_what_someone_must_know_and_no_message_can_say():
    assert {message_type for message_type in MessageType if spec_of(message_type).in_person} == {
        "intro_talk_invitation",
        "intro_talk_changed",
        "welcome",
        "meeting_moved",
        "meeting_cancelled",
    }


def test_what_is_urgent_is_a_change_and_only_a_cancellation_goes_before_everything_was_consumed():
    assert {message_type for message_type in MessageType if spec_of(message_type).is_urgent} == {
        "meeting_moved",
        "meeting_cancelled",
        "meeting_substitute",
        "meeting_change_to_leader",
        "move_in_person",
        "cancellation_in_person",
    }
    assert {message_type for message_type in MessageType if spec_of(message_type).skips_catch_up} == {
        "meeting_cancelled",
        "cancellation_in_person",
    }
    assert [message_type for message_type in MessageType if spec_of(message_type).on_two_channels] == [
        "meeting_cancelled"
    ]


@pytest.mark.parametrize(
    "message_type",
    [
        "meeting_reminder",
        "intro_talk_invitation",
        "intro_talk_reminder",
        "intro_talk_changed",
        "questionnaire_invitation",
        "meeting_moved",
        "meeting_cancelled",
        "meeting_substitute",
        "meeting_change_to_leader",
    ],
)
def test_what_is_about_a_moment_expires_at_that_moment_and_is_not_made_without_it(message_type):
    assert expires_at(message_type, made_at=NOW, until=START) == START

    with pytest.raises(Refusal) as refusal:
        expires_at(message_type, made_at=NOW)
    assert refusal.value.code == "expiry_missing"


@pytest.mark.parametrize("until", [None, START])
def test_a_welcome_helps_for_a_week_missed_you_for_four_days_and_a_sign_in_link_for_a_quarter_of_an_hour(until):
    assert expires_at("welcome", made_at=NOW, until=until) == NOW + timedelta(days=7)
    assert expires_at("missed_you", made_at=NOW, until=until) == NOW + timedelta(days=4)
    assert expires_at("sign_in_link", made_at=NOW, until=until) == NOW + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("promise", "drops_doubles", "again"),
    [
        (Promise.AT_MOST_ONCE, False, False),
        (Promise.AT_MOST_ONCE, True, False),
        (Promise.AT_LEAST_ONCE, False, True),
        (Promise.AT_LEAST_ONCE, True, True),
        (Promise.ONCE, False, False),
        (Promise.ONCE, True, True),
    ],
)
def test_after_doubt_the_promise_decides_whether_to_try_again(promise, drops_doubles, again):
    assert may_try_again_after_doubt(promise, channel_drops_doubles=drops_doubles) is again
