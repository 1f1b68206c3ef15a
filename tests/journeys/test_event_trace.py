"""Gebeurtenissen: the trace of events through the four services, for who is responsible for messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from marshmallow import fields, validate

from deploy.events_page import published_by
from deploy.local.installation import APPLICATIONS
from services.intake import events as intake_events
from services.intake.models import service as intake
from services.meetings import events as meetings_events
from services.meetings.commands import organisations, staff
from services.meetings.models import service as meetings
from services.notifications.models import Message
from services.notifications.models import service as notifications
from services.questionnaires.models import service as questionnaires
from shared import clock
from shared.ids import is_id, new_id
from shared.security.actor import system

pytestmark = pytest.mark.clock

PUBLISHED = [event_type for application in APPLICATIONS for event_type in published_by(application.name)]
SERVICES = {service.name: service for service in (meetings, intake, questionnaires, notifications)}
NAME, MAIL = "Noortje", "noortje@example.org"


class Region:
    """Two organisations in an installation; somebody signed up at the first and has a talk planned."""

    def __init__(self, installation: Any) -> None:
        self.installation = installation
        us = system("installation")
        self.kade = organisations.register_organisation(
            us, name="De Kade", region="Lindeveen", request_id=new_id()
        )
        self.brink = organisations.register_organisation(
            us, name="De Brink", region="Lindeveen", request_id=new_id()
        )
        self.vos = self.colleague("Vos", self.kade, "manager", "coordinator", "intro_worker")
        self.mia = self.colleague("Mia", self.kade, "messenger")
        self.kim = self.colleague("Kim", self.kade, "facilitator", "coordinator", "intro_worker")
        self.bo = self.colleague("Bo", self.brink, "manager", "messenger")
        installation.settle()
        visitor = installation.visitor()
        page = visitor.submit(
            visitor.open("/aanmelden/de-kade"),
            "/aanmelden/de-kade",
            call_name=NAME,
            email=MAIL,
            purposes=["reminders"],
        )
        assert page.status == 200, page.text
        installation.settle()
        self.signed_up = self.last_event("intake", "signup_received")

    def colleague(self, name: str, organisation: str, *roles: str) -> str:
        return staff.register_staff(
            system("installation"),
            organisation_id=organisation,
            name=name,
            email=f"{name.lower()}@example.org",
            roles=roles,
            request_id=new_id(),
        )

    def last_event(self, service: str, name: str) -> Any:
        """The last event of this name."""
        return [event for event in self.installation.events(service) if event.type.split(".")[3] == name][-1]

    def dead_letter(self, name: str, event: Any, text: str) -> None:
        service = SERVICES[name]
        with service.transaction():
            service.inbox.dead_letter(
                event.service, event.id, event.subject, text, "data not understood: ['x']", "unreadable"
            )


def text_of(event: Any) -> str:
    service = SERVICES[event.service]
    return next(entry.text for entry in service.outbox.entries_after(0, 10_000) if entry.id == event.id)


@pytest.fixture
def region(installation: Any) -> Iterator[Region]:
    return Region(installation)


def test_a_manager_sees_the_trace_of_an_event_with_who_handled_it_and_how_fast(region: Region) -> None:
    vos = region.installation.visitor(region.vos)

    page = vos.open(f"/gebeurtenissen/{region.signed_up.id}")

    assert page.status == 200
    assert "Aanmelding ontvangen" in page.text
    assert f"Afkomstig van Kennismaking, nummer {region.signed_up.sequence} " in page.text
    assert re.search(r"Afkomstig van Kennismaking, .* Verwerkt door Groepen na [0-9,]+ (ms|seconden)", page.text)
    assert region.signed_up.data["participant_id"] in page.text


def test_the_list_shows_everything_of_the_own_organisation_and_nothing_of_another(region: Region) -> None:
    vos, bo = region.installation.visitor(region.vos), region.installation.visitor(region.bo)

    ours, theirs = vos.open("/gebeurtenissen"), bo.open("/gebeurtenissen")

    assert region.signed_up.id in ours.html
    assert region.last_event("meetings", "organisation_changed").id not in ours.html  # De Brink's
    assert region.last_event("meetings", "organisation_changed").id in theirs.html
    assert region.signed_up.id not in theirs.html
    assert bo.open(f"/gebeurtenissen/{region.signed_up.id}").status == 404


def test_nothing_of_a_person_is_on_these_pages(region: Region) -> None:
    vos = region.installation.visitor(region.vos)
    events = [event for service in SERVICES for event in region.installation.events(service)]
    shown = [vos.open(f"/gebeurtenissen/{event.id}") for event in events]
    pages = [page.html for page in [vos.open("/gebeurtenissen"), *shown]]

    assert [page.status for page in shown].count(200) > 3
    for page in pages:
        assert NAME not in page
        assert MAIL not in page
    for event in events:
        for sealed in event.data.get("personal", {}).values():
            assert not [page for page in pages if sealed[:20] in page]


def test_that_somebody_was_missed_is_shown_and_not_who(region: Region) -> None:
    ids = {name: new_id() for name in ("meeting_id", "membership_id", "participant_id", "group_id")}
    with meetings.transaction():
        event_id = meetings.publish(
            meetings_events.PARTICIPANT_ABSENT, ids["membership_id"], {**ids, "organisation_id": region.kade}
        )
    region.installation.settle()
    vos = region.installation.visitor(region.vos)

    listed, shown = vos.open("/gebeurtenissen"), vos.open(f"/gebeurtenissen/{event_id}")
    asked = vos.open(f"/gebeurtenissen?over={ids['membership_id']}")

    assert listed.html.count(event_id) > asked.html.count(event_id), "among the failures, not in the list"
    assert ids["meeting_id"] in shown.html
    for page in (listed, shown):
        assert ids["membership_id"] not in page.html
        assert ids["participant_id"] not in page.html


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("soort=signup_received", 1),
        ("soort=signup_received&deel=messages", 0),
        ("deel=introductions", 4),
        ("over={signup}", 1),
        ("over={participant}&soort=consent_changed", 1),
        ("sinds=2999-01-01", 0),
        ("sinds=2020-01-01&soort=signup_received", 1),
    ],
)
def test_the_list_can_be_narrowed(region: Region, query: str, count: int) -> None:
    data = region.signed_up.data
    asked = query.format(signup=data["signup_id"], participant=data["participant_id"])

    page = region.installation.visitor(region.vos).open(f"/gebeurtenissen?{asked}")

    assert page.status == 200
    assert len(set(re.findall(r'href="/gebeurtenissen/([0-9a-f-]{36})"', page.html))) == count


@pytest.mark.parametrize(
    "query", ["over=Noor", "sinds=gisteren", "sinds=0001-01-01", "deel=%2F", "soort=%2F", "voor=x"]
)
def test_a_strange_question_is_answered_with_what_can_be_corrected(region: Region, query: str) -> None:
    page = region.installation.visitor(region.vos).open(f"/gebeurtenissen?{query}")

    assert page.status == 400
    assert "Kijk dit nog even na" in page.text


def test_a_long_list_goes_on_page_after_page_and_misses_nothing(region: Region) -> None:
    signup = region.signed_up.data
    with intake.transaction():
        published = {
            intake.publish(
                intake_events.SIGNUP_CLOSED,
                new_id(),
                {
                    "signup_id": signup["signup_id"],
                    "organisation_id": region.kade if n % 3 else region.brink,
                },
            )
            for n in range(180)
        }
    vos, address, seen = region.installation.visitor(region.vos), "/gebeurtenissen?soort=signup_closed", []
    while address:
        page = vos.open(address)
        seen += re.findall(r'href="/gebeurtenissen/([0-9a-f-]{36})"', page.html)
        onward = re.search(r'href="(/gebeurtenissen\?[^"]*voor=[^"]+)#alle"', page.html)
        address = onward[1].replace("&amp;", "&") if onward else ""

    assert len(seen) == len(set(seen)) == 120
    assert set(seen) < published


def test_who_may_not_look_is_not_shown_the_page(region: Region) -> None:
    kim, mia = region.installation.visitor(region.kim), region.installation.visitor(region.mia)

    assert kim.open("/gebeurtenissen").status == 403
    assert "/gebeurtenissen" not in kim.open("/").html
    assert mia.open("/gebeurtenissen").status == 200
    assert 'href="/gebeurtenissen"' in mia.open("/").html
    assert region.installation.visitor().open("/gebeurtenissen").path.startswith("/inloggen")


def test_every_access_is_logged(region: Region) -> None:
    region.installation.visitor(region.vos).open(f"/gebeurtenissen/{region.signed_up.id}")
    region.installation.visitor(region.vos).open(f"/gebeurtenissen?over={region.signed_up.data['participant_id']}")

    audit_entry = meetings.audit.AuditEntry
    lines = {
        (line.event, line.about_id, line.actor_id, line.organisation_id)
        for line in audit_entry.select().where(audit_entry.about_kind == "events")
    }
    assert lines == {
        ("read", region.signed_up.id, region.vos, region.kade),
        ("read", region.signed_up.data["participant_id"], region.vos, region.kade),
    }


def test_what_an_event_made_is_shown_with_how_it_stands(region: Region) -> None:
    talk = planned_talk(region)
    region.installation.settle()

    page = region.installation.visitor(region.mia).open(f"/gebeurtenissen/{talk.id}")

    made = Message.select().where(Message.caused_by == talk.id)
    assert made.count() > 0
    assert "Uitnodiging om kennis te maken" in page.text
    for message in made:
        assert f"/berichten/{message.id}" in page.html
    assert "Met zijn tweeën" in page.text or "met zijn tweeën" in page.text


def planned_talk(region: Region) -> Any:
    """Have intake publish that a talk was planned."""
    data = region.signed_up.data
    talk_id = new_id()
    payload = {
        **intake_events.INTRO_TALK_SCHEDULED.example,
        "talk_id": talk_id,
        "signup_id": data["signup_id"],
        "participant_id": data["participant_id"],
        "organisation_id": region.kade,
        "host_staff_id": region.kim,
        "on": str(clock.today() + timedelta(days=365)),
    }
    place = {"notifications": {"place": "Geheime Steeg 1"}}
    with intake.transaction():
        intake.publish(intake_events.INTRO_TALK_SCHEDULED, talk_id, payload, place)
    region.installation.settle()
    return region.last_event("intake", "intro_talk_scheduled")


def test_what_was_agreed_in_words_is_not_shown(region: Region) -> None:
    talk = planned_talk(region)

    page = region.installation.visitor(region.vos).open(f"/gebeurtenissen/{talk.id}")

    assert "Geheime Steeg" not in page.html


def test_what_was_published_by_the_same_press_of_a_button_stands_together(region: Region) -> None:
    page = region.installation.visitor(region.vos).open(f"/gebeurtenissen/{region.signed_up.id}")

    assert "Verwante gebeurtenissen" in page.text
    assert region.last_event("intake", "consent_changed").id in page.html


def test_an_event_that_waits_is_shown_with_why(region: Region) -> None:
    event = region.signed_up
    with meetings.transaction():
        meetings.inbox.schedule_retry(event, text_of(event), "the talk is not known yet")

    vos = region.installation.visitor(region.vos)
    listed, trace = vos.open("/gebeurtenissen"), vos.open(f"/gebeurtenissen/{event.id}")

    assert "Groepen: Een gegeven dat hiervoor nodig is, was er nog niet." in listed.text
    assert "Groepen probeert het straks opnieuw" in trace.text


def test_a_dead_letter_is_tried_again_with_a_reason_that_is_kept(region: Region) -> None:
    event = region.signed_up
    region.dead_letter("meetings", event, text_of(event))
    mia = region.installation.visitor(region.mia)
    address = f"/gebeurtenissen/{event.id}"
    page = mia.open(address)
    assert "Groepen kon dit niet verwerken" in page.text

    without = mia.submit(page, f"{address}/opnieuw")
    done = mia.submit(mia.open(address), f"{address}/opnieuw", reden="mended")
    region.installation.settle()

    assert (without.status, "Kies waarom." in without.text) == (400, True)
    assert "Houvast probeert het opnieuw" in done.text
    after = mia.open(address).text
    assert "Verwerkt door Groepen" in after
    assert "de oorzaak is verholpen" in after
    audit_entry = meetings.audit.AuditEntry
    [line] = audit_entry.select().where(audit_entry.about_kind == "dead_letter")
    assert (line.actor_id, line.about_id, line.purpose, line.organisation_id) == (
        region.mia,
        event.id,
        "mended",
        region.kade,
    )


def test_two_who_press_at_once_try_it_once(region: Region) -> None:
    event = region.signed_up
    region.dead_letter("meetings", event, text_of(event))
    address = f"/gebeurtenissen/{event.id}"
    mia, vos = region.installation.visitor(region.mia), region.installation.visitor(region.vos)
    first, second = mia.open(address), vos.open(address)

    mia.submit(first, f"{address}/opnieuw", reden="mended")
    again = mia.submit(first, f"{address}/opnieuw", reden="mended")
    late = vos.submit(second, f"{address}/opnieuw", reden="to_see")

    assert "Houvast probeert het opnieuw" in again.text
    assert "Misschien heeft een collega dit al gedaan" in late.text
    assert meetings.inbox.InboxRetry.select().count() == 1


def test_vandaag_shows_a_dead_letter_until_somebody_replays_it(region: Region) -> None:
    mia, address = region.installation.visitor(region.mia), f"/gebeurtenissen/{region.signed_up.id}"
    assert mia.open("/gebeurtenissen/wacht").status == 204
    region.dead_letter("meetings", region.signed_up, text_of(region.signed_up))

    shown = mia.open("/gebeurtenissen/wacht")
    mia.submit(mia.open(address), f"{address}/opnieuw", reden="mended")

    assert "1 gebeurtenis is niet verwerkt" in shown.text
    assert mia.open("/gebeurtenissen/wacht").status == 204


def test_a_dead_letter_of_another_organisation_is_not_there(region: Region) -> None:
    event = region.signed_up
    region.dead_letter("meetings", event, text_of(event))
    bo = region.installation.visitor(region.bo)
    dead = meetings.inbox.DeadLetter.get()

    assert "Alles is verwerkt" in bo.open("/gebeurtenissen").text
    own = region.last_event("meetings", "organisation_changed")
    region.dead_letter("intake", own, text_of(own))
    page = bo.open(f"/gebeurtenissen/{own.id}")
    page = bo.submit(page, f"/gebeurtenissen/{own.id}/opnieuw", reden="to_see", deel="groups", nummer=str(dead.id))

    assert "Misschien heeft een collega dit al gedaan" in page.text
    assert meetings.inbox.DeadLetter.get_by_id(dead.id).replayed_at is None
    assert intake.inbox.DeadLetter.get().replayed_at is None


def test_an_event_that_nobody_can_read_is_for_the_command_line_only(region: Region) -> None:
    with meetings.transaction():
        meetings.inbox.dead_letter(
            "?", new_id(), "", f'{{"call_name": "{NAME}"', "unreadable: JSONDecodeError", "unreadable"
        )

    assert "Alles is verwerkt" in region.installation.visitor(region.vos).open("/gebeurtenissen").text


def test_an_event_that_was_dropped_since_still_shows_what_failed(region: Region) -> None:
    event = region.signed_up
    region.dead_letter("meetings", event, text_of(event))
    with intake.transaction():
        intake.outbox.Outbox.delete().where(intake.outbox.Outbox.event_id == event.id).execute()

    page = region.installation.visitor(region.vos).open(f"/gebeurtenissen/{event.id}")

    assert page.status == 200
    assert "ouder dan 90 dagen" in page.text
    assert "Groepen kon dit niet verwerken" in page.text


def test_an_event_whose_content_was_erased_is_nobodys_to_see(region: Region) -> None:
    with intake.transaction():
        table = intake.outbox.Outbox
        table.update(data='{"erased": true}').where(table.event_id == region.signed_up.id).execute()

    assert region.installation.visitor(region.vos).open(f"/gebeurtenissen/{region.signed_up.id}").status == 404


def test_the_kinds_to_choose_from_are_all_that_is_published_each_by_a_dutch_name(region: Region) -> None:
    page = region.installation.visitor(region.vos).open("/gebeurtenissen").html
    kinds = re.search(r'(?s)<select[^>]* name="soort".*?</select>', page)
    assert kinds is not None
    names = dict(re.findall(r'<option value="([a-z_]+)"[^>]*>([^<]+)<', kinds[0]))

    assert names.keys() == {event_type.name for event_type in PUBLISHED}
    assert all(re.fullmatch(r"[A-Z][a-z]+[a-z ,:]*", name) for name in names.values()), names
    assert names["measurement_expired"] == "Vragenlijst gesloten"
    assert names["intro_talk_called_off"] == "Kennismaking gaat niet door"
    assert names["consent_changed"] == "Toestemming aangepast"
    assert names["participant_placed"] == "Plek in een groep gegeven"


def test_a_kind_that_is_asked_for_stays_chosen_when_its_service_is_not_asked(region: Region) -> None:
    page = region.installation.visitor(region.vos).open("/gebeurtenissen?soort=signup_received&deel=messages")

    assert re.search(r'<option value="signup_received"[^>]* selected[^>]*>Aanmelding ontvangen<', page.html)


def test_every_word_of_a_fixed_list_has_a_dutch_name_and_no_event_has_one_that_is_gone() -> None:
    path = next(each for each in APPLICATIONS if each.name == "meetings").folder / "data" / "messages.nl.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))

    assert set(words["events"]) <= {kind.name for kind in PUBLISHED}
    assert {kind.subject for kind in PUBLISHED} <= set(words["event_nouns"])
    for kind in PUBLISHED:
        for name, field in kind.schema().fields.items():
            inner = field.inner if isinstance(field, fields.List) else field
            lists = [rule.choices for rule in inner.validators if isinstance(rule, validate.OneOf)]
            if name in kind.hidden_fields:
                continue
            if lists or isinstance(inner, fields.UUID):
                assert name in words["event_facts"], name
            assert {choice for choices in lists for choice in choices} <= set(words["event_words"])


def test_the_reverse_proxy_of_the_installation_gives_no_events_to_anybody(installation: Any) -> None:
    person = installation.visitor()

    for application in APPLICATIONS:
        assert person.client.get(f"/operator/{application.name}/failures").status_code == 404


def test_only_ids_lead_to_what_is_about_them(region: Region) -> None:
    visitor = region.installation.visitor(region.vos)
    event = region.last_event("intake", "consent_changed")

    links = re.findall(r'href="/gebeurtenissen\?over=([^"#]*)', visitor.open(f"/gebeurtenissen/{event.id}").html)
    reachability = region.last_event("notifications", "reachability_changed")
    links += re.findall(r'\?over=([^"#]*)', visitor.open(f"/gebeurtenissen/{reachability.id}").html)

    assert links
    assert [link for link in links if not is_id(link)] == []
