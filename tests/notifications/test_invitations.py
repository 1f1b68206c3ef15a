"""A colleague who is invited reads by whom, and where to sign in."""

from __future__ import annotations

from shared.ids import new_id
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness

MESSAGE_TYPE = "staff_invitation"


def test_an_invitation_says_who_invites_and_where_to_sign_in(harness: NotificationsHarness) -> None:
    harness.invited(harness.staff(new_id(), name="Bo", email="bo@example.org"))

    go_on(harness)

    [mail] = harness.mailbox.messages()
    text = " ".join(mail.get_body(("plain",)).get_content().split())
    assert str(mail["To"]) == "bo@example.org"
    assert "Kim nodigt je uit om mee te werken." in text
    assert f"Naar de inlogpagina: {harness.settings.public_url}/inloggen" in text


def test_it_waits_until_it_is_known_who_invites(harness: NotificationsHarness) -> None:
    bo, vos = harness.staff(new_id(), name="Bo", email="bo@example.org"), new_id()
    harness.invited(bo, by=vos)
    harness.consume()
    waiting = harness.states(MESSAGE_TYPE)
    harness.staff(vos, name="Vos", email="vos@example.org")
    harness.retry_now()

    assert waiting == []
    assert [message_type for message_type, *_ in harness.states(MESSAGE_TYPE)] == [MESSAGE_TYPE]


def test_who_was_taken_off_the_list_before_it_went_is_not_invited(harness: NotificationsHarness) -> None:
    bo = harness.staff(new_id(), name="Bo", email="bo@example.org")
    harness.invited(bo)
    harness.staff(bo, name="Bo", email="bo@example.org", is_active=False)

    go_on(harness)

    assert harness.mails() == []
    assert harness.states(MESSAGE_TYPE) == [(MESSAGE_TYPE, "withdrawn", "stopped_for_good")]
