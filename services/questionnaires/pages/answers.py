"""Filling in by link, one statement at a time; no page shows an answer."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.questionnaires.commands.answers import answer_item, finish_measurement
from services.questionnaires.queries.answers import get_sheet
from services.questionnaires.schemas import AnswerForm
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.access import LinkGone, requires_link
from shared.web.forms import Errors, handle_form, read_form

pages = Blueprint("answers", __name__)
HERE = "/mijn/vragenlijst/<token>"


@pages.get(HERE)
@requires_link("fill_in")
def start(token: str) -> ResponseReturnValue:
    """Show what the list is and who sees it; the next statement when it was begun."""
    sheet = get_sheet(g.link.subject)
    if sheet.closed or sheet.done:
        return _show(token)
    return render_template(
        "questionnaires/answers/start.html", token=token, sheet=sheet, organisation=sheet.organisation
    )


@pages.get(f"{HERE}/uitspraken")
@requires_link("fill_in")
def show_statement(token: str) -> ResponseReturnValue:
    """Show the next statement, always at this address: the browser's back button shows it too."""
    return _show(token)


@pages.post(f"{HERE}/uitspraken")
@requires_link("fill_in")
def answer(token: str) -> ResponseReturnValue:
    """Store one answer, or that it was skipped, and go on to the next."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(AnswerForm)
        answer_item(
            g.actor,
            measurement_id=g.link.subject,
            item_key=form["item"],
            value=None if form["skip"] else form["answer"],
            request_id=request_id,
        )
        return f"/mijn/vragenlijst/{token}/uitspraken", ""

    return handle_form(act, lambda _request_id, _values, errors: _show(token, errors))


@pages.post(f"{HERE}/afronden")
@requires_link("fill_in")
def finish(token: str) -> ResponseReturnValue:
    """Complete the list; the rest counts as skipped."""

    def act(request_id: str) -> tuple[str, str]:
        finish_measurement(g.actor, measurement_id=g.link.subject, request_id=request_id)
        return f"/mijn/vragenlijst/{token}", ""

    return handle_form(act, lambda _request_id, _values, errors: _show(token, errors))


@pages.errorhandler(LinkGone)
def link_gone(gone: LinkGone) -> ResponseReturnValue:
    """Show that a link has expired or is unknown, and nothing about whose it was."""
    return render_template("questionnaires/answers/closed.html", code=gone.code, sheet=None), gone.status


@pages.errorhandler(NotFound)
def measurement_gone(_gone: NotFound) -> ResponseReturnValue:
    """Show that the list is not needed any more: the person of a valid link was erased."""
    page = render_template("questionnaires/answers/closed.html", code="measurement_withdrawn", sheet=None)
    return page, LinkGone.status


def _show(token: str, errors: Errors | None = None) -> str:
    """Render the page for the state of the list. Every page has a request id of its own: see commands.answers."""
    sheet = get_sheet(g.link.subject)
    common = {"sheet": sheet, "organisation": sheet.organisation}
    if sheet.closed == "measurement_completed":
        return render_template("questionnaires/answers/done.html", is_late=errors is not None, **common)
    if sheet.closed:
        return render_template("questionnaires/answers/closed.html", code=sheet.closed, **common)
    return render_template(
        "questionnaires/answers/statement.html", token=token, request_id=new_id(), errors=errors or {}, **common
    )
