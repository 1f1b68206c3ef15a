"""The oracle of a month: silent when all is well, and not when one thing of a good record is broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.simulation.oracle.verdict import judge
from tests.simulation.record import Action, Arrival, MessageHistory, Record, Step

ROOT = Path(__file__).resolve().parents[2]
NOOR, JIP, MEES = "noor", "jip", "mees"  # with e-mail, with a telephone, with neither
ADDRESS = {NOOR: "noor@example.org", JIP: "+31612345678", "sam": "sam@houvast.example"}
REMINDER, CANCELLED, MISSED = "meeting_reminder", "meeting_cancelled", "missed_you"
TO_LEADER = "meeting_change_to_leader"


def at(text: str) -> datetime:
    """'20-10 19.30' on a Dutch clock."""
    here = datetime.strptime(f"2026-{text}", "%Y-%d-%m %H.%M").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
    return here.astimezone(UTC)


class GoodMonth:
    """One group, three people, three meetings: one held, one after the clock change, one off an hour before."""

    def __init__(self) -> None:
        self.record = Record(1, at("19-10 07.00"), at("30-10 08.00"))
        self._begin()
        self._first()
        self._after_the_clock_change()
        self._off()

    def action(self, when: str, kind: str, **about: Any) -> None:
        self.record.actions.append(Action(at(when), kind, about))

    def message(
        self,
        key: str,
        kind: str,
        person: str,
        made: str,
        *steps: tuple[str, str, str | None],
        text: str = "",
        **more: Any,
    ) -> None:
        """Add a message with its steps; one that was accepted lies in the mailbox."""
        history = (Step(at(made), "planned", None), *(Step(at(when), state, why) for when, state, why in steps))
        whose = {"staff": person} if person == "sam" else {"person": person}
        membership = None if person == "sam" else person
        channel = "sms" if person == JIP else "email"
        self.record.histories.append(
            MessageHistory(key, kind, at(made), history, membership=membership, channel=channel, **whose, **more)
        )
        if history[-1].state == "accepted":
            number = len(self.record.arrivals)
            self.record.arrivals.append(Arrival(number, key, channel, ADDRESS[person], history[-1].at, text))

    def _begin(self) -> None:
        self.action("19-10 07.00", "staff_registered", staff="sam", name="Sam", email=ADDRESS["sam"])
        self.action("19-10 07.00", "group_started", group="g", follows=["message"], leaders=["sam"], lists=False)
        for key, on in (("first", "2026-10-20"), ("second", "2026-10-27"), ("third", "2026-10-29")):
            self.action(
                "19-10 07.00", "meeting_planned", meeting=key, group="g", on=on, clock="19:30", minutes=120
            )
        for person in (NOOR, JIP, MEES):
            address = ADDRESS.get(person, "")
            fields = {"email": address if "@" in address else None, "mobile": address if "+" in address else None}
            purposes = [] if person == MEES else ["reminders", "missed_you"]
            self.action("19-10 09.00", "person_signed_up", person=person, name=person, purposes=purposes, **fields)
            confirmed = ("19-10 09.00", *self._went(person))
            self.message(f"confirmation.{person}", "signup_confirmation", person, "19-10 09.00", confirmed)
            joined = {"membership": person, "person": person, "group": "g", "starts_on": "2026-10-20"}
            self.action("19-10 10.00", "joined", is_walk_in=False, **joined)
            end = ("19-10 10.00", *self._went(person))
            self.message(f"welcome.{person}", "welcome", person, "19-10 10.00", end)

    def _went(self, person: str) -> tuple[str, str | None]:
        return ("suppressed", "no_address") if person == MEES else ("accepted", None)

    def _remind(self, meeting: str, when: str, text: str) -> None:
        for person in (NOOR, JIP, MEES):
            self.message(
                f"reminder.{meeting}.{person}",
                REMINDER,
                person,
                "19-10 10.00",
                (when, *self._went(person)),
                meeting=meeting,
                text=text,
            )

    def _first(self) -> None:
        self._remind("first", "19-10 18.00", "dinsdag 20 oktober om 19.30 uur")
        marks = {NOOR: "absent", JIP: "present", MEES: "present"}
        self.action("20-10 21.30", "meeting_closed", meeting="first", marks=marks)
        self.message(
            "missed",
            MISSED,
            NOOR,
            "20-10 21.30",
            ("20-10 21.30", "held", "veto"),
            ("21-10 12.00", "accepted", None),
            meeting="first",
        )

    def _after_the_clock_change(self) -> None:
        self._remind("second", "26-10 18.00", "dinsdag 27 oktober om 19.30 uur")
        marks = dict.fromkeys((NOOR, JIP, MEES), "present")
        self.action("27-10 21.30", "meeting_closed", meeting="second", marks=marks)

    def _off(self) -> None:
        self._remind("third", "28-10 18.00", "donderdag 29 oktober om 19.30 uur")
        self.action("29-10 18.35", "meeting_cancelled", meeting="third", by="sam")
        for person in (NOOR, JIP, MEES):
            self.message(
                f"off.{person}",
                CANCELLED,
                person,
                "29-10 18.35",
                ("29-10 18.35", *self._went(person)),
                meeting="third",
                text="donderdag 29 oktober om 19.30 uur",
            )
        self.message(
            "by_hand",
            "cancellation_in_person",
            "sam",
            "29-10 18.35",
            ("29-10 18.35", "accepted", None),
            meeting="third",
        )
        self.action("29-10 18.36", "unreached_list_read", meeting="third", memberships=[MEES])

    # What can be broken.

    def lose(self, message: str) -> None:
        self.record.arrivals = [arrival for arrival in self.record.arrivals if arrival.message != message]

    def arrives(self, message: str, /, **other: Any) -> None:
        """Change what arrived of this message."""
        self.record.arrivals = [
            replace(arrival, **other) if arrival.message == message else arrival
            for arrival in self.record.arrivals
        ]

    def twice(self, message: str, when: str) -> None:
        """Send the same once more, as another message."""
        history = next(candidate for candidate in self.record.histories if candidate.id == message)
        arrival = next(candidate for candidate in self.record.arrivals if candidate.message == message)
        self.record.histories.append(replace(history, id="again"))
        self.record.arrivals.append(replace(arrival, message="again", at=at(when), number=99))

    def ends(self, message: str, state: str, reason: str | None) -> None:
        self.record.histories = [
            replace(history, steps=(*history.steps[:-1], Step(history.end.at, state, reason)))
            if history.id == message
            else history
            for history in self.record.histories
        ]

    def undo(self, kind: str, **about: Any) -> None:
        self.record.actions = [
            action
            for action in self.record.actions
            if action.kind != kind or any(action.about.get(name) != value for name, value in about.items())
        ]

    def change_person(self, person: str, **fresh: Any) -> None:
        """Change what somebody gave when they signed up."""
        self.record.actions = [
            Action(action.at, action.kind, action.about | fresh)
            if action.kind == "person_signed_up" and action["person"] == person
            else action
            for action in self.record.actions
        ]

    def findings(self) -> list[str]:
        verdict = judge(self.record)
        return [str(finding) for finding in (*verdict.unexplained, *verdict.broken)]


def test_when_all_promises_were_kept_the_oracle_has_nothing_to_say() -> None:
    verdict = judge(GoodMonth().record)

    assert verdict.unexplained == []
    assert verdict.broken == []
    assert sum(verdict.rows.values()) == len(GoodMonth().record.histories)


BREAKS: list[tuple[str, Callable[[GoodMonth], None]]] = [
    ("een herinnering kwam niet", lambda month: month.lose("reminder.first.noor")),
    ("een herinnering kwam niet", lambda month: month.lose("reminder.second.jip")),
    ("zegt hetzelfde nog eens", lambda month: month.twice("reminder.first.noor", "19-10 18.05")),
    ("zegt hetzelfde nog eens", lambda month: month.twice("off.jip", "29-10 18.40")),
    ("ging over een bijeenkomst die niet doorgaat of al was",
     lambda month: month.arrives("reminder.third.noor", at=at("29-10 18.50"))),
    ("ging toen het al begonnen was", lambda month: month.arrives("reminder.first.noor", at=at("20-10 19.45"))),
    ("ging naar iemand die zich had afgemeld",
     lambda month: month.action("19-10 15.00", "called_off", meeting="first", membership=NOOR)),
    ("ging zonder dat het mocht (opted_out)",
     lambda month: month.action("19-10 15.00", "opted_out", person=NOOR, purpose="reminders")),
    ("ging zonder dat het mocht (opted_out)",
     lambda month: month.action("29-10 15.00", "opted_out", person=NOOR, purpose="all")),
    ("ging zonder dat het mocht (no_consent)", lambda month: month.change_person(JIP, purposes=["missed_you"])),
    ("ging vóór het adres bevestigd was",
     lambda month: month.action("25-10 15.00", "contact_changed", person=NOOR, email="anders@example.org",
                              mobile=None, purposes=["reminders", "missed_you"])),
    ("ging naar een verkeerd adres", lambda month: month.arrives("reminder.first.jip", to="+31687654321")),
    ("ging in stille uren", lambda month: month.arrives("reminder.first.noor", at=at("19-10 21.40"))),
    ("ging in stille uren", lambda month: month.arrives("reminder.second.noor", at=at("27-10 07.50"))),
    ("ging in stille uren",
     lambda month: month.action("19-10 15.00", "chose", person=NOOR, channels=["email"],
                                quiet=["18:00", "09:00"])),
    ("ging terwijl iemand even rust wilde",
     lambda month: month.action("19-10 15.00", "paused", person=JIP, on=True)),
    # A clock that was not set back says half past six.
    ("noemt een andere dag of een ander uur",
     lambda month: month.arrives("reminder.second.jip", text="dinsdag 27 oktober om 18.30 uur")),
    ("noemt een andere dag of een ander uur",
     lambda month: month.arrives("off.noor", text="woensdag 28 oktober om 19.30 uur")),
    ("mist iemand die er was", lambda month: month.action(
        "21-10 09.00", "mark_corrected", meeting="first", membership=NOOR, mark="present")),
    ("ging voordat een begeleider kon kijken", lambda month: month.arrives("missed", at=at("21-10 09.00"))),
    ("ging terwijl de begeleider het tegenhield",
     lambda month: month.action("21-10 09.00", "held_back", message="missed")),
    ("mist de regel die een begeleider erbij schreef",
     lambda month: month.action("21-10 09.00", "line_written", message="missed", line="Tot ziens.")),
    ("mist iemand twee keer binnen drie weken", lambda month: month.twice("missed", "28-10 12.00")),
    ("een 'we hebben je gemist' kwam niet", lambda month: month.lose("missed")),
    ("dat het niet doorgaat kwam niet per email", lambda month: month.lose("off.noor")),
    ("dat het niet doorgaat kwam niet per sms", lambda month: month.lose("off.jip")),
    ("stond niet op de lijst van de begeleider", lambda month: month.undo("unreached_list_read")),
    ("een begeleider hoorde niet dat iemand niet te bereiken is", lambda month: month.lose("by_hand")),
    ("een welkom kwam niet", lambda month: month.lose("welcome.noor")),
    ("niemand weet waarom dit bericht er is", lambda month: month.message(
        "stray", "welcome", NOOR, "22-10 10.00", ("22-10 10.00", "accepted", None))),
    ("niemand weet waarom dit bericht er is", lambda month: month.message(
        "stray", "access_code", NOOR, "22-10 10.00", ("22-10 10.00", "accepted", None))),
    ("niemand weet waarom dit bericht zo eindigde",
     lambda month: month.ends("reminder.first.mees", "withdrawn", "called_off")),
    ("niemand weet waarom dit bericht zo eindigde",
     lambda month: month.ends("off.mees", "suppressed", "opted_out")),
    ("niemand weet waarom dit bericht zo eindigde",
     lambda month: month.ends("reminder.second.noor", "expired", "too_late")),
    ("kwam aan, maar staat er niet zo",
     lambda month: month.ends("reminder.second.noor", "expired", "too_late")),
    ("kwam aan en is van niemand", lambda month: month.arrives("missed", message="nobody")),
    ("dat het verplaatst is kwam niet",
     lambda month: month.action("26-10 20.00", "meeting_moved", meeting="second", on="2026-10-28", clock="20:00")),
    ("wie invalt hoorde niet dat het is gevraagd",
     lambda month: month.action("26-10 20.00", "substitute_appointed", meeting="second", staff="sam")),
    ("een begeleider hoorde niet wat een ander veranderde", lambda month: month.action(
        "26-10 20.00", "meeting_moved", meeting="second", on="2026-10-28", clock="20:00", by="kim")),
    ("niemand weet waarom dit bericht er is", lambda month: month.message(
        "to_leader", TO_LEADER, "sam", "29-10 18.35", ("29-10 18.35", "accepted", None), meeting="third",
        change="called_off")),
    ("zegt wie begeleidt van een bijeenkomst wat niet zo is", lambda month: month.message(
        "to_leader", TO_LEADER, "sam", "29-10 18.35", ("29-10 18.35", "accepted", None), meeting="third",
        change="on_again")),
    ("een code kwam niet", lambda month: month.action("26-10 20.00", "asked_code", person=JIP)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "break_it"), BREAKS, ids=[f"{number}: {expected}" for number, (expected, _) in enumerate(BREAKS)]
)
def test_the_oracle_notices_that(expected: str, break_it: Callable[[GoodMonth], None]) -> None:
    month = GoodMonth()

    break_it(month)

    assert any(expected in finding for finding in month.findings()), month.findings()


def test_the_oracle_computes_by_itself_and_uses_no_rule_of_ours() -> None:
    files = list((ROOT / "tests" / "simulation" / "oracle").glob("*.py"))

    ours = re.compile(r"^\s*(from|import) (services|shared)", re.MULTILINE)
    borrowed = [path.name for path in files if ours.search(path.read_text(encoding="utf-8"))]

    assert len(files) > 5
    assert borrowed == []


@pytest.mark.parametrize(("more", "is_too_many"), [(2, False), (3, True)])
def test_five_in_a_week_is_one_too_many_and_four_are_not(more: int, is_too_many: bool) -> None:
    month = GoodMonth()  # a reminder on the 19th, a "we missed you" on the 21st, and now some more

    for number in range(more):
        day, word = 22 + number, ("donderdag", "vrijdag", "zaterdag")[number]
        fields = {
            "meeting": f"more{number}",
            "group": "g",
            "on": f"2026-10-{day}",
            "clock": "19:30",
            "minutes": 60,
        }
        month.action("19-10 07.00", "meeting_planned", **fields)
        month.message(
            f"more{number}",
            REMINDER,
            NOOR,
            "19-10 10.00",
            (f"{day - 1}-10 18.00", "accepted", None),
            meeting=f"more{number}",
            text=f"{word} {day} oktober om 19.30 uur",
        )

    assert any("een te veel in een week" in finding for finding in month.findings()) == is_too_many
