"""Filling in by link: one statement at a time, from where one was; no page shows an answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template

from services.questionnaires.commands import filling
from services.questionnaires.queries.filling import Sheet, get_sheet
from services.questionnaires.schemas import AnswerForm
from shared.errors import Invalid, NotFound, Refusal
from shared.ids import new_id
from shared.security.access import LinkGone, requires_link
from shared.web.forms import read_form, read_request_id

pages = Blueprint("fill_in", __name__)
HERE = "/mijn/vragenlijst/<token>"


@pages.get(HERE)
@requires_link("fill_in")
def arrive(token: str) -> Any:
    """What it is and who sees it; for whoever began already, the next statement."""
    sheet = get_sheet(g.link.subject)
    if sheet.closed or sheet.done:
        return _show(token, sheet)
    return render_template("questionnaires/start.html", token=token, sheet=sheet, organisation=sheet.organisation)


@pages.get(f"{HERE}/uitspraken")
@requires_link("fill_in")
def go_on(token: str) -> Any:
    """The next statement. Always this one address, so that going back leads forward."""
    return _show(token, get_sheet(g.link.subject))


@pages.post(f"{HERE}/uitspraken")
@requires_link("fill_in")
def answer(token: str) -> Any:
    """Keep one answer, or that it was skipped, and go on."""
    try:
        form = read_form(AnswerForm)
        filling.answer_item(
            g.actor, measurement_id=g.link.subject, item_key=form["item"],
            value=None if form["skip"] else form["answer"], request_id=read_request_id(),
        )  # fmt: skip
    except Invalid as wrong:
        return _show(token, get_sheet(g.link.subject), errors=wrong.errors), 400
    except Refusal as refusal:
        return _show(token, get_sheet(g.link.subject), refusal=refusal), refusal.status
    return redirect(f"/mijn/vragenlijst/{token}/uitspraken", code=303)


@pages.post(f"{HERE}/afronden")
@requires_link("fill_in")
def finish(token: str) -> Any:
    """Be done with it; the rest counts as skipped."""
    try:
        filling.finish_measurement(g.actor, measurement_id=g.link.subject, request_id=read_request_id())
    except Refusal as refusal:
        return _show(token, get_sheet(g.link.subject), refusal=refusal), refusal.status
    return redirect(f"/mijn/vragenlijst/{token}", code=303)


@pages.errorhandler(LinkGone)
def link_gone(gone: LinkGone) -> Any:
    """A link that is over, or is none of ours: said kindly, and nothing about whose it was."""
    return render_template("questionnaires/closed.html", code=gone.code, sheet=None), gone.status


@pages.errorhandler(NotFound)
def list_gone(_gone: NotFound) -> Any:
    """A good link to a list that is not there any more: whoever it was for was forgotten."""
    return render_template("questionnaires/closed.html", code="measurement_withdrawn", sheet=None), LinkGone.status


def _show(
    token: str, sheet: Sheet, *, errors: dict[str, list[str]] | None = None, refusal: Refusal | None = None
) -> str:
    """The page that fits how the list stands now. Every page gets an id of its own: see commands.filling."""
    told = {"sheet": sheet, "organisation": sheet.organisation}
    if sheet.closed == "measurement_completed":
        return render_template("questionnaires/done.html", is_late=refusal is not None, **told)
    if sheet.closed:
        return render_template("questionnaires/closed.html", code=sheet.closed, **told)
    return render_template(
        "questionnaires/statement.html", token=token, request_id=new_id(), errors=errors or {}, refusal=refusal,
        **told,
    )  # fmt: skip
