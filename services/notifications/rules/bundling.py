"""What becomes of a message that another one carries."""

from __future__ import annotations

from enum import StrEnum

from services.notifications.rules.lifecycle import State


class Carried(StrEnum):
    """What follows from the state of the message that carries it."""

    WAITS = "waits"
    NOTIFIED = "notified"
    GOES_ALONE = "goes_alone"


def carried(carrier_state: str | None) -> Carried:
    """Return what follows from the state of the message that carries it.

    None (there is none) and a state in which it waits for something itself carry nothing.
    """
    if carrier_state in (State.DUE, State.CLAIMED):
        return Carried.WAITS
    if carrier_state in (State.ACCEPTED, State.UNKNOWN, State.DELIVERED, State.UNDELIVERED):
        return Carried.NOTIFIED
    return Carried.GOES_ALONE
