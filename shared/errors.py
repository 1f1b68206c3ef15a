"""What fails, fails with a name: the asker is wrong, the world is wrong for now, or it will never work."""

from __future__ import annotations


class HouvastError(Exception):
    """The root of everything we raise on purpose."""


class Refusal(HouvastError):
    """The asker is wrong; nothing was written.

    code  a word of the service's data/messages.nl.toml, where its Dutch sentence stands
    facts values that the sentence may name; never personal values
    """

    status = 409

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class NotFound(Refusal):
    """There is no such thing, or not for this asker: the two look the same from outside."""

    status = 404

    def __init__(self, code: str = "not_found", **facts: object) -> None:
        super().__init__(code, **facts)


class Forbidden(Refusal):
    """The asker is known and may not."""

    status = 403

    def __init__(self, code: str = "not_allowed", **facts: object) -> None:
        super().__init__(code, **facts)


class Invalid(Refusal):
    """The shape of what was asked is wrong; `errors` says per field what to mend (field -> sentences)."""

    status = 400

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__("invalid")
        self.errors = errors


class TryLater(HouvastError):
    """The world is wrong for now: the same asking may work in a while."""


class GiveUp(HouvastError):
    """It will never work: no retry can mend it."""
