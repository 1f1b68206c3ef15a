"""Who waits for what, everything about one of them, and a place in a group."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template

from services.intake.commands import looks, people, placements, signups
from services.intake.pages.answers import Errors, Values, answer
from services.intake.queries import erasures, groups, organisations
from services.intake.queries import signups as look
from services.intake.queries.scope import ROLES
from services.intake.schemas import PlaceForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form

pages = Blueprint("waiting", __name__)


@pages.get("/kennismaking")
@requires_staff(*ROLES)
def waiting() -> str:
    """Whoever waits, by what they wait for."""
    looks.note_list(g.actor, "waiting")
    return render_template("intake/waiting.html", waiting=look.list_by_step(g.actor), several=_has_several())


@pages.get("/kennismaking/afgerond")
@requires_staff(*ROLES)
def finished() -> str:
    """Who has a place, and which sign-ups were closed."""
    looks.note_list(g.actor, "finished")
    return render_template("intake/finished.html", finished=look.list_finished(g.actor), several=_has_several())


@pages.get("/kennismaking/<signup_id>")
@requires_staff(*ROLES)
def signup(signup_id: str) -> str:
    """One sign-up; that somebody looked is written down."""
    return _page(signup_id, new_id(), {}, {})


@pages.post("/kennismaking/<signup_id>/plek")
@requires_staff(*ROLES)
def place(signup_id: str) -> Any:
    """Give a place in the group that was chosen."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(PlaceForm)
        placements.place_participant(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", "placed"

    return answer(lambda *again: _page(signup_id, *again), act)


@pages.post("/kennismaking/<signup_id>/openen")
@requires_staff(*ROLES)
def reopen(signup_id: str) -> Any:
    """Take up a closed sign-up again."""

    def act(request_id: str) -> tuple[str, str]:
        signups.reopen_signup(g.actor, signup_id=signup_id, request_id=request_id)
        return f"/kennismaking/{signup_id}", "signup_reopened"

    return answer(lambda *again: _page(signup_id, *again), act)


def show_signup(signup_id: str, errors: Errors) -> str:
    """The page of one sign-up, noting that it was looked at."""
    view = look.get_signup(g.actor, signup_id)
    looks.note_look(g.actor, signup_id, view.organisation_id)
    avoided = groups.names_of(view.wish.avoided_groups)
    return render_template(
        "intake/signup.html",
        signup=view,
        help_question=look.get_help_question(g.actor, signup_id),
        match=look.get_match(g.actor, signup_id) if view.state != "closed" else None,
        may_tell=look.may_tell_outcome(view),
        avoided=[avoided[one] for one in view.wish.avoided_groups if one in avoided],
        doubles=look.list_by_ids(g.actor, view.doubles),
        consent_text=people.CONSENT_TEXT,
        errors=errors,
        may_erase=bool(g.actor.roles_in(view.organisation_id) & set(erasures.ROLES)),
    )


def _page(signup_id: str, _request_id: str, _values: Values, errors: Errors) -> str:
    return show_signup(signup_id, errors)


def _has_several() -> bool:
    return len(organisations.list_own_organisations(g.actor)) > 1
