"""One's own data: to see, to take along and to have taken away; and the same for who is asked by somebody.

Addresses hold an opaque id at most; what is searched for travels in the body of a form.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template

from services.intake.commands import erasing, looks, people
from services.intake.pages.answers import Errors, Values, answer
from services.intake.queries import erasures, own_data
from services.intake.queries.erasures import ROLES
from services.intake.schemas import FindForm
from shared.errors import Invalid
from shared.ids import new_id
from shared.security.access import requires_participant, requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values

pages = Blueprint("data", __name__)
MINE, THEIRS = "/mijn/gegevens", "/kennismaking/gegevens"


@pages.get(MINE)
@requires_participant()
def mine() -> Any:
    """What we have of somebody, or how far it is with taking it away."""
    proof = erasures.find_proof(g.actor.id)
    if proof is not None:
        return render_template("intake/data_gone.html", proof=proof, backup_days=_backup_days())
    looks.note_own(g.actor, "read")
    data = own_data.list_own_data(g.actor)
    return render_template("intake/data_mine.html", data=data, consent_text=people.CONSENT_TEXT)


@pages.get(f"{MINE}/meenemen")
@requires_participant()
def take_along() -> Response:
    """The same as a file that other software can read."""
    looks.note_own(g.actor, "export")
    text = json.dumps(own_data.list_own_data(g.actor), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="gegevens.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@pages.get(f"{MINE}/weghalen")
@requires_participant()
def ask_mine() -> Any:
    """What goes, what stays and why, before it is done for good."""
    if erasures.find_proof(g.actor.id) is not None:
        return redirect(MINE, code=303)
    own_data.get_own(g.actor)
    return render_template("intake/data_take_away.html", request_id=new_id(), backup_days=_backup_days())


@pages.post(f"{MINE}/weghalen")
@requires_participant()
def take_mine_away() -> Any:
    """Forget whoever asks it themselves."""
    erasing.request_erasure(g.actor, participant_id=g.actor.id, request_id=read_request_id())
    return redirect(MINE, code=303)


@pages.get(THEIRS)
@requires_staff(*ROLES)
def find() -> str:
    """Find somebody who asks for it, and see what was taken away before."""
    return _find_page(new_id(), {}, {})


@pages.post(THEIRS)
@requires_staff(*ROLES)
def found() -> Any:
    """Those who are called so or have this address; that they were searched for is written down."""
    try:
        wanted = read_form(FindForm)["wanted"]
    except Invalid as wrong:
        return _find_page(new_id(), submitted_values(), wrong.errors), wrong.status
    looks.note_search(g.actor)
    return _find_page(new_id(), {"wanted": wanted}, {}, erasures.search_people(g.actor, wanted))


@pages.get(f"{THEIRS}/<participant_id>/weghalen")
@requires_staff(*ROLES)
def ask_theirs(participant_id: str) -> str:
    """What goes and what stays, before it is done for good."""
    return _ask_page(participant_id, new_id(), {}, {})


@pages.post(f"{THEIRS}/<participant_id>/weghalen")
@requires_staff(*ROLES)
def take_theirs_away(participant_id: str) -> Any:
    """Forget somebody because they asked it, or because they have died: everything stops at once."""

    def act(request_id: str) -> tuple[str, str]:
        erasing.request_erasure(g.actor, participant_id=participant_id, request_id=request_id)
        return THEIRS, "erasure_asked"

    return answer(lambda *again: _ask_page(participant_id, *again), act)


def _find_page(request_id: str, values: Values, errors: Errors, people_found: Any = None) -> str:
    return render_template(
        "intake/data_find.html", proofs=erasures.list_proofs(g.actor), found=people_found, request_id=request_id,
        values=values, errors=errors,
    )  # fmt: skip


def _ask_page(participant_id: str, request_id: str, _values: Values, errors: Errors) -> str:
    person = erasures.get_person(g.actor, participant_id)
    looks.note_person(g.actor, person.id, person.organisation_id)
    return render_template(
        "intake/data_take_away_of.html", person=person, request_id=request_id, errors=errors,
        backup_days=_backup_days(),
    )  # fmt: skip


def _backup_days() -> int:
    days: int = current_app.extensions["settings"].backup_days
    return days
