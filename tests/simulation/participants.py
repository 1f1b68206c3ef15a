"""What people do with what they get, and what changes for them: links, opting out, a pause, another address."""

from __future__ import annotations

import re
from datetime import time, timedelta
from functools import partial

from services.intake.commands import people as intake_people
from services.meetings.commands import call_offs, memberships, my_page
from services.meetings.models import Meeting
from services.notifications.commands import opt_outs, preferences, receipts, replies
from services.notifications.models import Message
from services.notifications.rules.receipts import Report
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor
from tests.simulation.actors import Person
from tests.simulation.record import Arrival
from tests.simulation.runner import Runner

_CALL_OFF = re.compile(r"https?://\S+/mijn/afmelden/[^\s.,]+")
_STOP = re.compile(r"https?://\S+/mijn/berichten/stop/[^\s,]+")
_RIGHT = re.compile(r"https?://\S+/mijn/berichten/klopt/[^\s,]+")
_TEXTS = ("Dank je", "Ik ben wat later", "Stop!", "Ok", "STOP")
_QUIET = ((time(20), time(10)), (time(18), time(9)), (time(21, 30), time(12)), (time(21, 30), time(8)))


def react(runner: Runner, arrival: Arrival) -> None:
    """Do what somebody does with something that arrived: mostly nothing."""
    row = Message.get_or_none(Message.id == arrival.message)
    person = (
        None if row is None else next((known for known in runner.people if known.id == row.participant_id), None)
    )
    if row is None or person is None:
        return
    hours = timedelta(hours=runner.rng.expovariate(1 / 5))
    if runner.chance(0.006):
        runner.later(clock.now() + timedelta(minutes=4), lambda: _come_back_undelivered(runner, person, arrival))
    links = _CALL_OFF.findall(arrival.text)
    if links and runner.chance(0.25):
        runner.later(clock.now() + hours / 2, lambda: _scan(runner, links[0]))
    if links and runner.chance(0.14):
        runner.later(
            clock.now() + hours, lambda: _call_off(runner, links[0], str(row.meeting_id), str(row.membership_id))
        )
    if (right := _RIGHT.search(arrival.text)) is not None and runner.chance(0.6):
        runner.later(clock.now() + hours, lambda: _confirm(runner, person, right[0], arrival))
    if (stop := _STOP.search(arrival.text)) is not None and runner.chance(0.008):
        runner.later(clock.now() + hours, lambda: _stop_by_link(runner, person, stop[0], str(row.message_type)))
    if arrival.channel == "sms" and runner.chance(0.05):
        runner.later(clock.now() + hours, lambda: _text_back(runner, person, arrival.to))


def schedule_day(runner: Runner) -> None:
    """Plan, every morning, what changes today for whom."""
    today = clock.today()
    for person in list(runner.people):
        for share, action in _CHANCES:
            if runner.chance(share):
                moment = runner.between(clock.instant(today, time(7, 30)), clock.instant(today, time(23, 40)))
                runner.later(moment, partial(action, runner, person))
    runner.later(clock.instant(today + timedelta(days=1), time(7, 8)), lambda: schedule_day(runner))


def _scan(runner: Runner, link: str) -> None:
    """Follow the link as a mail scanner does, which presses nothing."""
    runner.environment.open(link)


def _call_off(runner: Runner, link: str, meeting: str, membership: str) -> None:
    """Call off by the link, which works until it begins; withdraw that by the same page now and then."""
    done = _press(runner, link, r"/mijn/afmelden/[^/]+", "called_off", meeting=meeting, membership=membership)
    if done and runner.chance(0.3):
        row = Meeting.get_by_id(meeting)
        again = runner.between(clock.now(), clock.instant(row.on, row.at))
        runner.later(again, lambda: _take_back(runner, link, meeting, membership))


def _take_back(runner: Runner, link: str, meeting: str, membership: str) -> None:
    _press(
        runner, link, r"/mijn/afmelden/[^/]+/toch", "call_off_withdrawn", meeting=meeting, membership=membership
    )


def _press(runner: Runner, link: str, form: str, kind: str, **about: str) -> bool:
    """Open a link and press its button; return False when the page has none, or refuses."""
    at, visitor = clock.now(), runner.environment.visitor()
    page = visitor.open(runner.environment.path_of(link))
    try:
        page.form(form)
    except LookupError:
        return False
    answer = visitor.submit(page, form)
    if answer.status >= 400:
        return False
    runner.note_at(at, kind, **about)
    runner.environment.settle()
    return True


def _confirm(runner: Runner, person: Person, link: str, arrival: Arrival) -> None:
    _press(
        runner,
        link,
        r"/mijn/berichten/klopt/[^/]+",
        "confirmed",
        person=person.id,
        channel=arrival.channel,
        address=arrival.to,
    )


def _stop_by_link(runner: Runner, person: Person, link: str, message_type: str) -> None:
    """Opt out with the button of the page, or with that of a mail programme."""
    purpose = {
        "meeting_reminder": "reminders",
        "intro_talk_reminder": "reminders",
        "missed_you": "missed_you",
        "questionnaire_invitation": "questionnaires",
    }.get(message_type, "all")
    if runner.chance(0.5):
        _press(runner, link, r"/mijn/berichten/stop/[^/]+", "opted_out", person=person.id, purpose=purpose)
        return
    at = clock.now()
    if runner.environment.post(runner.environment.path_of(link), {"List-Unsubscribe": "One-Click"}) == 200:
        runner.note_at(at, "opted_out", person=person.id, purpose=purpose)
        runner.environment.settle()


def _text_back(runner: Runner, person: Person, number: str) -> None:
    text, sent_at = runner.rng.choice(_TEXTS), clock.now().isoformat()
    runner.act("texted", lambda: replies.record_reply(number, text, sent_at, ""), {"number": number, "text": text})


def _come_back_undelivered(runner: Runner, person: Person, arrival: Arrival) -> None:
    """Report that there is no such address, or that a text did not arrive."""
    if arrival.channel == "email":
        runner.act(
            "bounced",
            lambda: receipts.record_bounce(arrival.message, Report.GONE, "5.1.1"),
            {"message": arrival.message, "person": person.id, "channel": "email", "address": arrival.to},
        )
    else:
        runner.act(
            "lost_text",
            lambda: receipts.record_receipt(arrival.message, "sms", "undelivered", "3/9"),
            {"message": arrival.message},
        )


def _phone(runner: Runner, person: Person) -> None:
    """Call off by telephone with whoever leads the group."""
    coming = [
        (member, row)
        for member in runner.members.values()
        if member.person is person and member.is_here
        for row in Meeting.select()
        .where(Meeting.group == member.group.id, Meeting.state == "planned", Meeting.on >= clock.today())
        .order_by(Meeting.on)
        .limit(1)
    ]
    for member, row in coming:
        leader = member.group.leaders[0]
        runner.act(
            "called_off",
            partial(call_offs.call_off, leader, meeting_id=row.id, membership_id=member.id, request_id=new_id()),
            {"meeting": row.id, "membership": member.id},
        )


def _leave(runner: Runner, person: Person) -> None:
    for member in runner.members.values():
        if member.person is not person or not member.is_here:
            continue
        left = runner.act(
            "left",
            partial(
                memberships.end_membership,
                runner.staff["Kim"],
                membership_id=member.id,
                reason="farewell",
                request_id=new_id(),
            ),
            {"membership": member.id},
        )
        member.is_here = left is None
        return


def _pause(runner: Runner, person: Person) -> None:
    on = runner.chance(0.8)
    runner.act(
        "paused",
        lambda: preferences.pause(_self(person), participant_id=person.id, on=on, request_id=new_id()),
        {"person": person.id, "on": on},
    )


def _choose(runner: Runner, person: Person) -> None:
    """Choose other quiet hours, another order of channels, or no channel at all."""
    given = [channel for channel, address in (("email", person.email), ("sms", person.mobile)) if address]
    if not given:
        return
    channels = given if runner.chance(0.3) else runner.rng.sample(given, runner.rng.randrange(len(given) + 1))
    quiet = runner.rng.choice(_QUIET)
    runner.act(
        "chose",
        lambda: preferences.choose_channels(
            _self(person), participant_id=person.id, channels=list(channels), quiet=quiet, request_id=new_id()
        ),
        {
            "person": person.id,
            "channels": list(channels),
            "quiet": [moment.strftime("%H:%M") for moment in quiet],
        },
    )


def _change_contact(runner: Runner, person: Person) -> None:
    """Change an address, add one or remove all; or change the consent."""
    if not person.signup:
        return
    before = (person.email, person.mobile, person.purposes)
    rng = runner.rng.random()
    if rng < 0.35:
        person.email = runner.names.email()
    elif rng < 0.6:
        person.mobile = runner.names.mobile()
    elif rng < 0.7:
        person.email = person.mobile = None
    if rng >= 0.6:
        person.purposes = runner.names.purposes(person)
    addresses = {"email": person.email, "mobile": person.mobile}
    done = runner.act(
        "contact_changed",
        lambda: intake_people.change_contact(
            runner.staff["Vos"],
            signup_id=person.signup,
            call_name=person.name,
            purposes=person.purposes,
            email=person.email,
            mobile=person.mobile,
            request_id=new_id(),
        ),
        {"person": person.id, **addresses, "purposes": list(person.purposes)},
    )
    if done is None:
        person.email, person.mobile, person.purposes = before


def _ask_code(runner: Runner, person: Person) -> None:
    runner.act(
        "asked_code",
        lambda: my_page.request_access(
            _self(person), participant_id=person.id, token=person.id, request_id=new_id()
        ),
        {"person": person.id},
    )


def _say_no(runner: Runner, person: Person) -> None:
    purpose = runner.rng.choice(("reminders", "missed_you", "questionnaires", "all"))
    runner.act(
        "opted_out",
        lambda: opt_outs.stop(
            _self(person), participant_id=person.id, purpose=purpose, by="page", request_id=new_id()
        ),
        {"person": person.id, "purpose": purpose},
    )


def _self(person: Person) -> Actor:
    return Actor(person.id, "participant")


_CHANCES = (
    (0.03, _phone),
    (0.004, _leave),
    (0.008, _pause),
    (0.012, _choose),
    (0.012, _change_contact),
    (0.006, _ask_code),
    (0.004, _say_no),
)
