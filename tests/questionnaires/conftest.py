"""Questionnaires alone, between publishers that publish what meetings and intake would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.visitor import Page
from services.intake import events as intake
from services.meetings import events as meetings
from services.questionnaires.app import application
from services.questionnaires.models import Answer as AnswerRow
from services.questionnaires.models import Measurement
from shared.ids import new_id
from shared.security import links
from shared.security.actor import Actor
from tests.support.service_harness import ServiceHarness
from tests.support.visitor import Visitor


class QuestionnairesVisitor(Visitor):
    """Somebody at the pages, who may fill in a list."""

    def choose(self, page: Page, value: int | None = None, **changed: Any) -> Page:
        """Give an answer to the statement of this page, or skip it."""
        filled = {"skip": "1"} if value is None else {"answer": str(value)}
        return self.submit(page, r".*/uitspraken", **filled, **changed)


class QuestionnairesHarness(ServiceHarness):
    """Questionnaires, and what the neighbours publish about one organisation, group and person."""

    visitor_class = QuestionnairesVisitor

    def __init__(self, folder: Path, installation: Path) -> None:
        super().__init__(application, folder, installation, public_url="http://localhost")
        self.start_afresh()

    def start_afresh(self) -> None:
        """From now on, events are about another organisation, group and person."""
        self.organisation_id, self.group_id, self.participant_id = new_id(), new_id(), new_id()
        self.membership_id = new_id()

    # What the neighbours publish.

    def organisation(self, **changed: Any) -> None:
        self.publish(
            meetings.ORGANISATION_CHANGED,
            self.organisation_id,
            **{"organisation_id": self.organisation_id} | changed,
        )

    def group(self, **changed: Any) -> None:
        about = {"group_id": self.group_id, "organisation_id": self.organisation_id} | changed
        self.publish(meetings.GROUP_CHANGED, about["group_id"], **about)

    def membership(self, **changed: Any) -> None:
        about = {
            "membership_id": self.membership_id,
            "participant_id": self.participant_id,
            "group_id": self.group_id,
            "organisation_id": self.organisation_id,
        } | changed
        self.publish(meetings.MEMBERSHIP_CHANGED, about["membership_id"], **about)

    def consent(self, **changed: Any) -> None:
        about = {"participant_id": self.participant_id, "organisation_id": self.organisation_id} | changed
        self.publish(intake.CONSENT_CHANGED, about["participant_id"], **about)

    def member(self, **changed: Any) -> str:
        """Somebody who joins the group and may be asked; gives the id of their measurement."""
        about = {"participant_id": new_id(), "membership_id": new_id()} | changed
        self.membership(**about)
        self.consent(participant_id=about["participant_id"])
        self.settle()
        measurement: Measurement = Measurement.get(Measurement.participant_id == about["participant_id"])
        return str(measurement.id)

    def asked(self, questionnaire: str = "even_kijken") -> str:
        """One person who was asked to fill in a list; gives the id of the measurement."""
        self.organisation(permitted_questionnaires=[questionnaire])
        self.group(questionnaires=[questionnaire])
        return self.member(participant_id=self.participant_id, membership_id=self.membership_id)

    # What happens here.

    def events(self) -> list[tuple[str, str, dict[str, Any]]]:  # type: ignore[override]
        """Return (name, subject id, data) of what was published so far, in order."""
        self.settle()
        published = super().events()
        return [(event.type.split(".")[3], event.subject.split("/")[1], event.data) for event in published]

    def states(self) -> list[str]:
        """How each measurement stands, oldest first."""
        return [row.state for row in Measurement.select().order_by(Measurement.id)]

    def given(self, measurement_id: str) -> dict[str, str]:
        """Statement -> what was answered, opened with the keys of this service."""
        rows = AnswerRow.select().where(AnswerRow.measurement == measurement_id).order_by(AnswerRow.item_key)
        return {row.item_key: self.service.encryption.open(row.value, "answer.value", row.id) for row in rows}

    # Who comes to the pages.

    def visitor(self, roles: dict[str, set[str]] | None = None) -> QuestionnairesVisitor:  # type: ignore[override]
        """Give somebody new at the pages; with roles (organisation id -> roles) somebody who works there."""
        grants = {key: frozenset(held) for key, held in (roles or {}).items()}
        visitor: QuestionnairesVisitor = super().visitor(
            Actor(new_id(), "staff", "Kim", grants) if roles else None
        )
        return visitor

    def link(self, measurement_id: str, *, service: str = "questionnaires", purpose: str = "fill_in") -> str:
        """Return the address that the invitation holds."""
        expires_at = Measurement.get_by_id(measurement_id).expires_at
        keyring = self.neighbours["notifications"].encryption.keyring
        token = links.mint(keyring, service, purpose, measurement_id, expires_at)
        return f"/mijn/vragenlijst/{token}"


@pytest.fixture
def harness(tmp_path: Path, empty_installation: Path) -> Iterator[QuestionnairesHarness]:
    """A service of its own for one test."""
    made = QuestionnairesHarness(tmp_path / "questionnaires", empty_installation)
    yield made
    made.close()
