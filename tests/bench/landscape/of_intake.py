"""What intake has: who signed up and how far they are, and its replicas of groups, meetings and staff."""

from __future__ import annotations

from datetime import date, time, timedelta
from zlib import crc32

from services.intake.models import service
from shared import clock
from tests.bench.landscape.of_meetings import Meetings, channels_of, purposes_of, talk_of
from tests.bench.landscape.plan import Group, Person, Plan
from tests.bench.landscape.store import Store, as_json, moment

STATES = {
    "received": "received", "today": "talk_planned", "planned": "talk_planned", "over": "talk_planned",
    "held": "talk_held", "returned": "received", "placed": "placed", "closed": "closed",
}  # fmt: skip
STEPS = {"received": "plan_talk", "held": "place", "returned": "place_again", "placed": "wait_for_group"}
MEETING = ("id", "organisation_id", "group_id", "on", "at", "zone", "state")


def write(store: Store, plan: Plan, meetings: Meetings) -> None:
    """Write it all."""
    for organisation in plan.organisations:
        store.add(
            "organisation",
            id=organisation.id,
            name=organisation.name,
            slug=organisation.slug,
            region="Lindeveen",
            profile=as_json({}),
        )
    for staff in plan.staff:
        name = service.encryption.seal(staff.name, "staff_member.name", staff.id)
        store.add("staff_member", id=staff.id, name=name, is_active=1)
        for organisation_id in staff.organisation_ids:
            for role in staff.roles:
                store.add("staff_grant", organisation_id=organisation_id, staff_id=staff.id, role=role)
    for group in plan.groups:
        _write_group(store, plan, group)
        for meeting_id, on, state in meetings[group.id]:
            row = (meeting_id, group.organisation.id, group.id, on, group.at.isoformat(), clock.ZONE, state)
            store.add_row("meeting", MEETING, row)
    for person in plan.people + plan.waiting:
        _write_person(store, person)
        _write_signup(store, plan, person)
        if person.talk_id:
            _write_talk(store, plan, person)
        if person.placement_id:
            _write_placement(store, plan, person)


def _write_group(store: Store, plan: Plan, group: Group) -> None:
    venue_name, address = group.place
    first_on = next(plan.meeting_days(group))
    store.add(
        "group", id=group.id, organisation_id=group.organisation.id, name=group.name, state="running",
        audience="own", admission="rolling", interval_weeks=None, max_size=group.max_size, identity="call_name",
        language="nl", weekday=group.weekday, at=group.at.isoformat(), first_meeting_on=first_on.isoformat(),
        venue_name=f"{venue_name} {group.name}", venue_address=address, area=group.area,
        features=as_json(["wheelchair"] if int(group.area) % 2 else []), themes=as_json(group.themes),
        facilitator_ids=as_json([staff.id for staff, _ in group.leaders]),
    )  # fmt: skip


def _write_person(store: Store, person: Person) -> None:
    seal, index = service.encryption.seal, service.encryption.index
    organisation_id, email, mobile = person.organisation.id, person.email, person.mobile
    store.add(
        "participant", id=person.id, organisation_id=organisation_id,
        call_name=seal(person.call_name, "participant.call_name", person.id), language="nl",
    )  # fmt: skip
    # Every fiftieth number is that of the one before, who shares a telephone.
    store.add(
        "contact", participant_id=person.id, organisation_id=organisation_id,
        email=email and seal(email, "contact.email", person.id), email_index=email and index(email,
        "contact.email"),
        mobile=mobile and seal(mobile, "contact.mobile", person.id),
        mobile_index=mobile and index(mobile, "contact.mobile"), phone_is_shared=0, may_leave_message=0,
        may_be_texted=1,
    )  # fmt: skip
    store.add(
        "reachability", participant_id=person.id, organisation_id=organisation_id,
        channels=as_json(channels_of(person)), refused="[]",
    )  # fmt: skip
    for purpose in purposes_of(person):
        for channel in ["phone"] if purpose == "missed_you_call" else channels_of(person):
            store.add(
                "consent", id=person_id(person, purpose, channel), organisation_id=organisation_id,
                participant_id=person.id, purpose="missed_you" if purpose == "missed_you_call" else purpose,
                channel=channel, text_version="2", given_at=moment(person.received_at), withdrawn_at=None,
            )  # fmt: skip


def person_id(person: Person, *words: str) -> str:
    """Return an id of something of a person: theirs with other last digits."""
    return person.id[:-8] + f"{crc32(' '.join((person.id, *words)).encode()):08x}"


def _write_signup(store: Store, plan: Plan, person: Person) -> None:
    closed = ("found_elsewhere", moment(plan.ago(1))) if person.progress == "closed" else (None, None)
    number, area = person.number, str(1000 + person.number % 8999)
    step, step_at = _step_of(plan, person)
    words = service.encryption.seal("Mensen die het kennen.", "signup.help_question", person.signup_id)
    store.add(
        "signup", id=person.signup_id, organisation_id=person.organisation.id, participant_id=person.id,
        state=STATES[person.progress], signed_up_by="self" if number % 3 else "staff",
        received_at=moment(person.received_at), help_question=words if number % 2 else None,
        audience="own" if number % 4 else None, days=as_json([number % 7, (number + 2) % 7][: number % 3]),
        parts_of_day=as_json(["evening"] if number % 2 else []),
        area=area[: 2 + number % 3] if number % 5 else None,
        needs="[]", themes="[]", avoided_groups="[]", closed_because=closed[0], closed_at=closed[1],
        step=step, step_at=step_at,
    )  # fmt: skip


def _step_of(plan: Plan, person: Person) -> tuple[str | None, str | None]:
    """Return what somebody waits for, and since when or until when."""
    if person.group is not None or person.progress == "closed":
        return None, None
    if person.progress in STEPS:
        return STEPS[person.progress], moment(person.received_at)
    on, at, _, _ = talk_of(plan, person)
    return "hold_talk", moment(
        clock.instant(date.fromisoformat(on), time.fromisoformat(at)) + timedelta(minutes=45)
    )


def _write_talk(store: Store, plan: Plan, person: Person) -> None:
    on, at, state, host = talk_of(plan, person)
    group = person.group or plan.groups[person.number % len(plan.groups)]
    decided = (
        ("joins", group.id, moment(person.received_at + timedelta(days=3))) if state == "held" else (None,) * 3
    )
    place = service.encryption.seal("Buurthuis De Brug", "intro_talk.place", person.talk_id)
    store.add(
        "intro_talk", id=person.talk_id, organisation_id=person.organisation.id, signup_id=person.signup_id,
        host_staff_id=host, on=on, at=at, zone=clock.ZONE, minutes=45, form="live_single", place=place,
        state=state,
        called_off_by=None, outcome=decided[0], group_id=decided[1], reason=None, helps_instead=None,
        way_back=None,
        second_look=0, decided_at=decided[2],
    )  # fmt: skip


def _write_placement(store: Store, plan: Plan, person: Person) -> None:
    group = person.group or plan.groups[person.number % len(plan.groups)]
    state = "ended" if person.ended_on else "confirmed" if person.group else person.progress
    store.add(
        "placement", id=person.placement_id, organisation_id=person.organisation.id, signup_id=person.signup_id,
        participant_id=person.id, group_id=group.id, starts_on=person.starts_on.isoformat(), state=state,
        placed_at=moment(person.made_at), returned_because="group_full" if state == "returned" else None,
    )  # fmt: skip
    if person.membership_id:
        store.add(
            "membership", id=person.membership_id, organisation_id=person.organisation.id,
            participant_id=person.id,
            group_id=group.id, state="ended" if person.ended_on else "active",
            starts_on=person.starts_on.isoformat(),
        )  # fmt: skip
