"""Introductory talks: scheduling, moving, calling off, and their outcome."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.commands import signups, talks
from services.intake.commands.access_log import log_signup_access
from services.intake.pages.placements import sentence_after_placing
from services.intake.pages.signups import WISH_LISTS, match_of, show_signup, wish_values
from services.intake.queries import groups, organisations
from services.intake.queries import talks as queries
from services.intake.queries.scope import ROLES
from services.intake.queries.signups import SignupView, get_signup
from services.intake.queries.talks import TalkView
from services.intake.schemas import CallOffForm, OutcomeForm, TalkForm, WishForm
from shared import clock
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import (
    Errors,
    Values,
    done_at,
    form_errors,
    handle_form,
    read_form,
    read_request_id,
    submitted_values,
)

pages = Blueprint("talks", __name__)
USUAL_MINUTES = 45


@pages.get("/kennismaking/<uuid:signup_id>/gesprek")
@requires_staff(*ROLES)
def ask(signup_id: str) -> str:
    """Show the form to schedule a talk, with the usual values."""
    organisation_id = get_signup(g.actor, signup_id).organisation_id
    values = {
        "minutes": USUAL_MINUTES,
        "form": "live_single",
        "place": queries.likely_place(organisation_id, signup_id),
        "host_staff_id": queries.usual_host(g.actor, organisation_id),
    }
    return _talk_form(signup_id, None, new_id(), values, {})


@pages.post("/kennismaking/<uuid:signup_id>/gesprek")
@requires_staff(*ROLES)
def schedule(signup_id: str) -> ResponseReturnValue:
    """Schedule a talk."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(TalkForm)
        talks.schedule_intro_talk(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", _sentence_after("talk_planned", signup_id, form)

    return handle_form(act, lambda *again: _talk_form(signup_id, None, *again))


@pages.get("/kennismaking/gesprek/<uuid:talk_id>/verplaatsen")
@requires_staff(*ROLES)
def ask_other_moment(talk_id: str) -> str:
    """Show the form to move a talk."""
    talk = queries.get_talk(g.actor, talk_id)
    values = {
        "on": talk.on.isoformat(),
        "at": talk.at.strftime("%H:%M"),
        "minutes": talk.minutes,
        "form": talk.form,
        "place": talk.place,
        "host_staff_id": talk.host_staff_id,
    }
    return _talk_form(talk.signup_id, talk, new_id(), values, {})


@pages.post("/kennismaking/gesprek/<uuid:talk_id>/verplaatsen")
@requires_staff(*ROLES)
def move(talk_id: str) -> ResponseReturnValue:
    """Move a talk."""
    talk = queries.get_talk(g.actor, talk_id)

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(TalkForm)
        talks.move_intro_talk(g.actor, talk_id=talk_id, request_id=request_id, **form)
        return f"/kennismaking/{talk.signup_id}", _sentence_after("talk_moved", talk.signup_id, form)

    return handle_form(act, lambda *again: _talk_form(talk.signup_id, talk, *again))


@pages.get("/kennismaking/gesprek/<uuid:talk_id>/afzeggen")
@requires_staff(*ROLES)
def ask_who_calls_off(talk_id: str) -> str:
    """Ask who calls off."""
    return _call_off_form(queries.get_talk(g.actor, talk_id), new_id(), {}, {})


@pages.post("/kennismaking/gesprek/<uuid:talk_id>/afzeggen")
@requires_staff(*ROLES)
def call_off(talk_id: str) -> ResponseReturnValue:
    """Call a talk off."""
    talk = queries.get_talk(g.actor, talk_id)

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(CallOffForm)
        talks.call_off_intro_talk(g.actor, talk_id=talk_id, request_id=request_id, **form)
        return f"/kennismaking/{talk.signup_id}", "talk_called_off"

    return handle_form(act, lambda *again: _call_off_form(talk, *again))


@pages.post("/kennismaking/gesprek/<uuid:talk_id>/gemist")
@requires_staff(*ROLES)
def mark_missed(talk_id: str) -> ResponseReturnValue:
    """Record that somebody did not come."""
    talk = queries.get_talk(g.actor, talk_id)

    def act(request_id: str) -> tuple[str, str]:
        talks.mark_intro_talk_missed(g.actor, talk_id=talk_id, request_id=request_id)
        return f"/kennismaking/{talk.signup_id}", "talk_missed"

    return handle_form(act, lambda *again: show_signup(talk.signup_id, *again))


@pages.post("/kennismaking/gesprek/<uuid:talk_id>/verteld")
@requires_staff(*ROLES)
def mark_informed(talk_id: str) -> ResponseReturnValue:
    """Keep that somebody was informed in person."""
    talk = queries.get_talk(g.actor, talk_id)

    def act(request_id: str) -> tuple[str, str]:
        talks.mark_informed(g.actor, talk_id=talk_id, request_id=request_id)
        return f"/kennismaking/{talk.signup_id}", "talk_informed"

    return handle_form(act, lambda *again: show_signup(talk.signup_id, *again))


@pages.get("/kennismaking/gesprek/<uuid:talk_id>/uitkomst")
@requires_staff(*ROLES)
def ask_outcome(talk_id: str) -> str:
    """Show the form for what both decided."""
    talk = queries.get_talk(g.actor, talk_id)
    signup = _accessed(talk.signup_id)
    values = {
        "outcome": talk.outcome or "",
        "group_id": talk.group_id or "",
        "reason": talk.reason or "",
        "helps_instead": talk.helps_instead or "",
        "way_back": talk.way_back or "",
        "second_look": "1" if talk.second_look else "",
    } | wish_values(signup)
    return _outcome_form(talk, new_id(), values, {}, signup)


@pages.post("/kennismaking/gesprek/<uuid:talk_id>/uitkomst")
@requires_staff(*ROLES)
def tell_outcome(talk_id: str) -> ResponseReturnValue:
    """Record what both decided, for the first time or again."""
    talk = queries.get_talk(g.actor, talk_id)

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(OutcomeForm)
        # A form from before the wishes stood in it leaves them as they are.
        has_wish = "help_question" in request.form
        wish = cast(signups.WishFields, read_form(WishForm, many=WISH_LISTS)) if has_wish else None
        command = talks.decide_after_talk if talk.state == "held" else talks.complete_intro_talk
        command(g.actor, talk_id=talk_id, wish=wish, request_id=request_id, gives_place=True, **form)
        return f"/kennismaking/{talk.signup_id}", _sentence_after_outcome(talk.signup_id, form["group_id"])

    return handle_form(act, lambda *again: _outcome_form(talk, *again), many=WISH_LISTS)


@pages.post("/kennismaking/gesprek/<uuid:talk_id>/wensen")
@requires_staff(*ROLES)
def compare(talk_id: str) -> ResponseReturnValue:
    """Save the wishes, and show the form for the outcome again with the groups that fit them now."""
    talk, values = queries.get_talk(g.actor, talk_id), submitted_values(WISH_LISTS)
    try:
        wish = read_form(WishForm, many=WISH_LISTS)
        signups.change_wishes(g.actor, signup_id=talk.signup_id, request_id=new_id(), **wish)
    except Refusal as refusal:
        return _outcome_form(talk, read_request_id(), values, form_errors(refusal)), refusal.status
    return _outcome_form(talk, read_request_id(), values, {})


def _talk_form(signup_id: str, talk: TalkView | None, request_id: str, values: Values, errors: Errors) -> str:
    signup = _accessed(signup_id)
    return render_template(
        "intake/talks/form.html",
        signup=signup,
        talk=talk,
        hosts=organisations.list_hosts(signup.organisation_id),
        today=clock.today().isoformat(),
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _sentence_after(done: str, signup_id: str, form: Values) -> str:
    """Return what to say after planning: at night, that a message may come too late and a call is needed."""
    has_email = "email" in get_signup(g.actor, signup_id).person.channels
    needs_call = queries.is_too_late_for_text(form["on"], form["at"]) and not has_email
    return done_at(f"{done}_call" if needs_call else done, form["at"], form["on"])


def _sentence_after_outcome(signup_id: str, group_id: str | None) -> str:
    if group_id is None:
        return "outcome_passed_on"
    is_placed = get_signup(g.actor, signup_id).state == "placed"
    return sentence_after_placing(signup_id, group_id) if is_placed else "comes_along"


def _call_off_form(talk: TalkView, request_id: str, values: Values, errors: Errors) -> str:
    return render_template(
        "intake/talks/call_off.html",
        signup=_accessed(talk.signup_id),
        talk=talk,
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _outcome_form(
    talk: TalkView, request_id: str, values: Values, errors: Errors, signup: SignupView | None = None
) -> str:
    signup = signup or _accessed(talk.signup_id)
    return render_template(
        "intake/talks/outcome.html",
        signup=signup,
        talk=talk,
        match=match_of(signup),
        group_name=request.args.get("groep", ""),
        themes=organisations.list_themes([talk.organisation_id]),
        groups=groups.list_names(talk.organisation_id, near=signup.wish.area, also=signup.wish.avoided_groups),
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _accessed(signup_id: str) -> SignupView:
    signup = get_signup(g.actor, signup_id)
    log_signup_access(g.actor, signup_id, signup.organisation_id, "intro_talk")
    return signup
