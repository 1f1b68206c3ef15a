"""What a colleague writes down: somebody new, how to reach them, what they look for, and that it is done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template

from services.intake.commands import looks, people, signups
from services.intake.pages.answers import Errors, Values, answer
from services.intake.queries import groups, organisations
from services.intake.queries import signups as look
from services.intake.queries.scope import ROLES
from services.intake.schemas import CloseForm, ContactForm, StaffSignupForm, WishForm, written
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form

pages = Blueprint("telling", __name__)
CONTACT_LISTS = ("phone", "purposes")
WISH_LISTS = ("days", "parts_of_day", "needs", "themes", "avoided_groups")


@pages.get("/kennismaking/nieuw")
@requires_staff(*ROLES)
def new() -> str:
    """The form for somebody new."""
    return _new_form(new_id(), {}, {})


@pages.post("/kennismaking/nieuw")
@requires_staff(*ROLES)
def sign_up() -> Any:
    """Sign somebody up."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(StaffSignupForm, many=CONTACT_LISTS + WISH_LISTS)
        signup_id = signups.register_signup(g.actor, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", "signed_up"

    return answer(_new_form, act)


@pages.get("/kennismaking/<signup_id>/bereik")
@requires_staff(*ROLES)
def contact(signup_id: str) -> str:
    """The form for how somebody is called and reached."""
    person = look.get_signup(g.actor, signup_id).person
    phone = [name for name in ("may_leave_message", "phone_is_shared") if getattr(person, name)]
    values = {
        "call_name": person.call_name, "language": person.language, "email": person.email or "",
        "mobile": written(person.mobile) if person.mobile else "", "phone": phone,
        "purposes": list(person.purposes),
    }  # fmt: skip
    return _contact_form(signup_id, new_id(), values, {})


@pages.post("/kennismaking/<signup_id>/bereik")
@requires_staff(*ROLES)
def change_contact(signup_id: str) -> Any:
    """Write down how somebody is called and reached now."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(ContactForm, many=CONTACT_LISTS)
        people.change_contact(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", "contact_changed"

    return answer(lambda *again: _contact_form(signup_id, *again), act)


@pages.get("/kennismaking/<signup_id>/wensen")
@requires_staff(*ROLES)
def wishes(signup_id: str) -> str:
    """The form for what somebody looks for."""
    wish = look.get_signup(g.actor, signup_id).wish
    values = {
        "help_question": look.get_help_question(g.actor, signup_id), "audience": wish.audience or "",
        "days": wish.days, "parts_of_day": wish.parts_of_day, "area": wish.area or "", "needs": wish.needs,
        "themes": wish.themes, "avoided_groups": wish.avoided_groups,
    }  # fmt: skip
    return _wish_form(signup_id, new_id(), values, {})


@pages.post("/kennismaking/<signup_id>/wensen")
@requires_staff(*ROLES)
def change_wishes(signup_id: str) -> Any:
    """Write down what somebody looks for now."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(WishForm, many=WISH_LISTS)
        signups.change_wishes(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", "wishes_changed"

    return answer(lambda *again: _wish_form(signup_id, *again), act)


@pages.get("/kennismaking/<signup_id>/afsluiten")
@requires_staff(*ROLES)
def close(signup_id: str) -> str:
    """Why nobody waits any more."""
    return _close_form(signup_id, new_id(), {}, {})


@pages.post("/kennismaking/<signup_id>/afsluiten")
@requires_staff(*ROLES)
def do_close(signup_id: str) -> Any:
    """Close the sign-up."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(CloseForm)
        signups.close_signup(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return "/kennismaking", "signup_closed"

    return answer(lambda *again: _close_form(signup_id, *again), act)


def _new_form(request_id: str, values: Values, errors: Errors) -> str:
    ours = organisations.list_own_organisations(g.actor)
    ids = [one.id for one in ours]
    return render_template(
        "intake/new_signup.html",
        organisations=ours,
        themes=organisations.list_themes(ids),
        groups=[group for one in ids for group in groups.list_groups(one)] if len(ids) == 1 else [],
        consent_text=people.CONSENT_TEXT,
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _contact_form(signup_id: str, request_id: str, values: Values, errors: Errors) -> str:
    view = _looked_at(signup_id, "contact")
    return render_template(
        "intake/contact_form.html",
        signup=view,
        consent_text=people.CONSENT_TEXT,
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _wish_form(signup_id: str, request_id: str, values: Values, errors: Errors) -> str:
    view = _looked_at(signup_id, "wishes")
    return render_template(
        "intake/wish_form.html",
        signup=view,
        themes=organisations.list_themes([view.organisation_id]),
        groups=groups.list_groups(view.organisation_id),
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _close_form(signup_id: str, request_id: str, values: Values, errors: Errors) -> str:
    view = _looked_at(signup_id, "close")
    return render_template(
        "intake/close_signup.html", signup=view, request_id=request_id, values=values, errors=errors
    )


def _looked_at(signup_id: str, purpose: str) -> look.SignupView:
    view = look.get_signup(g.actor, signup_id)
    looks.note_look(g.actor, signup_id, view.organisation_id, purpose)
    return view
