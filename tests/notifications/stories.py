"""What neighbours may publish: a story for each type of event, and how it should end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from services.intake import events as intake
from services.meetings import events as meetings
from services.questionnaires import events as questionnaires
from shared.ids import new_id
from shared.messaging.envelope import EventType, declared_in
from tests.notifications.conftest import NotificationsHarness

NOOR = "noor@example.org"
INVITED = (NOOR, "Afspraak op maandag 23 november")
TALK_REMINDED = (NOOR, "Herinnering: afspraak op maandag 23 november")
WELCOMED = (NOOR, "Welkom, fijn dat je komt")
REMINDED = (NOOR, "Tot dinsdag 24 november")
ASKED = (NOOR, "Een paar vragen voor jou")
TALK_WAITS, MEETING_WAITS, MISSED_WAITS = "intro_talk_reminder", "meeting_reminder", "missed_you"


@dataclass(frozen=True)
class Story:
    """What is published at ten in the morning of 16 November.

    about   the event that the story is about
    mails   what arrives at once: (address, subject), in any order
    waits   the types that are planned for later
    """

    about: str
    publish: Callable[[NotificationsHarness], None]
    mails: list[tuple[str, str]]
    waits: list[str]


def _participant(harness: NotificationsHarness) -> None:
    harness.talk(harness.person())


def _contact(harness: NotificationsHarness) -> None:
    harness.talk(harness.person(email=None, mobile="+31612345678"))


def _consent(harness: NotificationsHarness) -> None:
    harness.measurement(harness.person(purposes=("reminders",)))


def _staff(harness: NotificationsHarness) -> None:
    harness.staff(harness.kim, email="kim.nieuw@example.org")
    harness.sign_in()


def _staff_left(harness: NotificationsHarness) -> None:
    harness.staff(harness.kim, is_active=False)
    harness.sign_in()


def _organisation(harness: NotificationsHarness) -> None:
    # The name of the organisation may not be said in what people write; a place is judged by itself.
    harness.talk(harness.person(), place="Herstelhuis, Kade 1")


def _erasure(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.talk(person)
    harness.membership(person, group_id)
    harness.meeting(group_id)
    harness.publish(intake.ERASURE_REQUESTED, person, participant_id=person)


def _group(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group(state="ended")
    harness.membership(person, group_id)


def _membership(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id)
    harness.meeting(group_id)


def _membership_ended(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.meeting(group_id)
    harness.membership(person, group_id, membership_id=harness.membership(person, group_id), state="ended")


def _scheduled(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.meeting(group_id)
    harness.membership(person, group_id)


def _cancelled(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id)
    harness.meeting(group_id, meeting_id=harness.meeting(group_id), state="cancelled")


def _took_place(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id)
    harness.took_place(harness.meeting(group_id), group_id)


def _meeting_moved(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id)
    harness.moved(harness.meeting(group_id, on="2026-11-25"), group_id, on="2026-11-24")


def _participant_informed(harness: NotificationsHarness) -> None:
    talk_id = harness.talk(harness.person(email=None))
    harness.publish(intake.PARTICIPANT_INFORMED, talk_id, talk_id=talk_id, by_staff_id=harness.kim)


def _member_informed(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(email=None), harness.group()
    membership_id = harness.membership(person, group_id, starts_on="2026-09-01")
    meeting_id = harness.meeting(group_id)
    harness.cancelled(meeting_id, group_id)
    about = {"meeting_id": meeting_id, "membership_id": membership_id, "participant_id": person}
    harness.publish(meetings.MEMBER_INFORMED, membership_id, **about, group_id=group_id, by_staff_id=harness.kim)


def _meeting_cancelled(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    harness.membership(person, group_id)
    harness.cancelled(harness.meeting(group_id), group_id)


def _called_off(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    meeting_id = harness.meeting(group_id)
    harness.called_off(person, harness.membership(person, group_id), meeting_id)


def _taken_back(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    meeting_id, membership_id = harness.meeting(group_id), harness.membership(person, group_id)
    harness.called_off(person, membership_id, meeting_id)
    harness.called_off(person, membership_id, meeting_id, state="taken_back")


def _absent(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    membership_id = harness.membership(person, group_id, starts_on="2026-09-01")
    meeting_id = harness.meeting(group_id, on="2026-11-15")
    harness.took_place(meeting_id, group_id, on="2026-11-15")
    harness.absent(person, membership_id, meeting_id)


def _corrected(harness: NotificationsHarness) -> None:
    person, group_id = harness.person(), harness.group()
    membership_id = harness.membership(person, group_id, starts_on="2026-09-01")
    meeting_id = harness.meeting(group_id, on="2026-11-15")
    harness.absent(person, membership_id, meeting_id)
    harness.corrected(person, membership_id, meeting_id)


def _moved(harness: NotificationsHarness) -> None:
    person = harness.person()
    harness.talk_event(intake.INTRO_TALK_MOVED, harness.talk(person, on="2026-11-20"), person, on="2026-11-23")


def _ends_with(event_type: EventType) -> Callable[[NotificationsHarness], None]:
    def publish(harness: NotificationsHarness) -> None:
        person = harness.person()
        harness.talk_event(event_type, harness.talk(person), person)

    return publish


def _opened(harness: NotificationsHarness) -> None:
    harness.measurement(harness.person())


def _closed(event_type: EventType) -> Callable[[NotificationsHarness], None]:
    def publish(harness: NotificationsHarness) -> None:
        person = harness.person()
        measurement_id = harness.measurement(person)
        harness.publish(event_type, measurement_id, measurement_id=measurement_id, participant_id=person)

    return publish


def _sign_in(harness: NotificationsHarness) -> None:
    harness.sign_in()


def _invited(harness: NotificationsHarness) -> None:
    harness.invited(harness.staff(new_id(), name="Bo", email="bo@example.org"))


def _signed_up(harness: NotificationsHarness) -> None:
    harness.signed_up(harness.person())


def _access(harness: NotificationsHarness) -> None:
    harness.access(harness.person())


def _about(noun: str, publisher: ModuleType) -> Iterator[EventType]:
    """Give the events of one subject that are consumed here: what is not excepted below has the same end."""
    for event_type in declared_in(publisher):
        if event_type.subject == noun and "notifications" in event_type.consumers:
            yield event_type


STORIES = [
    Story(intake.PARTICIPANT_CHANGED.type, _participant, [INVITED], [TALK_WAITS]),
    Story(intake.CONTACT_CHANGED.type, _contact, [("+31612345678", "")], [TALK_WAITS]),
    Story(intake.CONSENT_CHANGED.type, _consent, [], []),
    Story(intake.SIGNUP_RECEIVED.type, _signed_up, [(NOOR, "Fijn dat je je hebt gemeld")], []),
    Story(intake.ERASURE_REQUESTED.type, _erasure, [], []),
    Story(intake.INTRO_TALK_SCHEDULED.type, _participant, [INVITED], [TALK_WAITS]),
    Story(intake.INTRO_TALK_MOVED.type, _moved, [INVITED], [TALK_WAITS]),
    *(
        Story(ends_talk.type, _ends_with(ends_talk), [], [])
        for ends_talk in _about("intro_talk", intake)
        if ends_talk.is_state and ends_talk not in (intake.INTRO_TALK_SCHEDULED, intake.INTRO_TALK_MOVED)
    ),
    Story(meetings.STAFF_CHANGED.type, _staff, [("kim.nieuw@example.org", "Je link om in te loggen")], []),
    Story(meetings.STAFF_CHANGED.type, _staff_left, [], []),
    Story(meetings.ORGANISATION_CHANGED.type, _organisation, [], ["intro_talk_invitation", TALK_WAITS]),
    Story(meetings.GROUP_CHANGED.type, _group, [], []),
    Story(meetings.MEMBERSHIP_CHANGED.type, _membership, [WELCOMED], [MEETING_WAITS]),
    Story(meetings.MEMBERSHIP_CHANGED.type, _membership_ended, [], []),
    Story(meetings.MEETING_CHANGED.type, _membership, [WELCOMED], [MEETING_WAITS]),
    Story(meetings.MEETING_CHANGED.type, _cancelled, [WELCOMED], []),
    Story(meetings.MEETING_SCHEDULED.type, _scheduled, [WELCOMED], [MEETING_WAITS]),
    Story(meetings.MEETING_TOOK_PLACE.type, _took_place, [WELCOMED], []),
    Story(meetings.MEETING_MOVED.type, _meeting_moved, [WELCOMED], [MEETING_WAITS]),
    Story(meetings.MEETING_CANCELLED.type, _meeting_cancelled, [WELCOMED], []),
    Story(intake.PARTICIPANT_INFORMED.type, _participant_informed, [], [TALK_WAITS]),
    Story(meetings.MEMBER_INFORMED.type, _member_informed, [], []),
    Story(meetings.CALL_OFF_RECEIVED.type, _called_off, [WELCOMED], []),
    Story(meetings.CALL_OFF_RECEIVED.type, _taken_back, [WELCOMED], [MEETING_WAITS]),
    Story(meetings.PARTICIPANT_ABSENT.type, _absent, [], [MISSED_WAITS]),
    Story(meetings.ATTENDANCE_CORRECTED.type, _corrected, [], []),
    Story(meetings.STAFF_INVITED.type, _invited, [("bo@example.org", "Je bent uitgenodigd om mee te werken")], []),
    Story(meetings.SIGN_IN_REQUESTED.type, _sign_in, [("kim@example.org", "Je link om in te loggen")], []),
    Story(meetings.ACCESS_REQUESTED.type, _access, [(NOOR, "Je code")], []),
    Story(questionnaires.MEASUREMENT_OPENED.type, _opened, [ASKED], []),
    *(
        Story(ends_measurement.type, _closed(ends_measurement), [], [])
        for ends_measurement in _about("measurement", questionnaires)
        if ends_measurement is not questionnaires.MEASUREMENT_OPENED
    ),
]
