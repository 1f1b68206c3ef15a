"""The call list: who was missed and may be called, closed with one word, put off, or gone by itself."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from services.meetings.commands import attendance
from services.meetings.commands.follow_up_calls import close_call, lapse_calls, postpone_call
from services.meetings.commands.groups import appoint_facilitator, release_facilitator
from services.meetings.models import FollowUpCall, service
from services.meetings.queries.follow_up_calls import count_by_group, list_calls
from services.meetings.queries.today import get_today
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id


@pytest.fixture
def evening(evening: Any) -> Any:
    """The Tuesday group after "Klaar"; three were missed, and Noor and Robin may be called."""
    jip = evening.member(evening.tuesday, "Jip")
    for member in (evening.noor, evening.robin):
        evening.agrees(member, "missed_you_call")
    for member in (evening.noor, evening.robin, jip):
        attendance.record_attendance(
            evening.actor(evening.kim),
            meeting_id=evening.tonight,
            membership_id=member,
            mark="absent",
            request_id=new_id(),
        )
    attendance.close_meeting(evening.actor(evening.kim), meeting_id=evening.tonight, request_id=new_id())
    evening.clock_at("2026-11-25 10.00")
    return evening


def calls(harness: Any, by: str = "") -> dict[str, Any]:
    return {line.call_name: line for line in list_calls(harness.actor(by or harness.kim))}


def close(harness: Any, call_id: str, reason: str = "travel", *, by: str = "") -> str:
    return close_call(harness.actor(by or harness.kim), call_id=call_id, reason=reason, request_id=new_id())


def postpone(harness: Any, call_id: str, until: date, *, by: str = "") -> str:
    return postpone_call(harness.actor(by or harness.kim), call_id=call_id, until=until, request_id=new_id())


def test_only_who_may_be_called_is_on_the_list(evening: Any) -> None:
    assert list(calls(evening)) == ["Noor", "Robin"]


def test_a_call_is_closed_with_one_word_and_the_list_grows_shorter(evening: Any) -> None:
    close(evening, calls(evening)["Noor"].id, "would_not_say")

    assert list(calls(evening)) == ["Robin"]
    row = FollowUpCall.get(FollowUpCall.membership == evening.noor)
    assert (row.state, row.reason, row.closed_by) == ("closed", "would_not_say", evening.kim)


def test_a_colleague_who_calls_too_reads_that_it_was_done(evening: Any) -> None:
    appoint_facilitator(
        evening.actor(evening.vos), group_id=evening.tuesday, staff_id=evening.sam, place="co", request_id=new_id()
    )
    call_id = calls(evening)["Noor"].id
    close(evening, call_id, "travel")

    with pytest.raises(Refusal, match="call_already_done"):
        close(evening, call_id, "forgotten", by=evening.sam)
    assert FollowUpCall.get_by_id(call_id).reason == "travel"


def test_the_same_request_twice_closes_once(evening: Any) -> None:
    call_id, request_id = calls(evening)["Noor"].id, new_id()

    for _ in range(2):
        close_call(evening.actor(evening.kim), call_id=call_id, reason="travel", request_id=request_id)

    table = service.audit.AuditEntry
    assert table.select().where(table.about_id == call_id).count() == 1


def calls_today(evening: Any) -> int:
    return sum(calls.number for calls in get_today(evening.actor(evening.kim)).calls)


def test_a_call_that_was_put_off_comes_back_on_its_day_and_lapses_as_it_would_have(evening: Any) -> None:
    call_id = calls(evening)["Noor"].id
    assert calls_today(evening) == 2

    postpone(evening, call_id, date(2026, 11, 28))
    assert calls(evening)["Noor"].later_on == date(2026, 11, 28)
    assert calls_today(evening) == 1
    evening.clock_at("2026-11-28 09.00")
    assert calls(evening)["Noor"].later_on is None
    assert calls_today(evening) == 2
    evening.clock_at("2026-12-01 20.00")
    lapse_calls()

    assert calls(evening) == {}
    assert {row.state for row in FollowUpCall.select()} == {"lapsed"}


def test_every_day_that_is_offered_may_be_chosen_and_no_other(evening: Any) -> None:
    line = calls(evening)["Noor"]

    assert line.days == tuple(date(2026, 11, 26) + timedelta(days=number) for number in range(6))
    for day in line.days:
        postpone(evening, line.id, day)
    for day, code in ((date(2026, 11, 25), "call_later_not_ahead"), (date(2026, 12, 2), "call_later_too_far")):
        with pytest.raises(Refusal, match=code):
            postpone(evening, line.id, day)


def test_a_call_that_lapsed_while_the_page_was_open_may_still_be_written_down(evening: Any) -> None:
    call_id = calls(evening)["Noor"].id
    evening.clock_at("2026-12-02 09.00")
    lapse_calls()

    close(evening, call_id)

    assert FollowUpCall.get_by_id(call_id).state == "closed"


def test_lapsing_is_quiet(evening: Any) -> None:
    before = len(evening.events())
    evening.clock_at("2026-12-02 09.00")

    assert not lapse_calls()

    assert len(evening.events()) == before


# --- who may ---


def test_only_who_leads_the_group_sees_and_closes_a_call(evening: Any) -> None:
    call_id = calls(evening)["Noor"].id
    stranger = evening.colleague(
        "Bo", "facilitator", "coordinator", organisation=evening.register_organisation("Het Anker")
    )

    for staff_id, why in ((evening.vos, Forbidden), (evening.sam, Forbidden), (stranger, NotFound)):
        assert calls(evening, by=staff_id) == {}
        with pytest.raises(why):
            close(evening, call_id, by=staff_id)
        with pytest.raises(why):
            postpone(evening, call_id, date(2026, 11, 27), by=staff_id)


def test_who_no_longer_leads_the_group_sees_nobody_any_more(evening: Any) -> None:
    release_facilitator(
        evening.actor(evening.vos), group_id=evening.tuesday, staff_id=evening.kim, request_id=new_id()
    )

    assert calls(evening) == {}


def test_a_coordinator_sees_numbers_of_four_weeks_and_never_who(evening: Any) -> None:
    close(evening, calls(evening)["Noor"].id)
    evening.agrees(evening.robin)

    (entry,) = count_by_group(evening.actor(evening.vos))
    page = evening.visitor(evening.vos).open("/bellijst")

    assert (entry.group_name, entry.open, entry.closed, entry.lapsed) == ("Dinsdaggroep", 0, 1, 0)
    assert "Dinsdaggroep 0 1 0" in page.text
    assert not [name for name in ("Noor", "Robin", "Jip", "De reis") if name in page.html]
    assert count_by_group(evening.actor(evening.kim)) == []
    evening.clock_at("2026-12-23 10.00")
    assert count_by_group(evening.actor(evening.vos)) == []


def test_nobody_of_another_organisation_sees_even_a_number(evening: Any) -> None:
    stranger = evening.colleague(
        "Bo", "coordinator", "manager", organisation=evening.register_organisation("Het Anker")
    )

    assert count_by_group(evening.actor(stranger)) == []
    assert evening.visitor(evening.colleague("Do", "manager")).open("/bellijst").status == 403


# --- the page ---


def test_by_page_a_call_is_closed_and_another_put_off(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    noor, robin = calls(evening)["Noor"].id, calls(evening)["Robin"].id
    assert kim.open("/").link("/bellijst")
    assert "2 mensen waren er niet op" in kim.open("/").text
    page = kim.open("/bellijst")
    assert "Was er niet op dinsdag 24 november" in page.text

    page = kim.submit(page, f"/bellijst/{noor}/gebeld", reason="forgotten")
    assert "Fijn dat je belde" in page.text
    page = kim.submit(page, f"/bellijst/{robin}/later", until="2026-11-27")

    assert "Noor" not in page.text
    assert "Je wilt bellen op vrijdag 27 november" in page.text
    assert "Bellen mag" not in kim.open("/").text


def test_what_cannot_be_is_said_on_the_page_in_dutch(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    noor = calls(evening)["Noor"].id
    page = kim.open("/bellijst")

    wrong = kim.submit(page, f"/bellijst/{noor}/gebeld", reason="geen zin")
    past = kim.submit(page, f"/bellijst/{noor}/later", until="2026-11-01")
    none = kim.submit(page, f"/bellijst/{noor}/later")
    kim.submit(page, f"/bellijst/{noor}/gebeld", reason="travel")
    again = kim.submit(page, f"/bellijst/{noor}/gebeld", reason="travel", request_id=new_id())

    assert [entry.status for entry in (wrong, past, none, again)] == [409, 409, 400, 409]
    assert "Kies een van de antwoorden" in wrong.text
    assert "Kies een dag die nog komt" in past.text
    assert "Een collega heeft deze persoon al gebeld" in again.text


def test_an_empty_list_says_so_and_every_look_is_written_down(evening: Any) -> None:
    table = service.audit.AuditEntry
    seen = table.select().where(table.about_kind == "calls", table.event == "read")

    assert "Er is nu niemand om te bellen" in evening.visitor(evening.sam).open("/bellijst").text
    assert seen.count() == 0
    evening.visitor(evening.kim).open("/bellijst")

    assert [line.about_id for line in seen] == [evening.tuesday]


def test_a_call_that_is_none_is_not_found(evening: Any) -> None:
    answer = evening.visitor(evening.kim).tap(f"/bellijst/{new_id()}/gebeld", reason="travel")

    assert answer.status_code == 404
    assert json.loads(answer.data)["detail"].endswith(".")


def test_who_calls_reads_who_can_look_up_a_number(evening: Any) -> None:
    page = evening.visitor(evening.kim).open("/bellijst")

    assert "gebruik het nummer dat je zelf hebt, of vraag het aan Sam of Vos." in page.text
