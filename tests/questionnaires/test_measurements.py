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


def publish(harness, subject, **changed):
    getattr(harness, subject)(**changed)
    harness.settle()


def publish_event(harness, subject, data):
    """Publish an event as it might come, right or not."""
    source, event_type = TYPES[subject]
    subject_id = harness.participant_id if subject == "consent" else getattr(harness, f"{subject}_id")
    harness.put(source, type=event_type, subject=f"{subject}/{subject_id}", data=json.dumps(data))
    harness.settle()


@pytest.mark.parametrize("first", SUBJECTS)
def test_somebody_is_asked_once_in_whatever_order_the_four_are_consumed(harness, first):
    for order in [order for order in ORDERS if order[0] == first]:
        harness.start_afresh()
        so_far = len(harness.events())
        for subject in order[:3]:
            publish(harness, subject)
        assert len(harness.events()) == so_far, order

        publish(harness, order[3])

        [(name, measurement_id, data)] = harness.events()[so_far:]
        assert name == "measurement_opened"
        assert data["measurement_id"] == measurement_id
        assert (data["participant_id"], data["group_id"]) == (harness.participant_id, harness.group_id)
        assert data["organisation_id"] == harness.organisation_id


def test_a_membership_that_ended_is_never_asked_in_whatever_order(harness):
    for order in ORDERS:
        harness.start_afresh()

        for subject in order:
            publish(harness, subject, **({"state": "ended"} if subject == "membership" else {}))

        assert harness.events() == [], order


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
def test_without_one_of_the_four_nobody_is_asked(harness, subject, changed):
    for each in SUBJECTS:
        publish(harness, each, **(changed if each == subject else {}))

    assert harness.events() == []
    assert harness.dead_letters() == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_consuming_it_twice_asks_once(harness, subject):
    for each in SUBJECTS:
        publish(harness, each)

    publish(harness, subject)

    assert [name for name, _, _ in harness.events()] == ["measurement_opened"]


def test_reading_every_log_again_from_the_beginning_changes_nothing(harness):
    for each in SUBJECTS:
        publish(harness, each)
    with harness.service.transaction():
        for source in ("meetings", "intake"):
            harness.service.inbox.advance(source, 1, 0)

    harness.settle()

    assert [name for name, _, _ in harness.events()] == ["measurement_opened"]
    assert harness.dead_letters() == []


@pytest.mark.parametrize("subject", SUBJECTS)
def test_an_older_state_that_comes_late_is_not_believed(harness, subject):
    old = {
        "organisation": {"permitted_questionnaires": []},
        "group": {"questionnaires": [], "name": "Oude naam"},
        "membership": {"state": "ended"},
        "consent": {"purposes": []},
    }[subject]
    for each in SUBJECTS:
        publish(harness, each)
    publish(harness, subject)
    source, event_type = TYPES[subject]
    outbox = harness.neighbours[source].outbox.Outbox
    data = json.loads(outbox.select().where(outbox.type == event_type).order_by(outbox.id.desc()).get().data)

    publish_event(harness, subject, {**data, **old, "version": [1, 1]})

    assert harness.states() == ["open"]
    assert Membership.get().is_active
    assert Consent.get().may_ask
    assert Group.get().chosen == Organisation.get().permitted == ["nel_kort"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_broken_event_is_kept_dead_and_changes_nothing(harness, subject):
    for each in SUBJECTS:
        publish(harness, each)

    publish_event(harness, subject, {"organisation_id": "that is none", "version": [9, 9]})
    publish_event(harness, subject, ["not", "an", "object"])

    assert len(harness.dead_letters()) == 2
    assert "that is none" not in str(harness.dead_letters())
    assert harness.states() == ["open"]
    assert len(harness.events()) == 1


def test_an_event_of_a_type_that_nobody_here_consumes_is_skipped(harness):
    harness.put(
        "meetings", type="nl.houvast.meetings.something_new.v1", subject="thing/1", data=json.dumps({"a": 1})
    )

    harness.settle()

    assert harness.dead_letters() == []


def test_an_active_member_is_asked_in_each_of_two_groups(harness):
    harness.asked("nel_kort")
    second = new_id()
    harness.group(group_id=second, questionnaires=["nel_kort"])

    harness.membership(membership_id=new_id(), group_id=second)

    harness.settle()
    assert [name for name, _, _ in harness.events()] == ["measurement_opened"] * 2


def test_a_group_that_chooses_a_list_later_asks_everybody_who_takes_part(harness):
    harness.organisation(permitted_questionnaires=["even_kijken"])
    harness.group(questionnaires=[])
    people = [new_id() for _ in range(5)]
    for person in people:
        harness.membership(participant_id=person, membership_id=new_id())
        harness.consent(participant_id=person)
    harness.settle()

    harness.group(questionnaires=["even_kijken"])

    harness.settle()
    assert sorted(data["participant_id"] for _, _, data in harness.events()) == sorted(people)


def test_leaving_the_group_takes_the_list_back_and_removes_what_was_answered(harness):
    measurement_id = harness.asked()
    person = harness.visitor()
    person.choose(person.open(harness.link(measurement_id) + "/uitspraken"), 4)

    publish(harness, "membership", state="ended")

    assert harness.states() == ["withdrawn"]
    name, subject_id, data = harness.events()[-1]
    assert (name, subject_id) == ("measurement_expired", measurement_id)
    assert set(data) == {"measurement_id", "participant_id", "organisation_id"}
    assert Answer.select().count() == 0


@pytest.mark.parametrize(
    ("subject", "changed"),
    [("consent", {"purposes": ["reminders"]}), ("organisation", {"permitted_questionnaires": []})],
    ids=str,
)
def test_without_consent_or_permission_any_more_the_list_is_taken_back_once(harness, subject, changed):
    harness.asked()

    publish(harness, subject, **changed)
    publish(harness, subject, **changed)

    assert harness.states() == ["withdrawn"]
    assert [name for name, _, _ in harness.events()] == ["measurement_opened", "measurement_expired"]


def test_a_group_that_changes_its_choice_lets_who_was_asked_finish(harness):
    harness.asked()

    publish(harness, "group", questionnaires=[])

    assert harness.states() == ["open"]


def test_the_end_of_an_earlier_membership_takes_nothing_back_while_a_later_one_runs(harness):
    harness.asked()
    publish(harness, "membership", membership_id=new_id())

    publish(harness, "membership", state="ended")

    assert harness.states() == ["open"]


def test_nobody_is_asked_a_second_time_for_the_same_group_and_list(harness):
    harness.asked()
    publish(harness, "membership", state="ended")

    publish(harness, "membership", membership_id=new_id())

    assert harness.states() == ["withdrawn"]
    assert [name for name, _, _ in harness.events()] == ["measurement_opened", "measurement_expired"]


def test_a_completed_list_stays_when_somebody_leaves(harness):
    measurement_id = harness.asked()
    person = harness.visitor()
    page = person.choose(person.open(harness.link(measurement_id) + "/uitspraken"), 4)
    person.submit(page, r".*/afronden")

    publish(harness, "membership", state="ended")

    assert harness.states() == ["completed"]
    assert harness.given(measurement_id) == {"i01": "4"}


def test_consuming_events_of_many_people_takes_no_more_questions_to_the_store_than_of_few(harness):
    def statements_for(count):
        group_id = new_id()
        harness.group(group_id=group_id, questionnaires=[])
        for _ in range(count):
            about = {"participant_id": new_id(), "membership_id": new_id(), "group_id": group_id}
            harness.membership(**about)
            harness.consent(participant_id=about["participant_id"])
        harness.settle()
        harness.group(group_id=group_id, questionnaires=[], state="paused")
        return harness.count_statements(harness.settle)

    harness.organisation(permitted_questionnaires=["even_kijken"])

    few, many = statements_for(2), statements_for(40)

    # On a busy machine there is a look at what waits for a retry in between; one question a person would be 38.
    assert many < few + 38


def test_a_list_is_open_up_to_and_including_its_last_day_in_local_time(harness):
    harness.clock_at("2027-03-01 09.00")

    measurement_id = harness.asked()

    expires_at = Measurement.get_by_id(measurement_id).expires_at
    assert expires_at.isoformat() == "2027-03-29T22:00:00+00:00"
    assert harness.events()[0][2]["expires_at"] == expires_at.isoformat()
