"""Erasing somebody who asked a colleague for it, or who has died.

Page addresses hold an opaque id at most; what is searched for is in the body of a form.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, current_app, g, render_template
from flask.typing import ResponseReturnValue

from services.intake.commands.access_log import log_person_access, log_search
from services.intake.commands.erasure import request_erasure
from services.intake.queries import erasure
from services.intake.queries.erasure import ROLES
from services.intake.queries.people import Person
from services.intake.schemas import FindForm
from shared.errors import Invalid
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form, submitted_values

pages = Blueprint("erasure", __name__)
HERE = "/kennismaking/gegevens"


@pages.get(HERE)
@requires_staff(*ROLES)
def find() -> str:
    """Show the form to find a person, and the erasures so far."""
    return _find_page(new_id(), {}, {})


@pages.post(HERE)
@requires_staff(*ROLES)
def search() -> ResponseReturnValue:
    """Show who has this name, address or number; the search is logged."""
    try:
        wanted = read_form(FindForm)["wanted"]
    except Invalid as invalid:
        return _find_page(new_id(), submitted_values(), invalid.errors), invalid.status
    log_search(g.actor)
    return _find_page(new_id(), {"wanted": wanted}, {}, erasure.search_people(g.actor, wanted))


@pages.get(f"{HERE}/<uuid:participant_id>/weghalen")
@requires_staff(*ROLES)
def ask(participant_id: str) -> str:
    """Show what is erased and what stays, before it is done for good."""
    return _ask_page(participant_id, new_id(), {}, {})


@pages.post(f"{HERE}/<uuid:participant_id>/weghalen")
@requires_staff(*ROLES)
def erase(participant_id: str) -> ResponseReturnValue:
    """Erase somebody because they asked for it, or because they have died."""

    def act(request_id: str) -> tuple[str, str]:
        request_erasure(g.actor, participant_id=participant_id, request_id=request_id)
        return HERE, "erasure_asked"

    return handle_form(act, lambda *again: _ask_page(participant_id, *again))


def _find_page(request_id: str, values: Values, errors: Errors, people: Sequence[Person] | None = None) -> str:
    return render_template(
        "intake/erasure/find.html",
        erasures=erasure.list_erasures(g.actor),
        people=people,
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _ask_page(participant_id: str, request_id: str, _values: Values, errors: Errors) -> str:
    person = erasure.get_person(g.actor, participant_id)
    log_person_access(g.actor, person.id, person.organisation_id)
    return render_template(
        "intake/erasure/ask_for_person.html",
        person=person,
        request_id=request_id,
        errors=errors,
        backup_days=current_app.extensions["settings"].backup_days,
    )
