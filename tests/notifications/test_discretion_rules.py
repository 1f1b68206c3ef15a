"""No message betrays what someone takes part in."""

import pytest

from services.notifications.rules.discretion import check_discretion
from shared.errors import Refusal


@pytest.mark.parametrize("field", ["subject", "preview", "body"])
def test_a_message_is_refused_wherever_the_word_stands_and_the_refusal_does_not_repeat_it(field):
    message = {"subject": "Tot dinsdag", "body": "Hoi Noor", "preview": "Hoi"} | {field: "De herstelgroep wacht"}

    with pytest.raises(Refusal) as refusal:
        check_discretion(**message)

    assert refusal.value.code == "message_betrays"
    assert refusal.value.facts == {"field": field}


def test_who_chose_openness_may_read_plain_words():
    check_discretion("De herstelgroep", "Tot in de herstelgroep", names=["herstelgroep"], chose_openness=True)


def test_a_neutral_message_passes():
    check_discretion("Tot dinsdag 24 november", "Hoi Noor, tot dinsdag.", names=["Dinsdaggroep Zuid"])
