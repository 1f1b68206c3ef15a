"""What the tests of talks start from: a sign-up, somebody to hold the talk and a colleague who arranges it."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.commands import talks
from services.intake.queries.signups import SignupView, get_signup
from shared.errors import Refusal
from shared.ids import new_id


class TalkCase:
    def __init__(self, harness: Any) -> None:
        self.harness = harness
        self.organisation_id = harness.organisation()
        self.host = harness.staff(self.organisation_id)
        self.signup_id = harness.signed_up(self.organisation_id, email="noor@example.org")
        self.actor = harness.actor("intro_worker", organisation_id=self.organisation_id)
        self.visitor = harness.visitor("intro_worker", organisation_id=self.organisation_id)

    def plan(self, **changed: Any) -> str:
        agreed = self.harness.agreed(self.host, **changed)
        return talks.schedule_intro_talk(self.actor, signup_id=self.signup_id, **agreed)

    def plan_by_form(self, **changed: str) -> Any:
        form = {
            "on": self.harness.tuesday,
            "at": "14:00",
            "minutes": "45",
            "form": "live_single",
            "host_staff_id": self.host,
            "place": "Buurthuis De Brug",
        }
        return self.visitor.send(f"/kennismaking/{self.signup_id}/gesprek", form | changed)

    def view(self) -> SignupView:
        return get_signup(self.actor, self.signup_id)

    def decide(self, talk_id: str, outcome: str, **decided: Any) -> str:
        return talks.complete_intro_talk(
            self.actor, talk_id=talk_id, outcome=outcome, request_id=new_id(), **decided
        )


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code
