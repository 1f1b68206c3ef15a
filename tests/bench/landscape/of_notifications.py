"""What notifications has: its replicas, and a year's messages with the steps and attempts of each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from services.notifications.models import service
from services.notifications.queries.addresses import blind_index
from shared import clock
from tests.bench.landscape.of_meetings import Meetings, channels_of, purposes_of, talk_of
from tests.bench.landscape.plan import MESSAGES, Group, Person, Plan, Staff
from tests.bench.landscape.store import Store, as_json, moment

MEETING = (
    "id", "organisation_id", "group_id", "on", "at", "first_on", "first_at", "zone", "minutes", "state",
    "revision",
    "place_name", "place_address", "substitute_ids",
)  # fmt: skip
MESSAGE = (
    "id", "organisation_id", "message_type", "participant_id", "staff_id", "talk_id", "meeting_id",
    "membership_id", "measurement_id", "sign_in_id", "dedupe", "revision", "change", "old_on", "old_at", "state",
    "reason", "made_at",
    "changed_at", "due_at", "asked_at", "expires_at", "channel", "secret", "composed", "attempt_count",
    "claim_token",
    "claimed_until", "attended_at", "attended_by", "secondary_of", "bundled_into", "personal_note",
    "personal_note_by", "let_through_by", "let_through_reason", "caused_by",
)  # fmt: skip
STEP = ("organisation_id", "message_id", "at", "state", "reason", "actor_id")
ATTEMPT = (
    "organisation_id", "message_id", "number", "channel", "started_at", "handing_over_at", "ended_at", "outcome",
    "reply_code", "provider_id", "address_index",
)  # fmt: skip
US = "system:notifications"
PLANNED_SHARE, REPLIES = 0.4, 300


# What asks for a person, as the other services keep it: id, organisation, message type and what it is about.
Asking = list[tuple[str, str, str, dict[str, str]]]


def write(store: Store, plan: Plan, meetings: Meetings) -> Asking:
    """Write it all; return the messages that ask for a person."""
    asking: Asking = []
    for organisation in plan.organisations:
        store.add(
            "organisation", id=organisation.id, name=organisation.name, sender_name="", telephone="",
            out_of_hours_telephone="", answer_within_days=None,
        )  # fmt: skip
    for staff in plan.staff:
        _write_staff(store, staff)
    for group in plan.groups:
        _write_group(store, group, meetings)
    for person in plan.people + plan.waiting:
        _write_person(store, plan, person)
    for message in _messages(plan, meetings):
        _write_message(store, plan, asking, *message)
    for person in [person for person in plan.people if person.mobile][: plan.times(REPLIES)]:
        _write_reply(store, plan, person)
    return asking


def _write_staff(store: Store, staff: Staff) -> None:
    seal = service.encryption.seal
    store.add(
        "staff", id=staff.id, name=seal(staff.name, "staff.name", staff.id),
        email=seal(staff.email, "staff.email", staff.id), is_active=1,
        organisation_ids=as_json(staff.organisation_ids), group_ids=as_json([group.id for group in staff.leads]),
    )  # fmt: skip


def _write_group(store: Store, group: Group, meetings: Meetings) -> None:
    name, address = group.place
    store.add(
        "support_group", id=group.id, organisation_id=group.organisation.id, name=group.name, state="running",
        place_name=name, place_address=address,
    )  # fmt: skip
    at = group.at.isoformat()
    for meeting_id, on, state in meetings[group.id]:
        row = (
            meeting_id,
            group.organisation.id,
            group.id,
            on,
            at,
            on,
            at,
            clock.ZONE,
            120,
            state,
            1,
            None,
            None,
            "[]",
        )
        store.add_row("meeting", MEETING, row)


def _write_person(store: Store, plan: Plan, person: Person) -> None:
    seal, organisation_id, channels = service.encryption.seal, person.organisation.id, channels_of(person)
    email, mobile = person.email, person.mobile
    store.add(
        "participant", id=person.id, organisation_id=organisation_id,
        call_name=seal(person.call_name, "participant.call_name", person.id), language="nl",
    )  # fmt: skip
    store.add(
        "contact", id=person.id, organisation_id=organisation_id,
        email=email and seal(email, "contact.email", person.id),
        mobile=mobile and seal(mobile, "contact.mobile", person.id), may_leave_message=0, phone_is_shared=0,
        channels=as_json(channels), refused="[]",
    )  # fmt: skip
    for channel, address in (("email", email), ("sms", mobile)):
        if address:
            store.add(
                "address", organisation_id=organisation_id, participant_id=person.id, channel=channel,
                blind=blind_index(channel, address), handled_at=moment(person.received_at), needs_proof=0,
                confirmed_at=None, confirmed_by=None, refused_at=None,
            )  # fmt: skip
    store.add("consent", id=person.id, organisation_id=organisation_id, purposes=as_json(purposes_of(person)))
    reached = as_json({"all": channels, "for_changes": channels})
    store.add("reachability", id=person.id, organisation_id=organisation_id, channels=reached, refused="[]")
    if person.group is not None:
        store.add(
            "membership", id=person.membership_id, organisation_id=organisation_id, participant_id=person.id,
            group_id=person.group.id, state="ended" if person.ended_on else "active",
            starts_on=person.starts_on.isoformat(), revision=1,
        )  # fmt: skip
    if person.talk_id:
        on, at, state, host = talk_of(plan, person)
        store.add(
            "talk", id=person.talk_id, organisation_id=organisation_id, participant_id=person.id,
            host_staff_id=host,
            on=on, at=at, zone=clock.ZONE, minutes=45, form="live_single",
            place=seal("Buurthuis De Brug", "talk.place", person.talk_id), state=state, revision=1,
        )  # fmt: skip


def _messages(plan: Plan, meetings: Meetings) -> Iterator[tuple[Person, str, dict[str, str], str]]:
    """List for whom, which type, what about and the day of it: reminders for the most part."""
    ahead = {key: [row for row in rows if row[2] == "planned"] for key, rows in meetings.items()}
    behind = {key: [row for row in rows if row[2] == "took_place"] for key, rows in meetings.items()}
    members = [person for person in plan.people if person.ended_on is None]
    left = plan.times(MESSAGES)
    for person in plan.people:
        yield person, "welcome", {"membership_id": person.membership_id}, person.starts_on.isoformat()
    for person in plan.people + plan.waiting:
        if person.talk_id:
            yield person, "intro_talk_invitation", {"talk_id": person.talk_id}, talk_of(plan, person)[0]
    left -= len(plan.people) + sum(bool(person.talk_id) for person in plan.people + plan.waiting)
    week = 0
    while left > 0:
        for person in members:
            assert person.group is not None
            source = ahead if left % 10 < PLANNED_SHARE * 10 else behind
            of_group = source[person.group.id]
            if len(of_group) > week:
                meeting = of_group[week if source is ahead else -1 - week]
                about = {"meeting_id": meeting[0], "membership_id": person.membership_id}
                kind = "meeting_reminder" if left % 20 else "missed_you"
                yield person, kind, about, meeting[1]
            left -= 1
            if left <= 0:
                break
        week += 1


def _write_message(
    store: Store, plan: Plan, asking: Asking, person: Person, kind: str, about: dict[str, str], day: str
) -> None:
    days_ago = (plan.today - date.fromisoformat(day)).days
    due = plan.now - timedelta(days=days_ago + 1, minutes=plan.random.randrange(600))
    is_planned = due > plan.now
    channel = (channels_of(person) or ["none"])[0]
    chance = plan.random.random()
    state, reason = ("planned", None) if is_planned else ("accepted", None)
    if not is_planned:
        if channel == "none":
            state, reason = "suppressed", "no_address"
        elif chance < 0.002:
            state, reason = "undelivered", None
        elif chance < 0.006:
            state, reason = "withdrawn", "called_off"
    is_asking = state in ("undelivered",) and days_ago < 40
    made_at = due - timedelta(days=1) if not is_planned else plan.ago(plan.random.uniform(0, 60))
    message_id = plan.id(made_at)
    changed_at = made_at if is_planned else due + timedelta(seconds=2)
    organisation_id, was_sent = person.organisation.id, state in ("accepted", "undelivered")
    if is_asking:
        asking.append((message_id, organisation_id, kind, about))
    composed = service.encryption.seal(
        as_json({"subject": "Morgen", "text": "Tot morgen om half acht." * 8}), "message.composed", message_id
    ) if was_sent else None  # fmt: skip
    dedupe = f"{kind}/{'/'.join(about.values())}/{person.id}"
    store.add_row("message", MESSAGE, (
        message_id, organisation_id, kind, person.id, None, about.get("talk_id"), about.get("meeting_id"),
        about.get("membership_id"), None, None, dedupe, 1, None, None, None, state, reason, moment(made_at),
        moment(changed_at), moment(due) if is_planned else None, moment(changed_at) if is_asking else None,
        moment(due + timedelta(days=1)), None if is_planned else channel, None, composed, 0, None, None, None,
        None,
        None, None, None, None, None, None, None,
    ))  # fmt: skip
    _write_steps(store, organisation_id, message_id, made_at, changed_at, state, reason)
    if was_sent:
        sent_at = moment(changed_at)
        store.add_row("delivery_attempt", ATTEMPT, (
            organisation_id, message_id, 1, channel, sent_at, sent_at, sent_at, "accepted", 250,
            f"<{message_id}@houvast.example>", None,
        ))  # fmt: skip


def _write_steps(store: Store, organisation_id: str, message_id: str, made_at, changed_at, state, reason) -> None:  # type: ignore[no-untyped-def]
    steps = [(made_at, "planned", None)]
    if state in ("accepted", "undelivered"):
        steps += [(changed_at, "claimed", None), (changed_at, "accepted", None)]
    if state not in ("planned", "accepted"):
        steps.append((changed_at, state, reason))
    for at, step, why in steps:
        store.add_row("message_step", STEP, (organisation_id, message_id, moment(at), step, why, US))


def _write_reply(store: Store, plan: Plan, person: Person) -> None:
    seal, reply_id = service.encryption.seal, plan.id(plan.ago(plan.random.uniform(0, 30)))
    seen = (moment(plan.ago(1)), plan.staff[0].id) if person.number % 4 else (None, None)
    store.add(
        "reply", id=reply_id, organisation_id=person.organisation.id, participant_id=person.id, message_id=None,
        sender=seal(person.mobile or "", "reply.sender", reply_id),
        text=seal("Ik kom iets later.", "reply.text", reply_id),
        received_at=moment(plan.ago(plan.random.uniform(0, 30))), fingerprint=service.encryption.index(reply_id,
        "x"),
        seen_at=seen[0], seen_by=seen[1],
    )  # fmt: skip
