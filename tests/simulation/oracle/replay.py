"""Each deed told once more: how the world stands after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from tests.simulation.oracle.world import PAUSE, Contact, Group, Line, Meeting, Stay, World
from tests.simulation.record import Deed, Record

Arrived = Sequence[tuple[datetime, str]]
_BY_MESSAGE = {"reminders", "questionnaires", "missed_you"}
_STOPS = {"stop", "stop!"}


def rebuild(record: Record) -> World:
    """The world of a record."""
    assert record.ended_at is not None, "a month that was not played to its end proves nothing"
    world = World(record.ended_at)
    arrived = [(arrival.at, arrival.to) for arrival in record.arrivals]
    for deed in sorted(record.deeds, key=lambda deed: deed.at):
        # To the second, as the mailbox tells the time.
        deed = replace(deed, at=deed.at.replace(microsecond=0))
        world.deeds[deed.what].append(deed)
        _tell(world, deed, arrived)
    return world


def _tell(world: World, deed: Deed, arrived: Arrived) -> None:
    """Let it have happened; what changes nothing by itself is passed over. arrived: (when, where) of all mail."""
    if deed.what == "talk_held":
        _hold_talk(world, deed, arrived)
    elif deed.what in _TOLD:
        _TOLD[deed.what](world, deed)


def _group(world: World, deed: Deed) -> None:
    world.groups[deed["group"]] = Group(tuple(deed["follows"]), tuple(deed["leaders"]), deed["lists"])


def _staff(world: World, deed: Deed) -> None:
    world.staff[deed["staff"]] = deed["email"]


def _plan(world: World, deed: Deed) -> None:
    line = world.meetings[deed["meeting"]] = Line()
    line.put(
        deed.at,
        Meeting(deed["group"], date.fromisoformat(deed["on"]), time.fromisoformat(deed["clock"]), deed["minutes"]),
    )


def _change(**fixed: Any) -> Callable[[World, Deed], None]:
    def change(world: World, deed: Deed) -> None:
        line = world.meetings[deed["meeting"]]
        line.put(deed.at, replace(line.last(), **fixed))

    return change


def _move(world: World, deed: Deed) -> None:
    line = world.meetings[deed["meeting"]]
    before = line.last()
    on = date.fromisoformat(deed["on"])
    line.put(deed.at, replace(before, on=on, clock=time.fromisoformat(deed["clock"])))
    if on != before.on:
        # Who could not come on that day has said nothing about this one.
        for (meeting, _), off in list(world.called_off.items()):
            if meeting == deed["meeting"] and off.values and off.last():
                off.put(deed.at, False)


def _elsewhere(world: World, deed: Deed) -> None:
    line = world.meetings[deed["meeting"]]
    line.put(deed.at, replace(line.last(), place=line.last().place + 1))


def _close(world: World, deed: Deed) -> None:
    _change(status="held")(world, deed)
    for membership, mark in deed["marks"].items():
        world.marks[deed["meeting"], membership].put(deed.at, mark)


def _take(world: World, deed: Deed) -> None:
    for membership, mark in deed["marks"].items():
        world.taken[deed["meeting"], membership].put(deed.at, mark)


def _mend(world: World, deed: Deed) -> None:
    world.marks[deed["meeting"], deed["membership"]].put(deed.at, deed["mark"])


def _call_off(is_off: bool) -> Callable[[World, Deed], None]:
    def call_off(world: World, deed: Deed) -> None:
        world.called_off[deed["meeting"], deed["membership"]].put(deed.at, is_off)

    return call_off


def _stand_in(does: bool) -> Callable[[World, Deed], None]:
    def stand_in(world: World, deed: Deed) -> None:
        world.stands_in[deed["meeting"], deed["staff"]].put(deed.at, does)

    return stand_in


def _join(world: World, deed: Deed) -> None:
    world.stays[deed["membership"]] = Stay(
        deed["membership"], deed["person"], deed["group"], date.fromisoformat(deed["starts_on"]),
        deed["is_walk_in"], deed.at,
    )  # fmt: skip
    world.met.setdefault(deed["person"], deed.at)


def _leave(world: World, deed: Deed) -> None:
    world.stays[deed["membership"]].until = deed.at


def _come(world: World, deed: Deed) -> None:
    """Somebody new, or somebody who tells anew how to be reached and what they say yes to."""
    line = world.people.setdefault(deed["person"], Line())
    before = line.last() if line.values else Contact()
    fresh = replace(before, email=deed["email"], mobile=deed["mobile"], purposes=frozenset(deed["purposes"]))
    if fresh.given != before.given:
        fresh = replace(fresh, ways=None)
    # A yes that is said after a no weighs more.
    yes = set(deed["purposes"])
    still = {one for one in before.stopped if not (yes & _BY_MESSAGE if one == "all" else one in yes)}
    dead = before.dead & {fresh.email, fresh.mobile}
    line.put(deed.at, replace(fresh, stopped=frozenset(still), dead=frozenset(one for one in dead if one)))
    for way in fresh.given:
        world.first_of.setdefault((deed["person"], way), fresh.address(way) or "")


def _update(world: World, person: str, at: datetime, **fixed: Any) -> None:
    line = world.people[person]
    line.put(at, replace(line.last(), **fixed))


def _stop(world: World, person: str, purpose: str, at: datetime) -> None:
    contact = world.people[person].last()
    left = contact.purposes - ({purpose} if purpose != "all" else contact.purposes)
    _update(world, person, at, stopped=contact.stopped | {purpose}, purposes=left)


def _text(world: World, deed: Deed) -> None:
    """STOP counts for everybody who has this number, and for text messages altogether."""
    if deed["text"].casefold() not in _STOPS:
        return
    for person, line in world.people.items():
        contact = line.last()
        if contact.mobile == deed["number"]:
            _stop(world, person, "all", deed.at)
            ways = contact.given if contact.ways is None else contact.ways
            _update(world, person, deed.at, ways=tuple(way for way in ways if way != "sms"))


def _choose(world: World, deed: Deed) -> None:
    first, until = (time.fromisoformat(one) for one in deed["quiet"])
    _update(world, deed["person"], deed.at, ways=tuple(deed["ways"]), quiet=(first, until))


def _pause(world: World, deed: Deed) -> None:
    until = deed.at + PAUSE if deed["on"] else None
    _update(world, deed["person"], deed.at, paused_until=until)


def _lose(world: World, deed: Deed) -> None:
    world.came_back[deed["message"]] = deed.at


def _bounce(world: World, deed: Deed) -> None:
    _lose(world, deed)
    contact = world.people[deed["person"]].last()
    if deed["address"] in (contact.email, contact.mobile):
        _update(world, deed["person"], deed.at, dead=contact.dead | {deed["address"]})


def _confirm(world: World, deed: Deed) -> None:
    world.confirmed.setdefault((deed["person"], deed["address"]), deed.at)


def _talk(world: World, deed: Deed) -> None:
    line = world.talks.setdefault(deed["talk"], Line())
    line.put(
        deed.at, ("planned", deed["person"], date.fromisoformat(deed["on"]), time.fromisoformat(deed["clock"]))
    )


def _end_talk(state: str) -> Callable[[World, Deed], None]:
    def end(world: World, deed: Deed) -> None:
        line = world.talks[deed["talk"]]
        line.put(deed.at, (state, *line.last()[1:]))

    return end


def _hold_talk(world: World, deed: Deed, arrived: Arrived) -> None:
    """Who came to the talk has the addresses at which they were reached."""
    _end_talk("over")(world, deed)
    person = world.talks[deed["talk"]].last()[1]
    contact = world.people[person].last()
    reached = {to for at, to in arrived if at < deed.at}
    for way in world.ways(person, deed.at):
        if contact.address(way) in reached:
            world.confirmed.setdefault((person, contact.address(way) or ""), deed.at)


def _hold_back(world: World, deed: Deed) -> None:
    world.held_back[deed["message"]] = deed.at


_TOLD: dict[str, Callable[[World, Deed], None]] = {
    "group_founded": _group, "staff_came": _staff, "meeting_planned": _plan, "meeting_moved": _move,
    "meeting_elsewhere": _elsewhere, "meeting_cancelled": _change(status="cancelled"),
    "meeting_reopened": _change(status="planned"), "meeting_closed": _close,
    "meeting_not_held": _change(status="not_held"), "marks_taken": _take, "mark_mended": _mend,
    "called_off": _call_off(True), "came_after_all": _call_off(False),
    "stood_in": _stand_in(True), "stood_down": _stand_in(False),
    "joined": _join, "left": _leave, "person_came": _come, "contact_changed": _come,
    "opted_out": lambda world, deed: _stop(world, deed["person"], deed["purpose"], deed.at), "texted": _text,
    "chose": _choose, "paused": _pause, "bounced": _bounce, "lost_text": _lose, "confirmed": _confirm,
    "talk_planned": _talk, "talk_moved": _talk, "talk_called_off": _end_talk("called_off"),
    "talk_missed": _end_talk("over"), "held_back": _hold_back,
}  # fmt: skip
