"""The state that others publish, in whatever order, decides who is asked; a broken event is kept."""

import itertools
import json

import pytest

from services.questionnaires.models import Answer, Consent, Group, Measurement, Membership, Organisation
from shared.ids import new_id

SUBJECTS = ("organisation", "group", "membership", "consent")
ORDERS = list(itertools.permutations(SUBJECTS))
TYPES = {
    "organisation": ("meetings", "nl.houvast.meetings.organisation_changed.v1"),
    "group": ("meetings", "nl.houvast.meetings.group_changed.v1"),
    "membership": ("meetings", "nl.houvast.meetings.membership_changed.v1"),
    "consent": ("intake", "nl.houvast.intake.consent_changed.v1"),
}


def publish(service, subject, **changed):
    getattr(service, subject)(**changed)
    service.settle()


def publish_event(service, subject, data):
    """Publish an event as it might come, right or not."""
    source, event_type = TYPES[subject]
    subject_id = service.participant_id if subject == "consent" else getattr(service, f"{subject}_id")
    noun = "participant" if subject == "consent" else subject
    service.publish_raw(source, type=event_type, subject=f"{noun}/{subject_id}", data=json.dumps(data))
    service.settle()


@pytest.mark.parametrize("first", SUBJECTS)
def test_somebody_is_asked_once_in_whatever_order_the_four_are_consumed(service, first):
    for order in [order for order in ORDERS if order[0] == first]:
        service.start_afresh()
        so_far = len(service.events())
        for subject in order[:3]:
            publish(service, subject)
        assert len(service.events()) == so_far, order

        publish(service, order[3])

        [(name, measurement_id, data)] = service.events()[so_far:]
        assert name == "measurement_opened"
        assert data["measurement_id"] == measurement_id
        assert (data["participant_id"], data["group_id"]) == (service.participant_id, service.group_id)
        assert data["organisation_id"] == service.organisation_id


def test_a_membership_that_ended_is_never_asked_in_whatever_order(service):
    for order in ORDERS:
        service.start_afresh()

        for subject in order:
            publish(service, subject, **({"state": "ended"} if subject == "membership" else {}))

        assert service.events() == [], order


@pytest.mark.parametrize(
    ("subject", "changed"),
    [
        ("organisation", {"permitted_questionnaires": ["even_kijken"]}),
        ("group", {"questionnaires": []}),
        ("group", {"questionnaires": ["a_list_that_we_do_not_have"]}),
        ("group", {"state": "ended"}),
        ("membership", {"state": "ended"}),
        ("consent", {"purposes": ["reminders"]}),
    ],
    ids=str,
)
def test_without_one_of_the_four_nobody_is_asked(service, subject, changed):
    for each in SUBJECTS:
        publish(service, each, **(changed if each == subject else {}))

    assert service.events() == []
    assert service.dead_letters() == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_consuming_it_twice_asks_once(service, subject):
    for each in SUBJECTS:
        publish(service, each)

    publish(service, subject)

    assert [name for name, _, _ in service.events()] == ["measurement_opened"]


def test_reading_every_log_again_from_the_beginning_changes_nothing(service):
    for each in SUBJECTS:
        publish(service, each)
    with service.service.transaction():
        for source in ("meetings", "intake"):
            service.service.inbox.advance(source, 1, 0)

    service.settle()

    assert [name for name, _, _ in service.events()] == ["measurement_opened"]
    assert service.dead_letters() == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_older_state_that_comes_late_is_not_believed(service, subject):
    old = {
        "organisation": {"permitted_questionnaires": []},
        "group": {"questionnaires": [], "name": "Oude naam"},
        "membership": {"state": "ended"},
        "consent": {"purposes": []},
    }[subject]
    for each in SUBJECTS:
        publish(service, each)
    publish(service, subject)
    source, event_type = TYPES[subject]
    outbox = service.publishers[source].outbox.Outbox
    data = json.loads(outbox.select().where(outbox.type == event_type).order_by(outbox.id.desc()).get().data)

    publish_event(service, subject, {**data, **old, "version": [1, 1]})

    assert service.states() == ["open"]
    assert Membership.get().is_active
    assert Consent.get().may_ask
    assert Group.get().chosen == Organisation.get().permitted == ["nel_kort"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_broken_event_is_kept_dead_and_changes_nothing(service, subject):
    for each in SUBJECTS:
        publish(service, each)

    publish_event(service, subject, {"organisation_id": "that is none", "version": [9, 9]})
    publish_event(service, subject, ["not", "an", "object"])

    assert len(service.dead_letters()) == 2
    assert "that is none" not in str(service.dead_letters())
    assert service.states() == ["open"]
    assert len(service.events()) == 1


def test_an_event_of_a_type_that_nobody_here_consumes_is_skipped(service):
    service.publish_raw(
        "meetings", type="nl.houvast.meetings.something_new.v1", subject="thing/1", data=json.dumps({"a": 1})
    )

    service.settle()

    assert service.dead_letters() == []


def test_an_active_member_is_asked_in_each_of_two_groups(service):
    service.asked("nel_kort")
    second = new_id()
    service.group(group_id=second, questionnaires=["nel_kort"])

    service.membership(membership_id=new_id(), group_id=second)

    service.settle()
    assert [name for name, _, _ in service.events()] == ["measurement_opened"] * 2


def test_a_group_that_chooses_a_list_later_asks_everybody_who_takes_part(service):
    service.organisation(permitted_questionnaires=["even_kijken"])
    service.group(questionnaires=[])
    people = [new_id() for _ in range(5)]
    for person in people:
        service.membership(participant_id=person, membership_id=new_id())
        service.consent(participant_id=person)
    service.settle()

    service.group(questionnaires=["even_kijken"])

    service.settle()
    assert sorted(data["participant_id"] for _, _, data in service.events()) == sorted(people)


def test_leaving_the_group_takes_the_list_back_and_removes_what_was_answered(service):
    measurement_id = service.asked()
    person = service.person()
    person.choose(person.open(service.link(measurement_id) + "/uitspraken"), 4)

    publish(service, "membership", state="ended")

    assert service.states() == ["withdrawn"]
    name, subject_id, data = service.events()[-1]
    assert (name, subject_id) == ("measurement_expired", measurement_id)
    assert set(data) == {"measurement_id", "participant_id", "organisation_id"}
    assert Answer.select().count() == 0


@pytest.mark.parametrize(
    ("subject", "changed"),
    [("consent", {"purposes": ["reminders"]}), ("organisation", {"permitted_questionnaires": []})],
    ids=str,
)
def test_without_consent_or_permission_any_more_the_list_is_taken_back_once(service, subject, changed):
    service.asked()

    publish(service, subject, **changed)
    publish(service, subject, **changed)

    assert service.states() == ["withdrawn"]
    assert [name for name, _, _ in service.events()] == ["measurement_opened", "measurement_expired"]


def test_a_group_that_changes_its_choice_lets_who_was_asked_finish(service):
    service.asked()

    publish(service, "group", questionnaires=[])

    assert service.states() == ["open"]


def test_the_end_of_an_earlier_membership_takes_nothing_back_while_a_later_one_runs(service):
    service.asked()
    publish(service, "membership", membership_id=new_id())

    publish(service, "membership", state="ended")

    assert service.states() == ["open"]


def test_nobody_is_asked_a_second_time_for_the_same_group_and_list(service):
    service.asked()
    publish(service, "membership", state="ended")

    publish(service, "membership", membership_id=new_id())

    assert service.states() == ["withdrawn"]
    assert [name for name, _, _ in service.events()] == ["measurement_opened", "measurement_expired"]


def test_a_completed_list_stays_when_somebody_leaves(service):
    measurement_id = service.asked()
    person = service.person()
    page = person.choose(person.open(service.link(measurement_id) + "/uitspraken"), 4)
    person.submit(page, r".*/afronden")

    publish(service, "membership", state="ended")

    assert service.states() == ["completed"]
    assert service.given(measurement_id) == {"i01": "4"}


def test_consuming_events_of_many_people_takes_no_more_questions_to_the_store_than_of_few(service):
    def statements_for(count):
        group_id = new_id()
        service.group(group_id=group_id, questionnaires=[])
        for _ in range(count):
            about = {"participant_id": new_id(), "membership_id": new_id(), "group_id": group_id}
            service.membership(**about)
            service.consent(participant_id=about["participant_id"])
        service.settle()
        service.group(group_id=group_id, questionnaires=[], state="paused")
        return service.counted(service.settle)

    service.organisation(permitted_questionnaires=["even_kijken"])

    few, many = statements_for(2), statements_for(40)

    assert few == many


def test_a_list_is_open_up_to_and_including_its_last_day_in_local_time(service):
    service.clock_at("2027-03-01 09.00")

    measurement_id = service.asked()

    expires_at = Measurement.get_by_id(measurement_id).expires_at
    assert expires_at.isoformat() == "2027-03-29T22:00:00+00:00"
    assert service.events()[0][2]["expires_at"] == expires_at.isoformat()
