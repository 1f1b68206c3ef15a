"""By which channel: what can reach the person, never without a yes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.rules.lifecycle import check_reason
from services.notifications.rules.message_spec import Purpose
from services.notifications.rules.message_types import MessageType, spec_of
from services.notifications.rules.routes import Channel, Choice, Contact, choose_channel

BOTH = Contact(email=True, sms=True)
BY_MAIL = (Purpose.REMINDERS, Channel.EMAIL)
BY_SMS = (Purpose.REMINDERS, Channel.SMS)


def test_an_answer_to_a_sign_up_needs_no_consent():
    assert choose_channel("welcome", Contact(email=True), []) == Choice(Channel.EMAIL)


def test_a_reminder_needs_a_yes_for_that_purpose_and_that_channel():
    assert choose_channel("meeting_reminder", BOTH, [BY_SMS]) == Choice(Channel.SMS)
    assert choose_channel("meeting_reminder", BOTH, []) == Choice(Channel.NONE, "no_consent")
    assert choose_channel("meeting_reminder", BOTH, [(Purpose.QUESTIONNAIRES, Channel.EMAIL)]) == Choice(
        Channel.NONE, "no_consent"
    )


def test_a_missing_address_never_opens_a_channel_without_a_yes():
    assert choose_channel("meeting_reminder", Contact(email=True), [BY_SMS]) == Choice(Channel.NONE, "no_consent")


def test_the_preferred_channel_wins_when_it_is_possible_and_email_otherwise():
    likes_sms = Contact(email=True, sms=True, preferred=Channel.SMS)

    assert choose_channel("welcome", likes_sms, []).channel == Channel.SMS
    assert choose_channel("welcome", BOTH, []).channel == Channel.EMAIL
    assert choose_channel("meeting_reminder", likes_sms, [BY_MAIL]).channel == Channel.EMAIL
    assert choose_channel("welcome", Contact(email=True, preferred=Channel.SMS), []).channel == Channel.EMAIL


def test_without_any_address_a_person_tells_what_must_be_known_and_a_reminder_is_left_out():
    assert choose_channel("intro_talk_invitation", Contact(), []) == Choice(Channel.HAND, "no_address")
    assert choose_channel("meeting_reminder", Contact(), [BY_MAIL]) == Choice(Channel.NONE, "no_address")


@settings(deadline=None, database=None)
@given(
    st.sampled_from(MessageType),
    st.builds(Contact, st.booleans(), st.booleans(), st.none() | st.sampled_from(Channel)),
    st.sets(st.tuples(st.sampled_from(Purpose), st.sampled_from([Channel.EMAIL, Channel.SMS]))),
)
def test_a_message_only_takes_a_channel_that_works_and_was_agreed_to(message_type, contact, consents):
    choice = choose_channel(message_type, contact, consents)

    purpose = spec_of(message_type).purpose
    if choice.channel in (Channel.EMAIL, Channel.SMS):
        assert {Channel.EMAIL: contact.email, Channel.SMS: contact.sms}[choice.channel]
        assert purpose is None or (purpose, choice.channel) in consents
        assert choice.reason is None
    else:
        check_reason("suppressed", choice.reason)
        assert (choice.channel == Channel.HAND) == spec_of(message_type).in_person
