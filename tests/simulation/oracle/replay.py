"""Replaying the actions of a record: the state of the world after each of them."""

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
    """Build the world of a record."""
    assert record.ended_at is not None, "a month that was not played to its end proves nothing"
    world = World(record.ended_at)
    arrived = [(arrival.at, arrival.to) for arrival in record.arrivals]
    for action in sorted(record.actions, key=lambda action: action.at):
        # To the second, as the mailbox tells the time.
        action = replace(action, at=action.at.replace(microsecond=0))
        world.actions[action.kind].append(action)
        _show_plan(world, action, arrived)
    return world


def _show_plan(world: World, action: Action, arrived: Arrivals) -> None:
    """Apply one action; what changes nothing by itself is skipped. arrived: (when, where) of all mail."""
    if action.kind == "talk_held":
        _hold_talk(world, action, arrived)
    elif action.kind in _APPLY:
        _APPLY[action.kind](world, action)


def _group(world: World, action: Action) -> None:
    world.groups[action["group"]] = Group(tuple(action["follows"]), tuple(action["leaders"]), action["lists"])


def _staff(world: World, action: Action) -> None:
    world.staff[action["staff"]] = action["email"]


def _plan(world: World, action: Action) -> None:
    timeline = world.meetings[action["meeting"]] = Timeline()
    timeline.put(
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
        timeline = world.meetings[action["meeting"]]
        timeline.put(action.at, replace(timeline.last(), **fixed))

    return change


def _move(world: World, action: Action) -> None:
    timeline = world.meetings[action["meeting"]]
    before = timeline.last()
    on = date.fromisoformat(action["on"])
    timeline.put(action.at, replace(before, on=on, clock=time.fromisoformat(action["clock"])))
    if on != before.on:
        # Who could not come on that day has said nothing about this one.
        for (meeting, _), off in list(world.called_off.items()):
            if meeting == action["meeting"] and off.values and off.last():
                off.put(action.at, False)


def _change_venue(world: World, action: Action) -> None:
    timeline = world.meetings[action["meeting"]]
    timeline.put(action.at, replace(timeline.last(), place=timeline.last().place + 1))


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
        action["membership"],
        action["person"],
        action["group"],
        date.fromisoformat(action["starts_on"]),
        action["is_walk_in"],
        action.at,
    )
    world.met.setdefault(action["person"], action.at)


def _leave(world: World, action: Action) -> None:
    world.stays[action["membership"]].until = action.at


def _come(world: World, action: Action) -> None:
    """Add somebody, or change how they can be reached and what they consent to."""
    timeline = world.people.setdefault(action["person"], Timeline())
    before = timeline.last() if timeline.values else Contact()
    fresh = replace(before, email=action["email"], mobile=action["mobile"], purposes=frozenset(action["purposes"]))
    if fresh.given != before.given:
        fresh = replace(fresh, channels=None)
    # A yes that is said after a no weighs more.
    yes = set(action["purposes"])
    still = {
        purpose for purpose in before.stopped if not (yes & _BY_MESSAGE if purpose == "all" else purpose in yes)
    }
    dead = before.dead & {fresh.email, fresh.mobile}
    timeline.put(
        action.at, replace(fresh, stopped=frozenset(still), dead=frozenset(purpose for purpose in dead if purpose))
    )
    for channel in fresh.given:
        world.first_of.setdefault((action["person"], channel), fresh.address(channel) or "")


def _update(world: World, person: str, at: datetime, **fixed: Any) -> None:
    timeline = world.people[person]
    timeline.put(at, replace(timeline.last(), **fixed))


def _stop(world: World, person: str, purpose: str, at: datetime) -> None:
    contact = world.people[person].last()
    left = contact.purposes - ({purpose} if purpose != "all" else contact.purposes)
    _update(world, person, at, stopped=contact.stopped | {purpose}, purposes=left)


def _text(world: World, action: Action) -> None:
    """Apply STOP to everybody who has this number, and to text messages altogether."""
    if action["text"].casefold() not in _STOPS:
        return
    for person, timeline in world.people.items():
        contact = timeline.last()
        if contact.mobile == action["number"]:
            _stop(world, person, "all", action.at)
            channels = contact.given if contact.channels is None else contact.channels
            _update(world, person, action.at, channels=tuple(channel for channel in channels if channel != "sms"))


def _choose(world: World, action: Action) -> None:
    first, until = (time.fromisoformat(hour) for hour in action["quiet"])
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
    timeline = world.talks.setdefault(action["talk"], Timeline())
    timeline.put(
        action.at,
        ("planned", action["person"], date.fromisoformat(action["on"]), time.fromisoformat(action["clock"])),
    )


def _end_talk(state: str) -> Callable[[World, Action], None]:
    def end(world: World, action: Action) -> None:
        timeline = world.talks[action["talk"]]
        timeline.put(action.at, (state, *timeline.last()[1:]))

    return end


def _hold_talk(world: World, action: Action, arrived: Arrivals) -> None:
    """Confirm the addresses at which whoever came to the talk was reached."""
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
    "meeting_elsewhere": _change_venue, "meeting_cancelled": _change(status="cancelled"),
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
