"""What happened and what came of it, as plain data: the runner writes it down, the oracle reads nothing else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Action:
    """Something that somebody did, or that happened to them. about: what the oracle has to know of it."""

    at: datetime
    kind: str
    about: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.about[name]


@dataclass(frozen=True)
class Step:
    """One state of a message, from this moment on."""

    at: datetime
    state: str
    reason: str | None


@dataclass(frozen=True)
class MessageHistory:
    """A message and the states that it went through.

    is_secondary  it goes by a second channel, beside another message with the same text
    carrier       the message that includes this one
    """

    id: str
    message_type: str
    made_at: datetime
    steps: tuple[Step, ...]
    person: str | None = None
    staff: str | None = None
    meeting: str | None = None
    membership: str | None = None
    talk: str | None = None
    change: str | None = None
    channel: str | None = None
    is_secondary: bool = False
    carrier: str | None = None

    @property
    def end(self) -> Step:
        """Where it stands now."""
        return self.steps[-1]


@dataclass(frozen=True)
class Arrival:
    """What lay in the mailbox: nothing that was written down by ourselves. number: in the order of arrival."""

    number: int
    message: str
    channel: str
    to: str
    at: datetime
    text: str


@dataclass
class Record:
    """Everything of one month. refused: how often something was, by the code of the refusal."""

    seed: int
    began_at: datetime
    ended_at: datetime | None = None
    actions: list[Action] = field(default_factory=list)
    histories: list[MessageHistory] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(asdict(self), default=str, indent=1), encoding="utf-8")
