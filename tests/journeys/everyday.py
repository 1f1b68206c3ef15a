"""A few weeks of somebody with a group in which everything of the everyday cases happens to them once.

What people type here is used by nobody else, so that it can be searched for. Afterwards each table that may hold
something of somebody holds something of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from services.intake.commands import people, placements, signups
from services.intake.models import Organisation, Placement, Signup
from services.intake.rules.people import CALL
from services.meetings.commands import (
    attendance,
    calendars,
    call_offs,
    deliveries,
    follow_up_calls,
    groups,
    meeting_changes,
    my_page,
    series,
    staff,
    substitutes,
    walk_ins,
)
from services.meetings.models import FollowUpCall, Meeting, Membership, StaffRole
from services.notifications.commands import addresses, missed_you, opt_outs, preferences, receipts, replies
from services.notifications.models import DeliveryAttempt, Message, Reply
from services.notifications.rules.receipts import Report
from services.questionnaires.models import Measurement
from shared import clock
from shared.ids import new_id
from shared.security.actor import PUBLIC, Actor, system
from tests.journeys import canary
from tests.journeys.canary import EMAIL, HELP_QUESTION, MOBILE, NAME
from tests.support.inline_installation import InlineInstallation

# What was typed by or about people who are somebody else than the one of `canary`.
WALK_IN, STRANGER = "Kwartelkoning", "+31698123456"
LATER_EMAIL = "later@regenwulp.example"
ADDED_SENTENCE = "Regenwulp, de soep van Wouwaap staat dinsdag weer klaar"
REPLY, STRANGE_REPLY = "ik durf niet meer door Regenwulp", "is dit het nummer van Grutto"
COLLEAGUE, COLLEAGUE_EMAIL = "Blauwborst", "blauwborst@hop.example"
# Each may stand sealed, and nowhere as it was typed.
PLANTED = (
    *canary.PLAIN,
    WALK_IN,
    "98123456",
    LATER_EMAIL,
    "Wouwaap",
    "Grutto",
    COLLEAGUE,
    COLLEAGUE_EMAIL,
    "hop.example",
)
EVENING = time(19, 30)
_LEFT_TO_A_PERSON = ("intro_talk_invitation", "meeting_moved", "meeting_cancelled")
_RULES = {"admission": "rolling", "max_size": 8, "after_absence": ["message", "call"]}


@dataclass
class EverydayFacts:
    """What the addresses of pages may be filled with, and what opens pages without signing in."""

    participant_id: str
    walk_in_id: str
    ids: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


@dataclass
class _Team:
    organisation: str
    kim: Actor
    vos: Actor
    sam: Actor
    luca: Actor


def run_everyday_weeks(installation: InlineInstallation) -> EverydayFacts:
    """Play it: about five weeks of the people's time."""
    team = _team(installation)
    group_id = _group(team)
    installation.settle()
    signup_id, participant_id, talk_id = _come_in(installation, team, group_id)
    first, second, third, fourth = _meetings(group_id)
    mine = Membership.get(Membership.participant_id == participant_id)
    call_id, message_id = _be_missed(installation, team, first, mine)
    walk_in = _change(installation, team, second, third, mine)
    secret = _see_to_own_things(installation, team, participant_id, signup_id, group_id)
    reply_id = _text_back(team, participant_id)
    _bounce(installation, participant_id)
    _be_informed(installation, team, third, mine)
    return EverydayFacts(
        participant_id,
        walk_in,
        ids={
            "organisation_id": team.organisation,
            "group_id": group_id,
            "meeting_id": fourth.id,
            "membership_id": mine.id,
            "staff_id": team.sam.id,
            "call_id": call_id,
            "signup_id": signup_id,
            "talk_id": talk_id,
            "placement_id": str(Placement.get(Placement.signup == signup_id).id),
            "participant_id": participant_id,
            "message_id": message_id,
            "reply_id": reply_id,
            "first_meeting_id": first.id,
            "cancelled_meeting_id": third.id,
        },
        secrets={"group_calendar": secret},
    )


def _team(installation: InlineInstallation) -> _Team:
    organisation = Organisation.get(Organisation.slug == "de-kade").id
    staff.register_staff(
        system("installation"),
        organisation_id=organisation,
        name=COLLEAGUE,
        email=COLLEAGUE_EMAIL,
        roles=["facilitator"],
        request_id=new_id(),
    )
    installation.settle()

    def code(role: str, order: int = 0) -> Actor:
        rows = StaffRole.select().where(StaffRole.role == role, StaffRole.organisation == organisation)
        return Actor(
            sorted(row.staff_id for row in rows)[order], "staff", grants={organisation: frozenset({role})}
        )

    return _Team(
        organisation, code("coordinator"), code("intro_worker"), code("facilitator"), code("facilitator", 1)
    )


def _group(team: _Team) -> str:
    group_id = groups.start_group(
        team.kim,
        organisation_id=team.organisation,
        kind="recovery_workgroup",
        name="Kring van de Linde",
        overrides=_RULES,
        questionnaires=["nel_kort"],
        request_id=new_id(),
    )
    groups.appoint_facilitator(team.kim, group_id=group_id, staff_id=team.sam.id, request_id=new_id())
    series.schedule_series(
        team.kim,
        group_id=group_id,
        first_on=clock.today() + timedelta(days=4),
        at=EVENING,
        every_weeks=1,
        minutes=120,
        end_on=clock.today() + timedelta(days=60),
        request_id=new_id(),
    )
    return group_id


def _come_in(installation: InlineInstallation, team: _Team, group_id: str) -> tuple[str, str, str]:
    signup_id = signups.register_signup(
        PUBLIC,
        organisation_id=team.organisation,
        call_name=NAME,
        email=EMAIL,
        mobile=MOBILE,
        purposes=["reminders", "questionnaires", "missed_you", CALL],
        help_question=HELP_QUESTION,
        may_leave_message=True,
        network="198.51.100.7",
        request_id=new_id(),
    )
    installation.settle()
    participant_id = str(Signup.get_by_id(signup_id).participant_id)
    talk_id = canary.talk(installation, team.vos, signup_id, group_id)
    placements.place_participant(team.vos, signup_id=signup_id, group_id=group_id, request_id=new_id())
    installation.settle()
    canary.fill_in(participant_id)
    return signup_id, participant_id, talk_id


def _meetings(group_id: str) -> list[Meeting]:
    coming = Meeting.select().where(Meeting.group == group_id, Meeting.on > clock.today())
    return list(coming.order_by(Meeting.on).limit(4))


def _be_missed(
    installation: InlineInstallation, team: _Team, meeting: Meeting, mine: Membership
) -> tuple[str, str]:
    """Called off by the link and taken back, missed all the same; a line goes along, and somebody rings."""
    _go_to(installation, meeting.on - timedelta(days=1), time(20, 0))
    by_link = Actor(f"link:{meeting.id}.{mine.id}", "link")
    theirs = {"meeting_id": meeting.id, "membership_id": mine.id}
    call_offs.call_off(by_link, **theirs, request_id=new_id())
    installation.settle()
    call_offs.take_back_call_off(by_link, **theirs, request_id=new_id())
    _go_to(installation, meeting.on, time(21, 20))
    attendance.record_attendance(team.sam, **theirs, mark="absent", request_id=new_id())
    attendance.close_meeting(team.sam, meeting_id=meeting.id, request_id=new_id())
    installation.settle()
    message = Message.get(Message.message_type == "missed_you", Message.participant_id == mine.participant_id)
    missed_you.write_personal_note(
        team.sam, message_id=message.id, personal_note=ADDED_SENTENCE, request_id=new_id()
    )
    _go_to(installation, meeting.on + timedelta(days=1), time(12, 5))
    assert Message.get_by_id(message.id).state in ("accepted", "delivered")
    call = FollowUpCall.get(FollowUpCall.membership == mine.id)
    follow_up_calls.close_call(team.sam, call_id=call.id, reason="circumstances", request_id=new_id())
    attendance.record_attendance(team.sam, **theirs, mark="excused", request_id=new_id())
    attendance.record_attendance(team.sam, **theirs, mark="absent", request_id=new_id())
    installation.settle()
    return call.id, message.id


def _change(
    installation: InlineInstallation, team: _Team, moved: Meeting, cancelled: Meeting, mine: Membership
) -> str:
    """Move one to another place, led by a colleague, where somebody walks in; cancel another one."""
    _go_to(installation, moved.on - timedelta(days=2), time(10, 0))
    meeting_changes.move_meeting(
        team.kim,
        meeting_id=moved.id,
        at=time(20, 0),
        place=("De Molenzaal", "Molenpad 12, Lindeveen"),
        request_id=new_id(),
    )
    substitutes.appoint_substitute(team.kim, meeting_id=moved.id, staff_id=team.luca.id, request_id=new_id())
    _go_to(installation, moved.on, time(20, 10))
    walk_ins.register_walk_in(team.luca, meeting_id=moved.id, call_name=WALK_IN, request_id=new_id())
    attendance.record_attendance(
        team.luca, meeting_id=moved.id, membership_id=mine.id, mark="present", request_id=new_id()
    )
    attendance.close_meeting(team.luca, meeting_id=moved.id, request_id=new_id())
    _go_to(installation, cancelled.on, time(18, 30))
    meeting_changes.cancel_meeting(team.sam, meeting_id=cancelled.id, request_id=new_id())
    installation.settle()
    newest = Membership.select().where(Membership.group == moved.group_id).order_by(Membership.id.desc())
    return str(newest.first().participant_id)


def _see_to_own_things(
    installation: InlineInstallation, team: _Team, person: str, signup_id: str, group_id: str
) -> str:
    """Ask a code, a calendar, other preferences, another address, and opt out of one kind of message."""
    link = "a link to their own page"
    my_page.request_access(Actor(f"link:{person}", "link"), participant_id=person, token=link, request_id=new_id())
    installation.settle()
    assert (
        my_page.use_code(person, newest_code(installation), token=link, request_id=new_id()) is my_page.Access.OPEN
    )
    # One more, that is still open.
    my_page.request_access(Actor(f"link:{person}", "link"), participant_id=person, token=link, request_id=new_id())
    me, secret = Actor(person, "participant"), "g" * 43
    calendars.open_my_calendar(me, secret="m" * 43, request_id=new_id())
    calendars.open_group_calendar(team.sam, group_id=group_id, secret=secret, request_id=new_id())
    preferences.choose_channels(
        me, participant_id=person, channels=["sms", "email"], quiet=(time(20, 0), time(9, 0)), request_id=new_id()
    )
    opt_outs.stop(me, participant_id=person, purpose="questionnaires", by="page", request_id=new_id())
    people.change_contact(
        team.vos,
        signup_id=signup_id,
        call_name=NAME,
        email=LATER_EMAIL,
        mobile=MOBILE,
        purposes=["reminders", "missed_you", CALL],
        request_id=new_id(),
    )
    _go_to(installation, clock.today() + timedelta(days=1), time(11, 0))
    addresses.confirm(
        Actor(f"link:{person}.sms", "link"), participant_id=person, channel="sms", blind="", request_id=new_id()
    )
    return secret


def _text_back(team: _Team, person: str) -> str:
    about = Message.select().where(Message.participant_id == person, Message.channel == "sms").first()
    receipts.record_receipt(about.id, "sms", "delivered", "2/")
    replies.record_reply(MOBILE, REPLY, "2026-01-01T10:00:00", about.id)
    replies.record_reply(STRANGER, STRANGE_REPLY, "2026-01-01T10:00:00", "")
    mine = Reply.get(Reply.participant_id == person)
    replies.mark_seen(team.sam, reply_id=mine.id, request_id=new_id())
    return str(mine.id)


def _bounce(installation: InlineInstallation, person: str) -> None:
    """The last mail comes back, as do those about the talk and changes, which somebody then tells."""
    mailed = DeliveryAttempt.select(DeliveryAttempt.message_id).where(DeliveryAttempt.channel == "email")
    mails = Message.select().where(Message.participant_id == person, Message.id.in_(mailed))
    last = mails.order_by(Message.changed_at.desc()).first()
    for mail in {last, *mails.where(Message.message_type.in_(_LEFT_TO_A_PERSON))}:
        receipts.record_bounce(mail.id, Report.GONE, "5.1.1")
    installation.settle()


def _be_informed(installation: InlineInstallation, team: _Team, cancelled: Meeting, mine: Membership) -> None:
    deliveries.mark_informed(team.sam, meeting_id=cancelled.id, membership_id=mine.id, request_id=new_id())
    installation.settle()


def newest_code(installation: InlineInstallation) -> str:
    """Return the six digits that arrived last."""
    for mail in installation.inline_worker.mailbox.messages():
        code = re.search(r"\b\d{3} ?\d{3}\b", mail.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        if code is not None:
            return code[0]
    raise AssertionError("no code arrived")


def _go_to(installation: InlineInstallation, on: date, at: time) -> None:
    clock.move_to(clock.instant(on, at))
    installation.settle()


def rows_of(person: str) -> dict[str, int]:
    """`service.table` -> how many rows of somebody are in each table that may hold some."""
    counts: dict[str, Any] = {}
    for application in canary.APPLICATIONS:
        personal_data = canary.PERSONAL_DATA[application.name]
        ids = application.service.erasures.ids_of(person, personal_data)
        for table in personal_data.tables:
            rows = personal_data.rows(table, ids)
            if rows is not None:
                counts[f"{application.name}.{table._meta.table_name}"] = table.select().where(rows).count()
    return counts


def count_lists() -> int:
    """Count the lists that were completed."""
    return int(Measurement.select().where(Measurement.state == "completed").count())
