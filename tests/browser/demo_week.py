"""An evening of everyday cases in the demo region: somebody was missed, and what comes goes otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import Installation
from services.intake.commands import placements, signups, talks
from services.meetings.commands import attendance, groups, meeting_changes, series, substitutes
from services.meetings.models import Staff, StaffRole, Venue
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import list_meetings
from services.meetings.queries.staff import names_of
from services.notifications.commands.replies import record_reply
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor

GROUP = "Avondkring"
FENNAS_NUMBER = "+31612345679"
BRIGHT, FENNA, KEES, BRAM = "Noor", "Fenna", "Kees", "Bram"


@dataclass(frozen=True)
class DemoWeek:
    """What a test needs to know of it: the group, its meetings in order (the first took place), and some days."""

    installation: Installation
    group_id: str
    meetings: list[str]
    on: date
    moved_on: date


def run_demo_week(installation: Installation) -> DemoWeek:
    """Play a group that met yesterday, with all that a week can bring behind it; it is the morning after.

    Noor has an e-mail address and was there; Fenna only a telephone, and wrote back; Kees nothing; Bram was
    missed, and may be written to and called. Of what comes one is off, one is moved and elsewhere, one is led by
    somebody who stands in.
    """
    inline_worker = InlineWorker(installation)
    try:
        return _run(installation, inline_worker)
    finally:
        inline_worker.close()


def _run(installation: Installation, inline_worker: InlineWorker) -> DemoWeek:
    kim, vos, sam, luca = (_somebody(name) for name in ("Kim", "Vos", "Sam", "Luca"))
    (organisation,) = vos.organisations()
    clock.move_to(clock.instant(clock.today() + timedelta(days=1), time(9)))
    group_id = _group(kim, organisation, sam)
    _members(inline_worker, vos, organisation, group_id)
    meetings = [line.id for line in list_meetings(sam, group_id).coming]
    met_on = list_meetings(sam, group_id).coming[0].on
    clock.move_to(clock.instant(met_on - timedelta(days=1), time(18, 5)))
    inline_worker.settle()
    clock.move_to(clock.instant(met_on, time(20)))
    for line in list_attendance(sam, meetings[0]):
        mark = "absent" if line.call_name == BRAM else "present"
        attendance.record_attendance(
            sam, meeting_id=meetings[0], membership_id=line.membership_id, mark=mark, request_id=new_id()
        )
    attendance.close_meeting(sam, meeting_id=meetings[0], request_id=new_id())
    inline_worker.settle()
    clock.move_to(clock.instant(met_on + timedelta(days=1), time(9, 30)))
    meeting_changes.cancel_meeting(kim, meeting_id=meetings[1], request_id=new_id())
    moved_on = met_on + timedelta(days=15)
    meeting_changes.move_meeting(
        kim,
        meeting_id=meetings[2],
        on=moved_on,
        place=("De Molenzaal", "Molenpad 12, Lindeveen"),
        request_id=new_id(),
    )
    substitutes.appoint_substitute(kim, meeting_id=meetings[3], staff_id=luca.id, request_id=new_id())
    record_reply(FENNAS_NUMBER, "Ik durf niet zo goed.\nMag ik een keer kijken?", clock.now().isoformat(), "")
    inline_worker.settle()
    return DemoWeek(installation, group_id, meetings, met_on, moved_on)


def _group(kim: Actor, organisation: str, sam: Actor) -> str:
    venue = Venue.select().where(Venue.organisation == organisation).get().id
    group_id = groups.start_group(
        kim,
        organisation_id=organisation,
        kind="recovery_workgroup",
        name=GROUP,
        venue_id=venue,
        overrides={"admission": "rolling", "after_absence": ["message", "call"]},
        request_id=new_id(),
    )
    groups.appoint_facilitator(kim, group_id=group_id, staff_id=sam.id, request_id=new_id())
    series.schedule_series(
        kim,
        group_id=group_id,
        first_on=clock.today() + timedelta(days=2),
        at=time(19, 30),
        every_weeks=1,
        minutes=120,
        request_id=new_id(),
    )
    return group_id


def _members(inline_worker: InlineWorker, vos: Actor, organisation: str, group_id: str) -> None:
    planned = []
    for number, (name, address, purposes) in enumerate(
        (
            (BRIGHT, {"email": "noor@example.org"}, ["reminders", "missed_you"]),
            (FENNA, {"mobile": FENNAS_NUMBER}, ["reminders", "missed_you"]),
            (KEES, {}, []),
            (
                BRAM,
                {"email": "bram@example.org", "mobile": "+31612345670"},
                ["reminders", "missed_you", "missed_you_call"],
            ),
        )
    ):
        signup_id = signups.register_signup(
            vos,
            organisation_id=organisation,
            call_name=name,
            purposes=purposes,
            signed_up_by="staff",
            request_id=new_id(),
            **address,  # type: ignore[arg-type]
        )
        talk_id = talks.schedule_intro_talk(
            vos,
            signup_id=signup_id,
            host_staff_id=vos.id,
            on=clock.today(),
            at=time(11, number),
            minutes=45,
            form="live_single",
            place="Buurthuis De Brug",
            request_id=new_id(),
        )
        planned.append((signup_id, talk_id))
    inline_worker.settle()
    clock.move_to(clock.instant(clock.today(), time(13)))
    for signup_id, talk_id in planned:
        talks.complete_intro_talk(vos, talk_id=talk_id, outcome="joins", group_id=group_id, request_id=new_id())
        placements.place_participant(vos, signup_id=signup_id, group_id=group_id, request_id=new_id())
    inline_worker.settle()


def _somebody(name: str) -> Actor:
    staff_id = next(
        known for known, called in names_of(row.id for row in Staff.select()).items() if called == name
    )
    roles: dict[str, set[str]] = {}
    for row in StaffRole.select().where(StaffRole.staff == staff_id):
        roles.setdefault(row.organisation_id, set()).add(row.role)
    return Actor(staff_id, "staff", name, {known: frozenset(held) for known, held in roles.items()})
