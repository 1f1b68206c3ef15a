"""The second factor after the link: setting up the app, typing its code, and reporting an app as lost."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from services.meetings.commands import second_factor, sign_in
from services.meetings.commands.second_factor import Proof
from services.meetings.pages.sign_in import (
    SESSION_COOKIE,
    device_token,
    safe_path,
    with_device,
    with_pass,
)
from shared.security.access import public, requires_staff
from shared.web.forms import Errors, read_request_id, shows_again
from shared.web.text import text

pages = Blueprint("second_factor", __name__)


@pages.get("/inloggen/code")
@public(
    "only the session in the cookie, which was opened with a mailed link, sees more than an empty form",
    for_staff=True,
)
def ask_code() -> ResponseReturnValue:
    """Show the page to type a code, with a QR code to scan when there is no app yet."""
    if sign_in.find_unproved(_session()) is None:
        return redirect("/inloggen", code=303)
    return _code_page({}), 200


@pages.post("/inloggen/code")
@public("the session in the cookie says who it is, and the code proves it", for_staff=True)
@shows_again(lambda errors: _code_page_again(errors))
def show_code() -> ResponseReturnValue:
    """Prove the session, or let the code be typed again; after too many wrong ones a new link is needed."""
    outcome = second_factor.prove_session(_session(), request.form.get("code", ""), device=device_token())
    if outcome is Proof.WRONG:
        return _code_page({"code": [text("refusals", "sign_in_code_wrong")]}), 409
    if outcome is not Proof.PROVED:
        code, status = ("sign_in_code_too_often", 429) if outcome is Proof.TOO_OFTEN else ("sign_in_too_late", 410)
        return render_template("meetings/sign_in/gone.html", code=code), status
    actor = sign_in.keep_session(_session(), needs_code=True)
    assert actor is not None, "a session that was just proved is good"
    response = with_pass(redirect(safe_path(request.form.get("naar", "/")), code=303), actor)
    return with_device(response, actor)


@pages.post("/beheer/<uuid:organisation_id>/medewerkers/<uuid:staff_id>/app")
@requires_staff("manager")
def forget_app(organisation_id: str, staff_id: str) -> Response:
    """Report that a colleague lost their app; the second report deletes it."""
    outcome = second_factor.forget_authenticator(
        g.actor, organisation_id=organisation_id, staff_id=staff_id, request_id=read_request_id()
    )
    flash(text("done", f"authenticator_{outcome}"))
    return redirect(f"/beheer/{organisation_id}/medewerkers/{staff_id}", code=303)


def _code_page(errors: Errors) -> str:
    new = second_factor.prepare_app(_session())
    return render_template(
        "meetings/second_factor/code.html",
        errors=errors,
        naar=safe_path(request.values.get("naar", "/")),
        new=new,
        picture=None if new is None else _picture(new.uri),
    )


def _code_page_again(errors: Errors) -> str:
    if sign_in.find_unproved(_session()) is None:
        return render_template("meetings/sign_in/gone.html", code="sign_in_too_late")
    return _code_page(errors)


def _picture(uri: str) -> Markup:
    """Draw the QR code within the page, so that it is stored nowhere; always black on white."""
    return Markup(  # noqa: S704
        segno.make(uri, error="m").svg_inline(
            border=4,
            dark="#000",
            light="#fff",
            omitsize=True,
            svgclass="scan",
            lineclass=None,
            title=text("labels", "app_picture"),
        )
    )


def _session() -> str:
    return request.cookies.get(SESSION_COOKIE, "")
