"""What people chose, and what we know of their addresses, loaded for many at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time

from services.notifications.models import Address, Membership, OptOut, Preference
from services.notifications.rules import timing


@dataclass(frozen=True)
class Preferences:
    """What one person chose. addresses: by (channel, blind index); is_met: takes part, or did."""

    opted_out: frozenset[str] = frozenset()
    channels: tuple[str, ...] | None = None
    quiet: tuple[time, time] = (timing.QUIET_FROM, timing.QUIET_UNTIL)
    paused_until: datetime | None = None
    addresses: dict[tuple[str, str], Address] = field(default_factory=dict)
    is_met: bool = False


NO_PREFERENCES = Preferences()


def load_preferences(people: Collection[str]) -> dict[str, Preferences]:
    """Return the preferences of all these people, in a constant number of queries."""
    ids = list(people)
    if not ids:
        return {}
    stopped: dict[str, set[str]] = {}
    for row in OptOut.select().where(OptOut.participant_id.in_(ids)):
        stopped.setdefault(row.participant_id, set()).add(row.purpose)
    addresses: dict[str, dict[tuple[str, str], Address]] = {}
    for row in Address.select().where(Address.participant_id.in_(ids)).order_by(Address.id):
        addresses.setdefault(row.participant_id, {})[row.channel, row.blind] = row
    chosen = {row.id: row for row in Preference.select().where(Preference.id.in_(ids))}
    taking_part = Membership.select(Membership.participant_id).where(Membership.participant_id.in_(ids))
    met = {row.participant_id for row in taking_part.distinct()}
    return {
        person: _preferences(
            stopped.get(person, set()), chosen.get(person), addresses.get(person, {}), person in met
        )
        for person in ids
    }


def _preferences(
    stopped: set[str], chosen: Preference | None, addresses: dict[tuple[str, str], Address], is_met: bool
) -> Preferences:
    if chosen is None:
        return Preferences(frozenset(stopped), addresses=addresses, is_met=is_met)
    channels = None if chosen.channels is None else tuple(chosen.channels)
    quiet = NO_PREFERENCES.quiet
    if chosen.quiet_from is not None and chosen.quiet_until is not None:
        quiet = chosen.quiet_from, chosen.quiet_until
    return Preferences(frozenset(stopped), channels, quiet, chosen.paused_until, addresses, is_met)
