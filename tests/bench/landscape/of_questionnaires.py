"""What questionnaires has: its replicas, and one filled-in list for every fifth participant."""

from __future__ import annotations

from datetime import timedelta

from services.questionnaires.models import service
from tests.bench.landscape.of_intake import person_id
from tests.bench.landscape.plan import Person, Plan
from tests.bench.landscape.store import Store, as_json, moment

ITEMS = tuple(f"i{number:02d}" for number in range(1, 11))


def write(store: Store, plan: Plan) -> None:
    """Write it all."""
    permitted = as_json(["even_kijken", "nel_kort"])
    for organisation in plan.organisations:
        store.add("organisation", id=organisation.id, name=organisation.name, permitted=permitted)
    for group in plan.groups:
        store.add(
            "group", id=group.id, organisation_id=group.organisation.id, name=group.name, state="running",
            chosen=as_json(["nel_kort"]),
        )  # fmt: skip
    for person in plan.people + plan.waiting:
        store.add("participant", participant_id=person.id, organisation_id=person.organisation.id, language="nl")
        store.add("consent", participant_id=person.id, organisation_id=person.organisation.id, may_ask=1)
    for person in plan.people:
        assert person.group is not None
        store.add(
            "membership", id=person.membership_id, organisation_id=person.organisation.id,
            group_id=person.group.id,
            participant_id=person.id, is_active=int(person.ended_on is None),
        )  # fmt: skip
        if person.number % 5 == 0:
            _write_measurement(store, person, person.group.id)


def _write_measurement(store: Store, person: Person, group_id: str) -> None:
    measurement_id = person_id(person, "measurement")
    store.add(
        "measurement", id=measurement_id, organisation_id=person.organisation.id, participant_id=person.id,
        group_id=group_id, questionnaire="nel_kort", version=1, moment="start", state="completed",
        opened_at=moment(person.made_at), expires_at=moment(person.made_at + timedelta(days=28)),
        completed_at=moment(person.made_at + timedelta(days=2)),
    )  # fmt: skip
    for item in ITEMS:
        answer_id = person_id(person, item)
        store.add(
            "answer", id=answer_id, organisation_id=person.organisation.id, measurement_id=measurement_id,
            item_key=item, value=service.encryption.seal("3", "answer.value", answer_id), request_id=person.id,
        )  # fmt: skip
