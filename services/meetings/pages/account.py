"""Mijn account: who works here, as they see and change themselves."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.meetings.commands import account as commands
from services.meetings.pages.sign_in import needs_code
from services.meetings.queries.access_log import list_own_entries
from services.meetings.queries.account import get_account
from services.meetings.schemas.account import NameForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form

pages = Blueprint("account", __name__)
HERE = "/account"


@pages.get(HERE)
@requires_staff()
def show() -> str:
    """Show the account of who works here."""
    return _page(new_id(), {}, {})


@pages.post(HERE)
@requires_staff()
def change_name() -> ResponseReturnValue:
    """Change the own name."""

    def act(request_id: str) -> tuple[str, str]:
        commands.change_own_name(g.actor, **read_form(NameForm), request_id=request_id)
        return HERE, "own_name_changed"

    return handle_form(act, _page)


def _page(request_id: str, values: Values, errors: Errors) -> str:
    account = get_account(g.actor)
    return render_template(
        "meetings/account/account.html",
        account=account,
        request_id=request_id,
        values={"name": account.name} | values,
        errors=errors,
        needs_code=needs_code(),
        entries=list_own_entries(g.actor),
    )
