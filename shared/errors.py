"""Failures with a name: the request is wrong, the world is wrong for now, or it will never work."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


class HouvastError(Exception):
    """The root of everything we raise on purpose."""


class Refusal(HouvastError):
    """The request is wrong; nothing was written.

    code   a word of the service's data/messages.nl.toml, where its Dutch text stands
    facts  values that the text may name; never personal values
    """

    status = 409

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(Refusal):
    """There is no such thing, or not for this actor: the two look the same from outside."""

    status = 404

    def __init__(self, code: str = "not_found", **facts: object) -> None:
        super().__init__(code, **facts)


def or_not_found(thing: T | None) -> T:
    """Return the thing; raise NotFound when it is None."""
    if thing is None:
        raise NotFound()
    return thing


class Forbidden(Refusal):
    """The actor is known and may not."""

    status = 403

    def __init__(self, code: str = "not_allowed", **facts: object) -> None:
        super().__init__(code, **facts)


class Invalid(Refusal):
    """The shape of the input is wrong; `errors` says per field what to correct (field -> Dutch texts)."""

    status = 400

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("invalid")
        self.errors = errors


class TryLater(HouvastError):
    """The world is wrong for now: the same may work in a while.

    code  a stable word beside the English text, stored with an event that waits
    """

    def __init__(self, text: str, code: str = "too_early") -> None:
        super().__init__(text)
        self.code = code


class GiveUp(HouvastError):
    """It will never work: no retry can fix it.

    code  a stable word beside the English text, stored with a dead letter
    """

    def __init__(self, text: str, code: str = "hopeless") -> None:
        super().__init__(text)
        self.code = code
