"""Sign-ups: the list by what they wait for, one sign-up, and changing it."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.intake.commands import people, signups
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.pages.people import CONTACT_LISTS
from services.intake.queries import erasure, groups, organisations
from services.intake.queries import signups as queries
from services.intake.queries.matching import get_match
from services.intake.queries.scope import ROLES
from services.intake.queries.talks import list_undelivered
from services.intake.schemas import CloseForm, StaffSignupForm, WishForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form

pages = Blueprint("signups", __name__)
WISH_LISTS = ("days", "parts_of_day", "needs", "themes", "avoided_groups")


@pages.get("/kennismaking")
@requires_staff(*ROLES)
def list_waiting() -> str:
    """Show open sign-ups by what they wait for."""
    log_list_access(g.actor, "waiting")
    by_step = queries.list_by_step(g.actor)
    return render_template("intake/signups/waiting.html", waiting=by_step, several=_has_several())


@pages.get("/kennismaking/afgerond")
@requires_staff(*ROLES)
def list_finished() -> str:
    """Show sign-ups that were placed or closed."""
    log_list_access(g.actor, "finished")
    finished = queries.list_finished(g.actor)
    return render_template("intake/signups/finished.html", finished=finished, several=_has_several())


@pages.get("/kennismaking/nieuw")
@requires_staff(*ROLES)
def ask_new() -> str:
    """Show the form for somebody new."""
    return _new_form(new_id(), {}, {})


@pages.post("/kennismaking/nieuw")
@requires_staff(*ROLES)
def register() -> ResponseReturnValue:
    """Sign somebody up."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(StaffSignupForm, many=CONTACT_LISTS + WISH_LISTS)
        signup_id = signups.register_signup(g.actor, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", "signed_up"

    return handle_form(act, _new_form)


@pages.get("/kennismaking/<uuid:signup_id>")
@requires_staff(*ROLES)
def show(signup_id: str) -> str:
    """Show one sign-up."""
    return show_signup(signup_id)


@pages.post("/kennismaking/<uuid:signup_id>/openen")
@requires_staff(*ROLES)
def reopen(signup_id: str) -> ResponseReturnValue:
    """Reopen a closed sign-up."""

    def act(request_id: str) -> tuple[str, str]:
        signups.reopen_signup(g.actor, signup_id=signup_id, request_id=request_id)
        return f"/kennismaking/{signup_id}", "signup_reopened"

    return handle_form(act, lambda *again: show_signup(signup_id, *again))


@pages.get("/kennismaking/<uuid:signup_id>/wensen")
@requires_staff(*ROLES)
def ask_wishes(signup_id: str) -> str:
    """Show the form with the current wishes."""
    return _wish_form(signup_id, new_id(), wish_values(signup_id), {})


@pages.post("/kennismaking/<uuid:signup_id>/wensen")
@requires_staff(*ROLES)
def change_wishes(signup_id: str) -> ResponseReturnValue:
    """Change the wishes."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(WishForm, many=WISH_LISTS)
        signups.change_wishes(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", "wishes_changed"

    return handle_form(act, lambda *again: _wish_form(signup_id, *again))


@pages.get("/kennismaking/<uuid:signup_id>/afsluiten")
@requires_staff(*ROLES)
def ask_close(signup_id: str) -> str:
    """Ask why the sign-up is closed."""
    return _close_form(signup_id, new_id(), {}, {})


@pages.post("/kennismaking/<uuid:signup_id>/afsluiten")
@requires_staff(*ROLES)
def close(signup_id: str) -> ResponseReturnValue:
    """Close the sign-up."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(CloseForm)
        signups.close_signup(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return "/kennismaking", "signup_closed"

    return handle_form(act, lambda *again: _close_form(signup_id, *again))


def wish_values(signup_id: str) -> Values:
    """Return the current wishes as the values of a form."""
    wish = queries.get_signup(g.actor, signup_id).wish
    return {
        "help_question": queries.get_help_question(g.actor, signup_id),
        "audience": wish.audience or "",
        "days": wish.days,
        "parts_of_day": wish.parts_of_day,
        "area": wish.area or "",
        "needs": wish.needs,
        "themes": wish.themes,
        "avoided_groups": wish.avoided_groups,
    }


def show_signup(
    signup_id: str, _request_id: str = "", _values: Values | None = None, errors: Errors | None = None
) -> str:
    """Render the page of one sign-up; log that it was read."""
    signup = _accessed(signup_id, "signup")
    avoided = groups.names_of(signup.wish.avoided_groups)
    return render_template(
        "intake/signups/signup.html",
        signup=signup,
        help_question=queries.get_help_question(g.actor, signup_id),
        match=get_match(g.actor, signup_id) if signup.state != "closed" else None,
        avoided=[avoided[group_id] for group_id in signup.wish.avoided_groups if group_id in avoided],
        doubles=queries.list_by_ids(g.actor, signup.doubles),
        consent_text=people.CONSENT_TEXT,
        errors=errors or {},
        comes_to=_comes_to(signup),
        undelivered=list_undelivered(g.actor, signup_id),
        may_erase=bool(g.actor.roles_in(signup.organisation_id) & set(erasure.ROLES)),
    )


def _comes_to(signup: queries.SignupView) -> groups.GroupView | None:
    """Return the group to which somebody just comes, when that was decided."""
    held = signup.held_talk
    return groups.find_group(held.group_id) if held and signup.closed_because == "comes_along" else None


def _new_form(request_id: str, values: Values, errors: Errors) -> str:
    own = organisations.list_own_organisations(g.actor)
    ids = [organisation.id for organisation in own]
    return render_template(
        "intake/signups/new.html",
        organisations=own,
        themes=organisations.list_themes(ids),
        groups=groups.list_groups(ids[0]) if len(ids) == 1 else [],
        consent_text=people.CONSENT_TEXT,
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _wish_form(signup_id: str, request_id: str, values: Values, errors: Errors) -> str:
    signup = _accessed(signup_id, "wishes")
    return render_template(
        "intake/signups/wish.html",
        signup=signup,
        themes=organisations.list_themes([signup.organisation_id]),
        groups=groups.list_groups(signup.organisation_id),
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _close_form(signup_id: str, request_id: str, values: Values, errors: Errors) -> str:
    signup = _accessed(signup_id, "close")
    return render_template(
        "intake/signups/close.html", signup=signup, request_id=request_id, values=values, errors=errors
    )


def _accessed(signup_id: str, purpose: str) -> queries.SignupView:
    signup = queries.get_signup(g.actor, signup_id)
    log_signup_access(g.actor, signup_id, signup.organisation_id, purpose)
    return signup


def _has_several() -> bool:
    return len(organisations.list_own_organisations(g.actor)) > 1
