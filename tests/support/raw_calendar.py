"""A reader of calendars as bytes (RFC 5545), for the tests alone: it shares nothing with what writes them."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil.tz import tzical

_LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', re.DOTALL)


@dataclass
class Component:
    """One component: its name, its properties (name, parameters, value) in order, and what is in it."""

    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    inside: list[Component] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        (value,) = (value for known, _, value in self.properties if known == name)
        return re.sub(r"\\([\\,;nN])", lambda match: "\n" if match[1] in "nN" else match[1], value)

    def parameters(self, name: str) -> dict[str, str]:
        (given,) = (given for known, given, _ in self.properties if known == name)
        return given

    def names(self) -> list[str]:
        return [name for name, _, _ in self.properties]

    def all(self, name: str) -> list[Component]:
        """The components inside with this name."""
        return [component for component in self.inside if component.name == name]


def read_calendar(raw: bytes) -> Component:
    """Read one calendar. Raises AssertionError for bytes that a calendar program may not take."""
    assert raw.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw), "a line ends with CR and LF"
    for line in raw.split(b"\r\n"):
        assert len(line) <= 75, "RFC 5545, 3.1"
        line.decode("utf-8")  # no sign is cut in two
    text = raw.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode("utf-8")
    outer = Component("")
    open_ones = [outer]
    for line in text.split("\r\n")[:-1]:
        match = _LINE.fullmatch(line)
        assert match is not None, line
        name, value = match[1], match[3]
        if name == "BEGIN":
            open_ones[-1].inside.append(Component(value))
            open_ones.append(open_ones[-1].inside[-1])
        elif name == "END":
            assert open_ones.pop().name == value
        else:
            given = dict(part.split("=", 1) for part in match[2].split(";")[1:])
            open_ones[-1].properties.append((name, given, value))
    (calendar,) = outer.inside
    assert open_ones == [outer]
    assert calendar.name == "VCALENDAR"
    assert calendar.inside, "RFC 5545, 3.6: at least one component"
    return calendar


def zones_of(raw: bytes) -> dict[str, tzinfo]:
    """The zones of a calendar by the rules in the file itself, as dateutil reads them."""
    text = raw.replace(b"\r\n ", b"").decode("utf-8")
    blocks = re.findall(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE", text, re.DOTALL)
    zones: dict[str, tzinfo] = {}
    for block in blocks:
        known = tzical(io.StringIO("\n".join(block.split("\r\n"))))
        zones |= {name: known.get(name) for name in known.keys()}  # noqa: SIM118 - it is no mapping
    return zones


def instant_of(event: Component, zones: dict[str, tzinfo]) -> tuple[datetime, datetime]:
    """When an event begins and ends, in UTC, by the rules in the file itself."""
    zone = zones[event.parameters("DTSTART")["TZID"]]
    begins = datetime.strptime(event["DTSTART"], "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC)
    hours, minutes = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?", event["DURATION"]).groups()  # type: ignore[union-attr]
    return begins, begins + timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
