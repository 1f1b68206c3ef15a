"""Sign-ups: the list by what they wait for, one sign-up, and changing it."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.commands import people, signups
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.pages.people import CONTACT_LISTS
from services.intake.queries import erasure, groups, organisations
from services.intake.queries import signups as queries
from services.intake.queries.matching import MatchView, get_match
from services.intake.queries.scope import ROLES
from services.intake.queries.talks import list_undelivered
from services.intake.schemas import CloseForm, StaffSignupForm, WishForm, read_waiting_filter
from shared.ids import is_id, new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form
from shared.web.listing import PAGE_SIZE, read_list_request

pages = Blueprint("signups", __name__)
# So many of each step are shown before somebody asks for all of it; and from how many days one can choose.
FIRST, WAITS = 8, (7, 14, 30)
WISH_LISTS = ("days", "parts_of_day", "needs", "themes", "avoided_groups")


@pages.get("/kennismaking")
@requires_staff(*ROLES)
def list_waiting() -> str:
    """Show open sign-ups by what they wait for: the first of each step, or with `?stap=` one page by page."""
    log_list_access(g.actor, "waiting")
    asked, form = read_list_request("/kennismaking", request.args), read_waiting_filter(request.args)
    step, wanted = (
        form["stap"],
        queries.WaitingFilter(form["organisatie"], g.actor.id if form["wie"] else "", form["dagen"], asked.until),
    )
    counts = queries.count_by_step(g.actor, wanted)
    page = asked.page_of(counts.get(step, 0))
    if step:
        waiting = {step: queries.list_waiting(g.actor, wanted, step, limit=page.size, offset=page.offset)}
    else:
        waiting = queries.list_by_step(g.actor, wanted, most=FIRST)
    own = organisations.list_own_organisations(g.actor)
    return render_template(
        "intake/signups/waiting.html",
        waiting=waiting,
        counts=counts,
        step=step,
        asked=asked,
        page=page,
        form=form,
        is_filtered=any(form[name] for name in ("organisatie", "wie", "dagen")),
        organisations=[(organisation.id, organisation.name) for organisation in own] if len(own) > 1 else [],
        several=len(own) > 1,
        waits=WAITS,
    )


@pages.get("/kennismaking/afgerond")
@requires_staff(*ROLES)
def list_finished() -> str:
    """Show sign-ups that were placed or closed, the newest first."""
    log_list_access(g.actor, "finished")
    before = request.args.get("voor", "")
    rows = queries.list_finished(g.actor, before=before if is_id(before) else None, limit=PAGE_SIZE + 1)
    shown = rows[:PAGE_SIZE]
    older = f"/kennismaking/afgerond?voor={shown[-1].id}" if len(rows) > PAGE_SIZE else None
    return render_template(
        "intake/signups/finished.html", finished=shown, older=older, several=_has_several(), is_first=not before
    )


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
    return _wish_form(signup_id, new_id(), wish_values(queries.get_signup(g.actor, signup_id)), {})


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


def wish_values(signup: queries.SignupView) -> Values:
    """Return the current wishes as the values of a form."""
    wish = signup.wish
    return {
        "help_question": queries.get_help_question(g.actor, signup.id),
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
        match=match_of(signup) if signup.state != "closed" else None,
        group_name=request.args.get("groep", ""),
        avoided=[avoided[group_id] for group_id in signup.wish.avoided_groups if group_id in avoided],
        doubles=queries.list_by_ids(g.actor, signup.doubles),
        consent_text=people.CONSENT_TEXT,
        errors=errors or {},
        comes_to=_comes_to(signup),
        undelivered=list_undelivered(g.actor, signup_id),
        may_erase=bool(g.actor.roles_in(signup.organisation_id) & set(erasure.ROLES)),
    )


def match_of(signup: queries.SignupView) -> MatchView:
    """Return the groups that fit somebody, or with `?groep=` those of that name; with what was decided on."""
    held, place = signup.held_talk, signup.placement
    also = [held.group_id if held else None, place.group_id if place else None]
    return get_match(g.actor, signup.id, name=request.args.get("groep", "").strip(), also=also)


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
        groups=groups.list_names(ids[0]) if len(ids) == 1 else [],
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
        groups=groups.list_names(signup.organisation_id, near=signup.wish.area, also=signup.wish.avoided_groups),
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
