"""What meetings has: organisations, staff, groups with a year of meetings, who was there, and its replicas."""

from __future__ import annotations

from datetime import timedelta

from services.meetings.models import service
from shared import clock
from tests.bench.landscape.plan import WEEKS_AHEAD, Group, Person, Plan, Staff
from tests.bench.landscape.store import Store, as_json, moment

MEETING = (
    "id", "organisation_id", "group_id", "series_id", "series_on", "kind", "on", "at", "zone", "minutes", "state",
    "next_topic", "headcount_unnamed", "closed_at", "closed_by", "total_members", "total_present",
    "total_excused", "total_absent", "total_not_recorded", "total_unnamed",
)  # fmt: skip
ATTENDANCE = ("organisation_id", "meeting_id", "membership_id", "mark", "marked_by", "marked_at")
MARKS = ("present", "excused", "absent", None)
# How often somebody is there, sends word, stays away, or was not marked; and what becomes of meetings.
OF_MARKS, OF_MEETINGS = (72, 14, 11, 3), (9550, 230, 200, 20)
ENDED = ("took_place", "did_not_take_place", "cancelled", "not_reported")
# What a reader of the other services' rows needs: group -> its meetings (id, day, state).
Meetings = dict[str, list[tuple[str, str, str]]]


def write(store: Store, plan: Plan) -> Meetings:
    """Write it all; return the meetings of each group."""
    for organisation in plan.organisations:
        store.add(
            "organisation", id=organisation.id, name=organisation.name, slug=organisation.slug, region="Lindeveen",
            parent_organisation_id=None, nel_permission_at=moment(plan.ago(790)), profile=as_json({}),
        )  # fmt: skip
    for staff in plan.staff:
        _write_staff(store, staff)
    meetings = {group.id: _write_group(store, plan, group) for group in plan.groups}
    for person in plan.people:
        _write_member(store, person)
    for person in plan.people + plan.waiting:
        _write_person(store, plan, person)
    return meetings


def _write_staff(store: Store, staff: Staff) -> None:
    seal, index = service.encryption.seal, service.encryption.index
    store.add(
        "staff", id=staff.id, name=seal(staff.name, "staff.name", staff.id),
        email=seal(staff.email, "staff.email", staff.id), email_index=index(staff.email, "staff.email"),
        is_active=1, manages_installation=0,
    )  # fmt: skip
    for organisation_id in staff.organisation_ids:
        for role in staff.roles:
            store.add("staff_role", organisation_id=organisation_id, staff_id=staff.id, role=role)


def _write_group(store: Store, plan: Plan, group: Group) -> list[tuple[str, str, str]]:
    organisation_id, (place, address) = group.organisation.id, group.place
    store.add(
        "venue", id=group.venue_id, organisation_id=organisation_id, name=f"{place} {group.name}", address=address,
        area=group.area, features=as_json(["wheelchair"] if int(group.area) % 2 else []),
    )  # fmt: skip
    overrides = {"admission": "rolling", "max_size": group.max_size, "after_absence": ["message", "call"]}
    store.add(
        "peer_group", id=group.id, organisation_id=organisation_id, name=group.name, kind=group.kind,
        overrides=as_json({**overrides, "questionnaires": []}), state="running", venue_id=group.venue_id,
        themes=as_json(group.themes),
    )  # fmt: skip
    for staff, leads in group.leaders:
        store.add(
            "group_facilitator", organisation_id=organisation_id, group_id=group.id, staff_id=staff.id, place=leads
        )
    days = list(plan.meeting_days(group))
    store.add(
        "meeting_series", id=group.series_id, organisation_id=organisation_id, group_id=group.id,
        first_on=days[0].isoformat(), at=group.at.isoformat(), zone=clock.ZONE, minutes=120, every_weeks=1,
        end_on=None, skipped="[]", days=None,
        made_until=(plan.today + timedelta(weeks=WEEKS_AHEAD)).isoformat(),
    )  # fmt: skip
    # One in fifty has nothing planned any more.
    ahead = plan.today if plan.random.random() < 0.02 else days[-1]
    return [_write_meeting(store, plan, group, day) for day in days if day <= ahead]


def _write_meeting(store: Store, plan: Plan, group: Group, day) -> tuple[str, str, str]:  # type: ignore[no-untyped-def]
    at, text = clock.instant(day, group.at), day.isoformat()
    meeting_id = plan.id(at - timedelta(days=80))
    state = "planned" if at > plan.now else plan.random.choices(ENDED, OF_MEETINGS)[0]
    totals: list[object] = [0, None, None, *[None] * 6]
    if state == "took_place":
        closer = group.leaders[0][0].id if group.leaders else "system:meetings"
        counts = _write_attendance(store, plan, group, day, meeting_id, closer)
        totals = [0, moment(at + timedelta(hours=3)), closer, sum(counts), *counts, 0]
    store.add_row(
        "meeting", MEETING,
        (meeting_id, group.organisation.id, group.id, group.series_id, text, "regular", text, group.at.isoformat(),
         clock.ZONE, 120, state, None, *totals),
    )  # fmt: skip
    if state == "cancelled":
        store.add(
            "meeting_change", id=plan.id(at), organisation_id=group.organisation.id, meeting_id=meeting_id,
            kind="cancelled", old_on=None, old_at=None, at=moment(at - timedelta(days=2)), by=plan.staff[0].id,
        )  # fmt: skip
    return meeting_id, text, state


def _write_attendance(store: Store, plan: Plan, group: Group, day, meeting_id: str, by: str) -> list[int]:  # type: ignore[no-untyped-def]
    counts, marked_at = dict.fromkeys(MARKS, 0), moment(clock.instant(day, group.at) + timedelta(minutes=10))
    there = [person for person in group.people if person.belongs_on(day)]
    for person, mark in zip(there, plan.random.choices(MARKS, OF_MARKS, k=len(there)), strict=True):
        counts[mark] += 1
        if mark is not None:
            row = (group.organisation.id, meeting_id, person.membership_id, mark, by, marked_at)
            store.add_row("attendance", ATTENDANCE, row)
        if mark == "absent":
            _write_call(store, plan, person, meeting_id, day, by)
    return list(counts.values())


def _write_call(store: Store, plan: Plan, person: Person, meeting_id: str, day, by: str) -> None:  # type: ignore[no-untyped-def]
    lapses_at = clock.instant(day, person.group.at if person.group else plan.groups[0].at) + timedelta(days=7)
    chance = plan.random.random()
    if chance < 0.5:
        return  # who did not want that
    is_open, is_closed = lapses_at > plan.now, chance < 0.8
    state = "open" if is_open else "closed" if is_closed else "lapsed"
    closed = ("reached", moment(lapses_at - timedelta(days=3)), by) if state == "closed" else (None, None, None)
    store.add(
        "follow_up_call", id=plan.id(lapses_at - timedelta(days=7)), organisation_id=person.organisation.id,
        meeting_id=meeting_id, membership_id=person.membership_id, state=state, later_on=None,
        lapses_at=moment(lapses_at), reason=closed[0], closed_at=closed[1], closed_by=closed[2],
    )  # fmt: skip


def _write_member(store: Store, person: Person) -> None:
    assert person.group is not None
    store.add(
        "membership", id=person.membership_id, organisation_id=person.organisation.id, group_id=person.group.id,
        participant_id=person.id, placement_id=person.placement_id, made_at=moment(person.made_at),
        state="active" if person.ended_on is None else "ended", starts_on=person.starts_on.isoformat(),
        ended_on=person.ended_on and person.ended_on.isoformat(),
        end_reason="stopped" if person.ended_on else None,
    )  # fmt: skip


def _write_person(store: Store, plan: Plan, person: Person) -> None:
    organisation_id = person.organisation.id
    sealed = service.encryption.seal(person.call_name, "participant.call_name", person.id)
    store.add("participant", id=person.id, organisation_id=organisation_id, call_name=sealed, language="nl")
    store.add(
        "reachability",
        participant_id=person.id,
        organisation_id=organisation_id,
        channels=as_json(channels_of(person)),
    )
    store.add("consent", id=person.id, organisation_id=organisation_id, purposes=as_json(purposes_of(person)))
    state = {"placed": "placed", "closed": "closed", "returned": "returned"}.get(person.progress, "waiting")
    store.add(
        "signup", id=person.signup_id, organisation_id=organisation_id, participant_id=person.id, state=state,
        received_at=moment(person.received_at),
    )  # fmt: skip
    if person.talk_id:
        on, at, talk_state, host = talk_of(plan, person)
        store.add(
            "intro_talk", id=person.talk_id, organisation_id=organisation_id, signup_id=person.signup_id,
            state="held" if talk_state == "held" else "planned", host_staff_id=host, on=on, at=at, zone=clock.ZONE,
            minutes=45,
        )  # fmt: skip


def channels_of(person: Person) -> list[str]:
    """Return by which channels somebody can be reached."""
    return [channel for channel, to in (("email", person.email), ("sms", person.mobile)) if to]


def purposes_of(person: Person) -> list[str]:
    """Return what somebody agrees to."""
    return ["reminders", "missed_you", "missed_you_call"] if channels_of(person) else []


def talk_of(plan: Plan, person: Person) -> tuple[str, str, str, str]:
    """Return day, hour, state and host of somebody's talk."""
    host = person.organisation.intro_workers[person.number % len(person.organisation.intro_workers)].id
    days = {"today": 0, "planned": 1 + person.number % 14, "over": -1 - person.number % 5}.get(person.progress)
    on = clock.local(person.received_at).date() if days is None else plan.today + timedelta(days=days)
    at = "23:00:00" if person.progress == "today" else f"{10 + person.number % 8:02d}:00:00"
    return on.isoformat(), at, "held" if days is None else "planned", host
