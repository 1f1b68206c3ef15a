"""The own data of a participant: to see, to export and to have erased."""

from __future__ import annotations

import json

from flask import Blueprint, Response, current_app, g, redirect, render_template
from flask.typing import ResponseReturnValue

from services.intake.commands import erasure as commands
from services.intake.commands import people
from services.intake.commands.access_log import log_own_access
from services.intake.queries import erasure, own_data
from services.intake.schemas import LanguageForm
from shared import language
from shared.ids import new_id
from shared.security.access import requires_participant
from shared.web.forms import Errors, Values, handle_form, read_form, read_request_id

pages = Blueprint("own_data", __name__)
HERE = "/mijn/gegevens"


@pages.get(HERE)
@requires_participant()
def show() -> str:
    """Show the own data, or the progress of the erasure."""
    progress = erasure.find_erasure(g.actor.id)
    if progress is not None:
        return render_template("intake/erasure/progress.html", erasure=progress, backup_days=_backup_days())
    return _own_data_page(new_id(), {}, {})


@pages.post(f"{HERE}/taal")
@requires_participant()
def change_language() -> ResponseReturnValue:
    """Change the language in which the participant is written, and reads their own pages."""

    def act(request_id: str) -> tuple[str, str]:
        chosen = read_form(LanguageForm)["language"]
        people.change_language(g.actor, participant_id=g.actor.id, language=chosen, request_id=request_id)
        # What is said on the next page is said in the new language.
        language.use(chosen)
        return HERE, "language_changed"

    return handle_form(act, _own_data_page)


@pages.get(f"{HERE}/meenemen")
@requires_participant()
def export() -> Response:
    """Serve the same as a file that other software can read."""
    log_own_access(g.actor, "export")
    text = json.dumps(own_data.list_own_data(g.actor), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": 'attachment; filename="gegevens.json"'}
    return Response(text, mimetype="application/json", headers=headers)


@pages.get(f"{HERE}/weghalen")
@requires_participant()
def ask_erasure() -> ResponseReturnValue:
    """Show what is erased, what stays and why, before it is done for good."""
    if erasure.find_erasure(g.actor.id) is not None:
        return redirect(HERE, code=303)
    own_data.get_own(g.actor)
    return render_template("intake/erasure/ask.html", request_id=new_id(), backup_days=_backup_days())


@pages.post(f"{HERE}/weghalen")
@requires_participant()
def erase() -> ResponseReturnValue:
    """Erase whoever asks for it."""
    commands.request_erasure(g.actor, participant_id=g.actor.id, request_id=read_request_id())
    return redirect(HERE, code=303)


def _own_data_page(request_id: str, values: Values, errors: Errors) -> str:
    log_own_access(g.actor, "read")
    data = own_data.list_own_data(g.actor)
    return render_template(
        "intake/own_data/own_data.html", data=data, request_id=request_id, values=values, errors=errors
    )


def _backup_days() -> int:
    days: int = current_app.extensions["settings"].backup_days
    return days
