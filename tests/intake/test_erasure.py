"""One's own data: to see, to take along and to have taken away; also for whoever asks somebody who works here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from services.intake.commands import erasure, erasure_log, talks
from services.intake.models import ErasureRequest, IntroTalk, Participant, Signup
from services.intake.models import service as intake
from services.intake.queries.erasure import find_erasure
from services.meetings import events as meetings_events
from services.notifications import events as notifications_events
from services.questionnaires import events as questionnaires_events
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.access import Cookies
from shared.security.actor import Actor
from tests.intake.conftest import RawVisitor
from tests.support.service_harness import URL

ANSWERS = (
    meetings_events.ERASURE_COMPLETED,
    questionnaires_events.ERASURE_COMPLETED,
    notifications_events.ERASURE_COMPLETED,
)
HELP = "ik wil weer onder de mensen"


@pytest.fixture
def case(harness: Any) -> Any:
    class Case:
        organisation_id = harness.organisation()
        coordinator = harness.visitor("coordinator", organisation_id=organisation_id)
        manager = harness.visitor("manager", organisation_id=organisation_id)
        signup_id = harness.signed_up(
            organisation_id,
            "Noor",
            email="noor@example.org",
            mobile="+31612345678",
            help_question=HELP,
            purposes=["reminders", "missed_you_call"],
        )
        participant_id = Signup.get_by_id(signup_id).participant_id
        themselves = Actor(participant_id, "participant")

        @property
        def noor(self) -> RawVisitor:
            visitor = harness.visitor()
            token = harness.pass_for(self.themselves)
            visitor.client.set_cookie(Cookies.of(URL).participant, token, domain="127.0.0.1")
            return visitor

        def erase(self) -> None:
            erasure.request_erasure(self.themselves, participant_id=self.participant_id, request_id=new_id())

        def answer(self, *kinds: Any) -> None:
            ids = {"participant_id": self.participant_id, "organisation_id": self.organisation_id}
            for event_type in kinds:
                harness.publish(event_type, self.participant_id, ids)
            harness.consume()

    return Case()


class TestOneself:
    def test_one_sees_everything_that_is_kept_and_that_one_looked_is_written_down(self, case: Any) -> None:
        page = case.noor.open("/mijn/gegevens")

        assert page.status_code == 200
        for word in ("Noor", "noor@example.org", "06 12345678", HELP, "De Kade", "Herinneringen"):
            assert word in page.text
        assert "<li>Bellen na een gemiste keer</li>" in page.text
        assert "Snel weg" in page.text
        assert "<title>Mijn gegevens</title>" in page.text.replace("\n", "").replace("    ", "")
        entry = intake.audit.AuditEntry.select().order_by(intake.audit.AuditEntry.id.desc()).first()
        assert (entry.event, entry.about_id, entry.actor_id) == ("read", case.participant_id, case.participant_id)

    def test_one_takes_it_along_as_a_file_with_who_looked_by_role(self, case: Any) -> None:
        case.coordinator.open(f"/kennismaking/{case.signup_id}")

        answer = case.noor.open("/mijn/gegevens/meenemen")

        data = json.loads(answer.text)
        assert "attachment" in answer.headers["Content-Disposition"]
        assert data["person"]["email"] == "noor@example.org"
        assert data["signups"][0]["help_question"] == HELP
        assert [consent["purpose"] for consent in data["consents"]] == ["missed_you", "reminders", "reminders"]
        assert "coordinator" in [access["who"] for access in data["looked_at_by"]]
        assert "Kim" not in answer.text

    def test_without_a_pass_nothing_is_shown(self, harness: Any, case: Any) -> None:
        for path in ("/mijn/gegevens", "/mijn/gegevens/meenemen", "/mijn/gegevens/weghalen"):
            answer = harness.visitor().open(path)
            assert answer.status_code == 303
            assert "Noor" not in answer.text

    def test_staff_is_no_participant_and_a_participant_no_staff(self, case: Any) -> None:
        assert case.coordinator.open("/mijn/gegevens").status_code == 303
        assert case.noor.open("/kennismaking/gegevens").status_code in (302, 303)

    def test_opening_the_page_that_asks_changes_nothing(self, case: Any) -> None:
        page = case.noor.open("/mijn/gegevens/weghalen")

        assert "Dit kunnen we niet terugdraaien" in page.text
        assert "nog hoogstens 30 dagen" in page.text
        assert Participant.select().count() == 1

    def test_somebody_is_erased_and_sees_how_far_it_is(self, harness: Any, case: Any) -> None:
        noor = case.noor
        sent = noor.send("/mijn/gegevens/weghalen", {})
        under_way = noor.open("/mijn/gegevens").text
        erasure.complete_erasures()
        case.answer(*ANSWERS)
        done = noor.open("/mijn/gegevens").text

        assert sent.status_code == 303
        assert "We halen alles weg" in under_way
        assert "Alles is weg" in done
        assert "Noor" not in under_way + done
        [publish] = harness.events("erasure_requested")
        assert publish.data == {"participant_id": case.participant_id, "organisation_id": case.organisation_id}

    def test_the_form_sent_twice_or_from_a_page_that_stayed_open_is_one_erasure(
        self, harness: Any, case: Any
    ) -> None:
        case.erase()
        again = case.noor.client.get("/mijn/gegevens/weghalen", base_url=URL)

        case.erase()

        assert again.headers["Location"].endswith("/mijn/gegevens")
        assert len(harness.events("erasure_requested")) == 1

    def test_of_somebody_who_was_erased_nothing_can_be_taken_along(self, case: Any) -> None:
        noor = case.noor
        case.erase()

        assert noor.open("/mijn/gegevens/meenemen").status_code == 404


class TestForSomebody:
    def test_one_is_found_by_name_by_address_and_by_number_and_never_in_an_address(self, case: Any) -> None:
        for wanted in ("noor", "NOOR@example.org", "06-12345678", "+31612345678"):
            page = case.manager.send("/kennismaking/gegevens", {"wanted": wanted})
            assert f"/kennismaking/gegevens/{case.participant_id}/weghalen" in page.text, wanted
        assert "kennen niemand" in case.manager.send("/kennismaking/gegevens", {"wanted": "Vos"}).text
        assert case.manager.send("/kennismaking/gegevens", {"wanted": " "}).status_code == 400

    def test_that_somebody_searched_is_written_down_without_what_for(self, case: Any) -> None:
        case.manager.send("/kennismaking/gegevens", {"wanted": "Noor"})

        entry = intake.audit.AuditEntry.select().order_by(intake.audit.AuditEntry.id.desc()).first()
        assert (entry.event, entry.about_kind, entry.about_id) == ("search", "participant", "list")

    @pytest.mark.parametrize("role", ["coordinator", "manager"])
    def test_whoever_may_decide_has_somebody_erased_and_sees_the_answers(self, case: Any, role: str) -> None:
        visitor, path = getattr(case, role), f"/kennismaking/gegevens/{case.participant_id}/weghalen"

        asked = visitor.open(path).text
        sent = visitor.send(path, {})
        page = visitor.open("/kennismaking/gegevens").text

        assert "Alles van Noor weghalen?" in asked
        assert "overleden" in asked
        assert sent.headers["Location"].endswith("/kennismaking/gegevens")
        assert case.participant_id in page
        assert "bezig" in page
        assert "Noor" not in page

    def test_two_who_press_it_one_after_the_other_ask_it_once(self, harness: Any, case: Any) -> None:
        path = f"/kennismaking/gegevens/{case.participant_id}/weghalen"
        case.coordinator.open(path)
        stale = {
            "request_id": new_id(),
            "csrf_token": case.coordinator.open("/kennismaking/gegevens")
            .text.split('name="csrf_token" value="')[1]
            .split('"')[0],
        }
        case.manager.send(path, {})

        answer = case.coordinator.client.post(path, base_url=URL, data=stale)

        assert answer.status_code == 303
        assert len(harness.events("erasure_requested")) == 1

    def test_the_proof_shows_who_answered_when_and_is_done_when_all_have(self, case: Any) -> None:
        case.erase()
        erasure.complete_erasures()
        case.answer(*ANSWERS[:2])
        assert not find_erasure(case.participant_id).is_done

        case.answer(ANSWERS[2], ANSWERS[2])

        assert find_erasure(case.participant_id).is_done
        assert "overal weg" in case.manager.open("/kennismaking/gegevens").text

    def test_in_another_organisation_there_is_nobody_like_that(self, harness: Any, case: Any) -> None:
        other = harness.organisation("Tussenland", "tussenland")
        stranger = harness.visitor("coordinator", "manager", organisation_id=other)
        path = f"/kennismaking/gegevens/{case.participant_id}/weghalen"

        for wanted in ("Noor", "noor@example.org", "06 12345678"):
            assert "kennen niemand" in stranger.send("/kennismaking/gegevens", {"wanted": wanted}).text
        assert stranger.open(path).status_code == 404
        with pytest.raises(NotFound):
            erasure.request_erasure(stranger.actor, participant_id=case.participant_id, request_id=new_id())

    def test_who_gets_to_know_people_may_not_have_them_erased(self, harness: Any, case: Any) -> None:
        worker = harness.visitor("intro_worker", organisation_id=case.organisation_id)

        for role in ("intro_worker", "facilitator", "messenger"):
            visitor = harness.visitor(role, organisation_id=case.organisation_id)
            for path in ("/kennismaking/gegevens", f"/kennismaking/gegevens/{case.participant_id}/weghalen"):
                for method in ("GET", "POST"):
                    assert visitor.client.open(path, method=method, base_url=URL).status_code == 403
        assert "weghalen" not in worker.open(f"/kennismaking/{case.signup_id}").text
        assert "Haal alles van Noor weg" in case.coordinator.open(f"/kennismaking/{case.signup_id}").text


class TestWhatGoes:
    def test_nothing_of_the_person_is_left_and_the_numbers_of_the_year_are(self, harness: Any, case: Any) -> None:
        host = harness.staff(case.organisation_id)
        group_id = harness.group(case.organisation_id)
        harness.membership(case.organisation_id, group_id, participant_id=case.participant_id)
        harness.reachability(case.organisation_id, case.participant_id, ["email"])
        harness.consume()
        talks.schedule_intro_talk(case.coordinator.actor, signup_id=case.signup_id, **harness.agreed(host))

        case.erase()

        for table in erasure.PERSONAL_DATA.tables:
            rows = erasure.PERSONAL_DATA.rows(table, {case.participant_id, case.signup_id})
            assert rows is None or not table.select().where(rows).exists(), table
        assert IntroTalk.select().count() == 0
        [counted] = intake.erasures.ErasedCount.select()
        assert (counted.kind, counted.count) == ("signups", 1)

    def test_somebody_who_shares_the_phone_stays(self, harness: Any, case: Any) -> None:
        harness.signed_up(case.organisation_id, "Jip", mobile="+31612345678")

        case.erase()

        page = case.manager.send("/kennismaking/gegevens", {"wanted": "+31612345678"}).text
        assert "Jip" in page
        assert "Noor" not in page

    def test_what_the_others_say_of_the_person_later_changes_nothing(self, harness: Any, case: Any) -> None:
        group_id = harness.group(case.organisation_id)
        case.erase()

        harness.membership(case.organisation_id, group_id, participant_id=case.participant_id)
        harness.reachability(case.organisation_id, case.participant_id, [])
        harness.consume()

        for table in erasure.PERSONAL_DATA.tables:
            rows = erasure.PERSONAL_DATA.rows(table, {case.participant_id})
            assert rows is None or not table.select().where(rows).exists(), table
        assert harness.dead_letters() == []

    def test_every_event_about_the_person_is_redacted_but_the_one_that_asks(self, harness: Any, case: Any) -> None:
        harness.signed_up(case.organisation_id, "Jip")
        before = harness.events()

        case.erase()

        after = harness.events()
        assert [event.id for event in after][: len(before)] == [event.id for event in before]
        names = {event.type.split(".")[3] for event in after if case.participant_id in json.dumps(event.data)}
        assert names == {"erasure_requested"}
        assert sum(event.is_redacted for event in after) == 4


class TestLedger:
    def test_it_is_written_once_and_holds_opaque_ids_alone(self, case: Any, tmp_path: Path) -> None:
        path = tmp_path / "apart" / "erasures"
        case.erase()

        assert erasure_log.ErasureLogJob(path).step()
        assert not erasure_log.ErasureLogJob(path).step()

        [entry] = path.read_text("ascii").splitlines()
        assert set(json.loads(entry)) == {"participant_id", "organisation_id", "asked_at"}
        assert path.stat().st_mode & 0o777 == 0o600
        assert find_erasure(case.participant_id).logged_at

    def test_a_line_that_was_broken_off_is_ended_and_written_again(self, case: Any, tmp_path: Path) -> None:
        path = tmp_path / "erasures"
        path.write_text('{"participant_id": "01')
        case.erase()

        erasure_log.write_new_entries(path)

        assert [entry.participant_id for entry in erasure_log.read_log(path)] == [case.participant_id]

    def test_a_store_that_is_older_than_the_erasure_log_erases_again_when_work_starts(
        self, harness: Any, case: Any, tmp_path: Path
    ) -> None:
        path = tmp_path / "erasures"
        erasure_log.append(path, [erasure_log.Entry(case.participant_id, case.organisation_id, clock.now())])

        worked = erasure_log.ErasureLogJob(path).step()

        assert worked
        assert Participant.select().count() == 0
        assert len(harness.events("erasure_requested")) == 1
        assert find_erasure(case.participant_id).asked_by == "earlier"

    def test_without_an_erasure_log_nobody_is_shown_to_be_in_it(self, case: Any) -> None:
        case.erase()

        assert not erasure_log.ErasureLogJob(None).step()
        assert ErasureRequest.get().logged_at is None

    def test_an_answer_to_what_we_do_not_remember_makes_us_erase(self, harness: Any, case: Any) -> None:
        case.answer(ANSWERS[0])

        assert Participant.select().count() == 0
        assert find_erasure(case.participant_id).answers["meetings"]
        assert len(harness.events("erasure_requested")) == 1
