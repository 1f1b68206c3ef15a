"""What people do with what they get, and what changes in their lives: links, a no, a pause, another address."""

from __future__ import annotations

import re
from datetime import time, timedelta
from functools import partial

from services.intake.commands import people as intake_people
from services.meetings.commands import access, call_offs, memberships
from services.meetings.models import Meeting
from services.notifications.commands import opt_outs, receipts, replies
from services.notifications.models import Message
from services.notifications.rules.receipts import Report
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor
from tests.simulation.actors import Person
from tests.simulation.record import Arrival
from tests.simulation.runner import Play

_CALL_OFF = re.compile(r"https?://\S+/mijn/afmelden/[^\s.,]+")
_STOP = re.compile(r"https?://\S+/mijn/berichten/stop/[^\s,]+")
_RIGHT = re.compile(r"https?://\S+/mijn/berichten/klopt/[^\s,]+")
_TEXTS = ("Dank je", "Ik ben wat later", "Stop!", "Ok", "STOP")
_QUIET = ((time(20), time(10)), (time(18), time(9)), (time(21, 30), time(12)), (time(21, 30), time(8)))


def react(play: Play, arrival: Arrival) -> None:
    """What somebody does with something that arrived: mostly nothing."""
    row = Message.get_or_none(Message.id == arrival.message)
    person = None if row is None else next((one for one in play.people if one.id == row.participant_id), None)
    if row is None or person is None:
        return
    hours = timedelta(hours=play.dice.expovariate(1 / 5))
    if play.chance(0.006):
        play.later(clock.now() + timedelta(minutes=4), lambda: _come_back_undelivered(play, person, arrival))
    links = _CALL_OFF.findall(arrival.text)
    if links and play.chance(0.25):
        play.later(clock.now() + hours / 2, lambda: _scan(play, links[0]))
    if links and play.chance(0.14):
        play.later(
            clock.now() + hours, lambda: _call_off(play, links[0], str(row.meeting_id), str(row.membership_id))
        )
    if (right := _RIGHT.search(arrival.text)) is not None and play.chance(0.6):
        play.later(clock.now() + hours, lambda: _confirm(play, person, right[0], arrival))
    if (stop := _STOP.search(arrival.text)) is not None and play.chance(0.008):
        play.later(clock.now() + hours, lambda: _stop_by_link(play, person, stop[0], str(row.kind)))
    if arrival.way == "sms" and play.chance(0.05):
        play.later(clock.now() + hours, lambda: _text_back(play, person, arrival.to))


def live_a_day(play: Play) -> None:
    """Every morning: what changes today in whose life."""
    today = clock.today()
    for person in list(play.people):
        for share, deed in _CHANCES:
            if play.chance(share):
                moment = play.between(clock.instant(today, time(7, 30)), clock.instant(today, time(23, 40)))
                play.later(moment, partial(deed, play, person))
    play.later(clock.instant(today + timedelta(days=1), time(7, 8)), lambda: live_a_day(play))


def _scan(play: Play, link: str) -> None:
    """A mail scanner follows the link, and presses nothing."""
    play.stage.open(link)


def _call_off(play: Play, link: str, meeting: str, membership: str) -> None:
    """By the link, which works until it begins; taken back by the same page now and then."""
    done = _press(play, link, r"/mijn/afmelden/[^/]+", "called_off", meeting=meeting, membership=membership)
    if done and play.chance(0.3):
        row = Meeting.get_by_id(meeting)
        again = play.between(clock.now(), clock.instant(row.on, row.at))
        play.later(again, lambda: _take_back(play, link, meeting, membership))


def _take_back(play: Play, link: str, meeting: str, membership: str) -> None:
    _press(play, link, r"/mijn/afmelden/[^/]+/toch", "came_after_all", meeting=meeting, membership=membership)


def _press(play: Play, link: str, form: str, what: str, **about: str) -> bool:
    """Open a link and press its button; False when the page has none, or says no."""
    at, visitor = clock.now(), play.stage.visitor()
    page = visitor.open(play.stage.path_of(link))
    try:
        page.form(form)
    except LookupError:
        return False
    answer = visitor.submit(page, form)
    if answer.status >= 400:
        return False
    play.note_at(at, what, **about)
    play.stage.settle()
    return True


def _confirm(play: Play, person: Person, link: str, arrival: Arrival) -> None:
    _press(
        play, link, r"/mijn/berichten/klopt/[^/]+", "confirmed", person=person.id, way=arrival.way,
        address=arrival.to,
    )  # fmt: skip


def _stop_by_link(play: Play, person: Person, link: str, kind: str) -> None:
    """With the button of the page, or with that of a mail programme."""
    purpose = {
        "meeting_reminder": "reminders", "intro_talk_reminder": "reminders", "missed_you": "missed_you",
        "questionnaire_invitation": "questionnaires",
    }.get(kind, "all")  # fmt: skip
    if play.chance(0.5):
        _press(play, link, r"/mijn/berichten/stop/[^/]+", "opted_out", person=person.id, purpose=purpose)
        return
    at = clock.now()
    if play.stage.post(play.stage.path_of(link), {"List-Unsubscribe": "One-Click"}) == 200:
        play.note_at(at, "opted_out", person=person.id, purpose=purpose)
        play.stage.settle()


def _text_back(play: Play, person: Person, number: str) -> None:
    text, said_at = play.dice.choice(_TEXTS), clock.now().isoformat()
    play.act("texted", lambda: replies.record_reply(number, text, said_at, ""), {"number": number, "text": text})


def _come_back_undelivered(play: Play, person: Person, arrival: Arrival) -> None:
    """A mail server says that there is no such address; a text is said not to have arrived."""
    if arrival.way == "email":
        play.act(
            "bounced", lambda: receipts.record_bounce(arrival.message, Report.GONE, "5.1.1"),
            {"message": arrival.message, "person": person.id, "way": "email", "address": arrival.to},
        )  # fmt: skip
    else:
        play.act(
            "lost_text", lambda: receipts.record_receipt(arrival.message, "sms", "undelivered", "3/9"),
            {"message": arrival.message},
        )  # fmt: skip


def _ring(play: Play, person: Person) -> None:
    """Somebody rings who leads the group: not this time."""
    coming = [
        (member, row) for member in play.members.values() if member.person is person and member.is_here
        for row in Meeting.select().where(
            Meeting.group == member.group.id, Meeting.state == "planned", Meeting.on >= clock.today()
        ).order_by(Meeting.on).limit(1)
    ]  # fmt: skip
    for member, row in coming:
        leader = member.group.leaders[0]
        play.act(
            "called_off",
            partial(call_offs.call_off, leader, meeting_id=row.id, membership_id=member.id, request_id=new_id()),
            {"meeting": row.id, "membership": member.id},
        )


def _leave(play: Play, person: Person) -> None:
    for member in play.members.values():
        if member.person is not person or not member.is_here:
            continue
        left = play.act(
            "left",
            partial(
                memberships.end_membership,
                play.staff["Kim"],
                membership_id=member.id,
                reason="farewell",
                request_id=new_id(),
            ),
            {"membership": member.id},
        )
        member.is_here = left is None
        return


def _pause(play: Play, person: Person) -> None:
    on = play.chance(0.8)
    play.act(
        "paused",
        lambda: opt_outs.pause(_self(person), participant_id=person.id, on=on, request_id=new_id()),
        {"person": person.id, "on": on},
    )


def _choose(play: Play, person: Person) -> None:
    """Other hours of quiet, another order of ways, or no way at all."""
    given = [way for way, address in (("email", person.email), ("sms", person.mobile)) if address]
    if not given:
        return
    ways = given if play.chance(0.3) else play.dice.sample(given, play.dice.randrange(len(given) + 1))
    quiet = play.dice.choice(_QUIET)
    play.act(
        "chose",
        lambda: opt_outs.choose_channels(
            _self(person), participant_id=person.id, ways=list(ways), quiet=quiet, request_id=new_id()
        ),
        {
            "person": person.id, "ways": list(ways), "quiet": [one.strftime("%H:%M") for one in quiet],
        },
    )  # fmt: skip


def _change_contact(play: Play, person: Person) -> None:
    """Another address, one more or none any more; or another yes, or no."""
    if not person.signup:
        return
    before = (person.email, person.mobile, person.purposes)
    dice = play.dice.random()
    if dice < 0.35:
        person.email = play.names.email()
    elif dice < 0.6:
        person.mobile = play.names.mobile()
    elif dice < 0.7:
        person.email = person.mobile = None
    if dice >= 0.6:
        person.purposes = play.names.purposes(person)
    told = {"email": person.email, "mobile": person.mobile}
    done = play.act(
        "contact_changed",
        lambda: intake_people.change_contact(
            play.staff["Vos"], signup_id=person.signup, call_name=person.name, purposes=person.purposes,
            email=person.email, mobile=person.mobile, request_id=new_id(),
        ),
        {"person": person.id, **told, "purposes": list(person.purposes)},
    )  # fmt: skip
    if done is None:
        person.email, person.mobile, person.purposes = before


def _ask_code(play: Play, person: Person) -> None:
    play.act(
        "asked_code",
        lambda: access.request_access(_self(person), participant_id=person.id, request_id=new_id()),
        {"person": person.id},
    )


def _say_no(play: Play, person: Person) -> None:
    purpose = play.dice.choice(("reminders", "missed_you", "questionnaires", "all"))
    play.act(
        "opted_out",
        lambda: opt_outs.stop(
            _self(person), participant_id=person.id, purpose=purpose, by="page", request_id=new_id()
        ),
        {"person": person.id, "purpose": purpose},
    )


def _self(person: Person) -> Actor:
    return Actor(person.id, "participant")


_CHANCES = (
    (0.03, _ring), (0.004, _leave), (0.008, _pause), (0.012, _choose), (0.012, _change_contact),
    (0.006, _ask_code), (0.004, _say_no),
)  # fmt: skip
