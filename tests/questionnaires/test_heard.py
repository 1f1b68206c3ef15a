"""What the neighbours say, in whatever order, decides who is asked; a letter counts once, a broken one is kept."""

import itertools
import json

import pytest

from services.questionnaires.models import Answer, Consent, Group, Measurement, Membership, Organisation
from shared.ids import new_id

KINDS = ("organisation", "group", "membership", "consent")
ORDERS = list(itertools.permutations(KINDS))
TYPES = {
    "organisation": ("meetings", "nl.houvast.meetings.organisation_changed.v1"),
    "group": ("meetings", "nl.houvast.meetings.group_changed.v1"),
    "membership": ("meetings", "nl.houvast.meetings.membership_changed.v1"),
    "consent": ("intake", "nl.houvast.intake.consent_changed.v1"),
}


def say(house, kind, **changed):
    getattr(house, kind)(**changed)
    house.settle()


def letter(house, kind, data):
    """A letter as it might come, right or not, about the subject that this kind is about."""
    source, event_type = TYPES[kind]
    subject_id = house.participant_id if kind == "consent" else getattr(house, f"{kind}_id")
    noun = "participant" if kind == "consent" else kind
    house.hear_text(source, type=event_type, subject=f"{noun}/{subject_id}", data=json.dumps(data))
    house.settle()


@pytest.mark.parametrize("first", KINDS)
def test_somebody_is_asked_once_in_whatever_order_the_four_are_heard(house, first):
    for order in [one for one in ORDERS if one[0] == first]:
        house.start_afresh()
        so_far = len(house.letters())
        for kind in order[:3]:
            say(house, kind)
        assert len(house.letters()) == so_far, order

        say(house, order[3])

        [(name, measurement_id, data)] = house.letters()[so_far:]
        assert name == "measurement_opened"
        assert data["measurement_id"] == measurement_id
        assert (data["participant_id"], data["group_id"]) == (house.participant_id, house.group_id)
        assert data["organisation_id"] == house.organisation_id


def test_a_membership_that_ended_is_never_asked_in_whatever_order(house):
    for order in ORDERS:
        house.start_afresh()

        for kind in order:
            say(house, kind, **({"state": "ended"} if kind == "membership" else {}))

        assert house.letters() == [], order


@pytest.mark.parametrize(
    ("kind", "changed"),
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
def test_without_one_of_the_four_nobody_is_asked(house, kind, changed):
    for one in KINDS:
        say(house, one, **(changed if one == kind else {}))

    assert house.letters() == []
    assert house.dead() == []


@pytest.mark.parametrize("kind", KINDS)
def test_hearing_it_twice_asks_once(house, kind):
    for one in KINDS:
        say(house, one)

    say(house, kind)

    assert [name for name, _, _ in house.letters()] == ["measurement_opened"]


def test_reading_every_log_again_from_the_beginning_changes_nothing(house):
    for one in KINDS:
        say(house, one)
    with house.house.transaction():
        for source in ("meetings", "intake"):
            house.house.inbox.move_to(source, 1, 0)

    house.settle()

    assert [name for name, _, _ in house.letters()] == ["measurement_opened"]
    assert house.dead() == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_older_state_that_comes_late_is_not_believed(house, kind):
    old = {
        "organisation": {"permitted_questionnaires": []},
        "group": {"questionnaires": [], "name": "Oude naam"},
        "membership": {"state": "ended"},
        "consent": {"purposes": []},
    }[kind]
    for one in KINDS:
        say(house, one)
    say(house, kind)
    source, event_type = TYPES[kind]
    outbox = house.publishers[source].outbox.Outbox
    data = json.loads(outbox.select().where(outbox.type == event_type).order_by(outbox.id.desc()).get().data)

    letter(house, kind, {**data, **old, "version": [1, 1]})

    assert house.states() == ["open"]
    assert Membership.get().is_active
    assert Consent.get().may_ask
    assert Group.get().chosen == Organisation.get().permitted == ["nel_kort"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_letter_is_kept_dead_and_changes_nothing(house, kind):
    for one in KINDS:
        say(house, one)

    letter(house, kind, {"organisation_id": "that is none", "version": [9, 9]})
    letter(house, kind, ["not", "an", "object"])

    assert len(house.dead()) == 2
    assert "that is none" not in str(house.dead())
    assert house.states() == ["open"]
    assert len(house.letters()) == 1


def test_a_letter_of_a_kind_that_nobody_here_hears_is_passed_over(house):
    house.hear_text(
        "meetings", type="nl.houvast.meetings.something_new.v1", subject="thing/1", data=json.dumps({"a": 1})
    )

    house.settle()

    assert house.dead() == []


def test_an_active_member_is_asked_in_each_of_two_groups(house):
    house.asked("nel_kort")
    second = new_id()
    house.group(group_id=second, questionnaires=["nel_kort"])

    house.membership(membership_id=new_id(), group_id=second)

    house.settle()
    assert [name for name, _, _ in house.letters()] == ["measurement_opened"] * 2


def test_a_group_that_chooses_a_list_later_asks_everybody_who_takes_part(house):
    house.organisation(permitted_questionnaires=["even_kijken"])
    house.group(questionnaires=[])
    people = [new_id() for _ in range(5)]
    for person in people:
        house.membership(participant_id=person, membership_id=new_id())
        house.consent(participant_id=person)
    house.settle()

    house.group(questionnaires=["even_kijken"])

    house.settle()
    assert sorted(data["participant_id"] for _, _, data in house.letters()) == sorted(people)


def test_leaving_the_group_takes_the_list_back_and_removes_what_was_answered(house):
    measurement_id = house.asked()
    person = house.person()
    person.choose(person.open(house.link(measurement_id) + "/uitspraken"), 4)

    say(house, "membership", state="ended")

    assert house.states() == ["withdrawn"]
    name, subject_id, data = house.letters()[-1]
    assert (name, subject_id) == ("measurement_expired", measurement_id)
    assert set(data) == {"measurement_id", "participant_id", "organisation_id"}
    assert Answer.select().count() == 0


@pytest.mark.parametrize(
    ("kind", "changed"),
    [("consent", {"purposes": ["reminders"]}), ("organisation", {"permitted_questionnaires": []})],
    ids=str,
)
def test_without_consent_or_permission_any_more_the_list_is_taken_back_once(house, kind, changed):
    house.asked()

    say(house, kind, **changed)
    say(house, kind, **changed)

    assert house.states() == ["withdrawn"]
    assert [name for name, _, _ in house.letters()] == ["measurement_opened", "measurement_expired"]


def test_a_group_that_changes_its_choice_lets_who_was_asked_finish(house):
    house.asked()

    say(house, "group", questionnaires=[])

    assert house.states() == ["open"]


def test_the_end_of_an_earlier_membership_takes_nothing_back_while_a_later_one_runs(house):
    house.asked()
    say(house, "membership", membership_id=new_id())

    say(house, "membership", state="ended")

    assert house.states() == ["open"]


def test_nobody_is_asked_a_second_time_for_the_same_group_and_list(house):
    house.asked()
    say(house, "membership", state="ended")

    say(house, "membership", membership_id=new_id())

    assert house.states() == ["withdrawn"]
    assert [name for name, _, _ in house.letters()] == ["measurement_opened", "measurement_expired"]


def test_a_completed_list_stays_when_somebody_leaves(house):
    measurement_id = house.asked()
    person = house.person()
    page = person.choose(person.open(house.link(measurement_id) + "/uitspraken"), 4)
    person.submit(page, r".*/afronden")

    say(house, "membership", state="ended")

    assert house.states() == ["completed"]
    assert house.given(measurement_id) == {"i01": "4"}


def test_hearing_of_many_people_takes_no_more_questions_to_the_store_than_of_few(house):
    def statements_for(count):
        group_id = new_id()
        house.group(group_id=group_id, questionnaires=[])
        for _ in range(count):
            about = {"participant_id": new_id(), "membership_id": new_id(), "group_id": group_id}
            house.membership(**about)
            house.consent(participant_id=about["participant_id"])
        house.settle()
        house.group(group_id=group_id, questionnaires=[], state="paused")
        return house.counted(house.settle)

    house.organisation(permitted_questionnaires=["even_kijken"])

    few, many = statements_for(2), statements_for(40)

    assert few == many


def test_a_list_is_open_up_to_and_including_its_last_day_in_local_time(house):
    house.clock_at("2027-03-01 09.00")

    measurement_id = house.asked()

    expires_at = Measurement.get_by_id(measurement_id).expires_at
    assert expires_at.isoformat() == "2027-03-29T22:00:00+00:00"
    assert house.letters()[0][2]["expires_at"] == expires_at.isoformat()
