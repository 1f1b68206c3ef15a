"""Placing somebody in a group."""

from __future__ import annotations

from flask import Blueprint, g
from flask.typing import ResponseReturnValue

from services.intake.commands.placements import place_participant, withdraw_placement
from services.intake.pages.signups import show_signup
from services.intake.queries.matching import shares_call_name
from services.intake.queries.placements import get_placement
from services.intake.queries.scope import ROLES
from services.intake.schemas import PlaceForm
from shared.security.access import requires_staff
from shared.web.forms import handle_form, read_form

pages = Blueprint("placements", __name__)


def sentence_after_placing(signup_id: str, group_id: str) -> str:
    """Return what to say after a place was given, also that somebody there is called alike."""
    return "placed_alike" if shares_call_name(signup_id, group_id) else "placed"


@pages.post("/kennismaking/<uuid:signup_id>/plek")
@requires_staff(*ROLES)
def place(signup_id: str) -> ResponseReturnValue:
    """Place somebody in the group that was chosen."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(PlaceForm)
        place_participant(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", sentence_after_placing(signup_id, form["group_id"])

    return handle_form(act, lambda *again: show_signup(signup_id, *again))


@pages.post("/kennismaking/plek/<uuid:placement_id>/terug")
@requires_staff(*ROLES)
def withdraw(placement_id: str) -> ResponseReturnValue:
    """Take a placement back that was made a moment ago."""
    signup_id = get_placement(g.actor, placement_id).signup_id

    def act(request_id: str) -> tuple[str, str]:
        withdraw_placement(g.actor, placement_id=placement_id, request_id=request_id)
        return f"/kennismaking/{signup_id}", "placement_withdrawn"

    return handle_form(act, lambda *again: show_signup(signup_id, *again))
