"""What every service has besides: its access log, what it published lately, and what it handled of others."""

from __future__ import annotations

import json
from typing import Any

from shared.messaging.envelope import EventType
from tests.bench.landscape.plan import Plan
from tests.bench.landscape.store import Store, moment

# In 2008's size: who read what in half a year, and the facts of ninety days with the states before them.
ACCESSES, EVENTS = 30_000, 20_000
AUDIT = (
    "at", "event", "actor_id", "actor_kind", "actor_roles", "organisation_id", "about_kind", "about_id", "purpose",
    "outcome", "network_point",
)  # fmt: skip
OUTBOX = ("event_id", "type", "subject", "time", "data", "is_state", "traceparent", "seq")
INBOX = ("source", "event_id", "type", "subject", "handled_at")
# What is read about people, by the service that logs it.
ABOUT = {
    "meetings": ("group_members", "overview"), "intake": ("signup", "signup"), "notifications": ("message",
    "read"),
    "questionnaires": ("measurement", "counts"),
}  # fmt: skip
# An event as it was published: id, type and subject.
Published = list[tuple[str, str, str]]


def write_accesses(store: Store, plan: Plan, service: str) -> None:
    """Write who read what, the oldest first."""
    kind, purpose = ABOUT[service]
    number = plan.times(ACCESSES)
    for count in range(number):
        staff = plan.staff[count % len(plan.staff)]
        at, group = plan.ago(180 * (1 - count / number)), plan.groups[count % len(plan.groups)]
        about = {"meetings": group.id, "intake": plan.people[count % len(plan.people)].signup_id}
        store.add_row("audit_entry", AUDIT, (
            moment(at), "read", staff.id, "staff", ",".join(sorted(staff.roles)), group.organisation.id, kind,
            about.get(service, group.id), purpose, "done", None,
        ))  # fmt: skip


def write_events(store: Store, plan: Plan, types: tuple[EventType, ...]) -> Published:
    """Write what a service published, the oldest first; each as the example of its type is."""
    published: Published = []
    number = plan.times(EVENTS)
    for count in range(number):
        event_type, person = types[count % len(types)], plan.people[count % len(plan.people)]
        at = plan.ago(89 * (1 - count / number))
        event_id, subject = plan.id(at), f"{event_type.subject}/{plan.id(at)}"
        data: dict[str, Any] = {**event_type.example, "organisation_id": person.organisation.id}
        if event_type.is_state:
            data["version"] = [1, 1]
        row = (event_id, event_type.type, subject, moment(at), json.dumps(data, default=str), event_type.is_state)
        store.add_row("outbox", OUTBOX, (*row, None, count + 1))
        published.append((event_id, event_type.type, subject))
    return published


def write_handled(store: Store, plan: Plan, source: str, published: Published, names: frozenset[str]) -> None:
    """Write that what another service published is handled, and nothing of it waits."""
    handled_at = moment(plan.now)
    for event_id, type_, subject in published:
        if type_ in names:
            store.add_row("inbox", INBOX, (source, event_id, type_, subject, handled_at))
    store.add(
        "inbox_position", source=source, epoch=1, seq=len(published), head_epoch=0, head_seq=0, head_seen_at=None
    )
