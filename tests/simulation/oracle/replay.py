"""Each deed told once more: how the world stands after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from tests.simulation.oracle.world import PAUSE, Contact, Group, Meeting, Stay, Timeline, World
from tests.simulation.record import Action, Record

Arrivals = Sequence[tuple[datetime, str]]
_BY_MESSAGE = {"reminders", "questionnaires", "missed_you"}
_STOPS = {"stop", "stop!"}


def rebuild(record: Record) -> World:
    """The world of a record."""
    assert record.ended_at is not None, "a month that was not played to its end proves nothing"
    world = World(record.ended_at)
    arrived = [(arrival.at, arrival.to) for arrival in record.arrivals]
    for action in sorted(record.actions, key=lambda action: action.at):
        # To the second, as the mailbox tells the time.
        action = replace(action, at=action.at.replace(microsecond=0))
        world.actions[action.what].append(action)
        _show_plan(world, action, arrived)
    return world


def _show_plan(world: World, action: Action, arrived: Arrivals) -> None:
    """Let it have happened; what changes nothing by itself is passed over. arrived: (when, where) of all mail."""
    if action.what == "talk_held":
        _hold_talk(world, action, arrived)
    elif action.what in _APPLY:
        _APPLY[action.what](world, action)


def _group(world: World, action: Action) -> None:
    world.groups[action["group"]] = Group(tuple(action["follows"]), tuple(action["leaders"]), action["lists"])


def _staff(world: World, action: Action) -> None:
    world.staff[action["staff"]] = action["email"]


def _plan(world: World, action: Action) -> None:
    line = world.meetings[action["meeting"]] = Timeline()
    line.put(
        action.at,
        Meeting(
            action["group"],
            date.fromisoformat(action["on"]),
            time.fromisoformat(action["clock"]),
            action["minutes"],
        ),
    )


def _change(**fixed: Any) -> Callable[[World, Action], None]:
    def change(world: World, action: Action) -> None:
        line = world.meetings[action["meeting"]]
        line.put(action.at, replace(line.last(), **fixed))

    return change


def _move(world: World, action: Action) -> None:
    line = world.meetings[action["meeting"]]
    before = line.last()
    on = date.fromisoformat(action["on"])
    line.put(action.at, replace(before, on=on, clock=time.fromisoformat(action["clock"])))
    if on != before.on:
        # Who could not come on that day has said nothing about this one.
        for (meeting, _), off in list(world.called_off.items()):
            if meeting == action["meeting"] and off.values and off.last():
                off.put(action.at, False)


def _elsewhere(world: World, action: Action) -> None:
    line = world.meetings[action["meeting"]]
    line.put(action.at, replace(line.last(), place=line.last().place + 1))


def _close(world: World, action: Action) -> None:
    _change(status="held")(world, action)
    for membership, mark in action["marks"].items():
        world.marks[action["meeting"], membership].put(action.at, mark)


def _take(world: World, action: Action) -> None:
    for membership, mark in action["marks"].items():
        world.taken[action["meeting"], membership].put(action.at, mark)


def _correct(world: World, action: Action) -> None:
    world.marks[action["meeting"], action["membership"]].put(action.at, action["mark"])


def _call_off(is_off: bool) -> Callable[[World, Action], None]:
    def call_off(world: World, action: Action) -> None:
        world.called_off[action["meeting"], action["membership"]].put(action.at, is_off)

    return call_off


def _stand_in(does: bool) -> Callable[[World, Action], None]:
    def stand_in(world: World, action: Action) -> None:
        world.stands_in[action["meeting"], action["staff"]].put(action.at, does)

    return stand_in


def _join(world: World, action: Action) -> None:
    world.stays[action["membership"]] = Stay(
        action["membership"], action["person"], action["group"], date.fromisoformat(action["starts_on"]),
        action["is_walk_in"], action.at,
    )  # fmt: skip
    world.met.setdefault(action["person"], action.at)


def _leave(world: World, action: Action) -> None:
    world.stays[action["membership"]].until = action.at


def _come(world: World, action: Action) -> None:
    """Somebody new, or somebody who tells anew how to be reached and what they say yes to."""
    line = world.people.setdefault(action["person"], Timeline())
    before = line.last() if line.values else Contact()
    fresh = replace(before, email=action["email"], mobile=action["mobile"], purposes=frozenset(action["purposes"]))
    if fresh.given != before.given:
        fresh = replace(fresh, channels=None)
    # A yes that is said after a no weighs more.
    yes = set(action["purposes"])
    still = {one for one in before.stopped if not (yes & _BY_MESSAGE if one == "all" else one in yes)}
    dead = before.dead & {fresh.email, fresh.mobile}
    line.put(action.at, replace(fresh, stopped=frozenset(still), dead=frozenset(one for one in dead if one)))
    for channel in fresh.given:
        world.first_of.setdefault((action["person"], channel), fresh.address(channel) or "")


def _update(world: World, person: str, at: datetime, **fixed: Any) -> None:
    line = world.people[person]
    line.put(at, replace(line.last(), **fixed))


def _stop(world: World, person: str, purpose: str, at: datetime) -> None:
    contact = world.people[person].last()
    left = contact.purposes - ({purpose} if purpose != "all" else contact.purposes)
    _update(world, person, at, stopped=contact.stopped | {purpose}, purposes=left)


def _text(world: World, action: Action) -> None:
    """STOP counts for everybody who has this number, and for text messages altogether."""
    if action["text"].casefold() not in _STOPS:
        return
    for person, line in world.people.items():
        contact = line.last()
        if contact.mobile == action["number"]:
            _stop(world, person, "all", action.at)
            channels = contact.given if contact.channels is None else contact.channels
            _update(world, person, action.at, channels=tuple(channel for channel in channels if channel != "sms"))


def _choose(world: World, action: Action) -> None:
    first, until = (time.fromisoformat(one) for one in action["quiet"])
    _update(world, action["person"], action.at, channels=tuple(action["channels"]), quiet=(first, until))


def _pause(world: World, action: Action) -> None:
    until = action.at + PAUSE if action["on"] else None
    _update(world, action["person"], action.at, paused_until=until)


def _lose(world: World, action: Action) -> None:
    world.came_back[action["message"]] = action.at


def _bounce(world: World, action: Action) -> None:
    _lose(world, action)
    contact = world.people[action["person"]].last()
    if action["address"] in (contact.email, contact.mobile):
        _update(world, action["person"], action.at, dead=contact.dead | {action["address"]})


def _confirm(world: World, action: Action) -> None:
    world.confirmed.setdefault((action["person"], action["address"]), action.at)


def _talk(world: World, action: Action) -> None:
    line = world.talks.setdefault(action["talk"], Timeline())
    line.put(
        action.at,
        ("planned", action["person"], date.fromisoformat(action["on"]), time.fromisoformat(action["clock"])),
    )


def _end_talk(state: str) -> Callable[[World, Action], None]:
    def end(world: World, action: Action) -> None:
        line = world.talks[action["talk"]]
        line.put(action.at, (state, *line.last()[1:]))

    return end


def _hold_talk(world: World, action: Action, arrived: Arrivals) -> None:
    """Who came to the talk has the addresses at which they were reached."""
    _end_talk("over")(world, action)
    person = world.talks[action["talk"]].last()[1]
    contact = world.people[person].last()
    reached = {to for at, to in arrived if at < action.at}
    for channel in world.channels(person, action.at):
        if contact.address(channel) in reached:
            world.confirmed.setdefault((person, contact.address(channel) or ""), action.at)


def _hold_back(world: World, action: Action) -> None:
    world.held_back[action["message"]] = action.at


_APPLY: dict[str, Callable[[World, Action], None]] = {
    "group_started": _group, "staff_registered": _staff, "meeting_planned": _plan, "meeting_moved": _move,
    "meeting_elsewhere": _elsewhere, "meeting_cancelled": _change(status="cancelled"),
    "meeting_reopened": _change(status="planned"), "meeting_closed": _close,
    "meeting_not_held": _change(status="not_held"), "marks_taken": _take, "mark_corrected": _correct,
    "called_off": _call_off(True), "call_off_withdrawn": _call_off(False),
    "substitute_appointed": _stand_in(True), "substitute_released": _stand_in(False),
    "joined": _join, "left": _leave, "person_signed_up": _come, "contact_changed": _come,
    "opted_out": lambda world, action: _stop(world, action["person"], action["purpose"], action.at),
    "texted": _text,
    "chose": _choose, "paused": _pause, "bounced": _bounce, "lost_text": _lose, "confirmed": _confirm,
    "talk_planned": _talk, "talk_moved": _talk, "talk_called_off": _end_talk("called_off"),
    "talk_missed": _end_talk("over"), "held_back": _hold_back,
}  # fmt: skip
