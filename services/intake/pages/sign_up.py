"""Signing oneself up, on a public page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from services.intake.commands import people, signups
from services.intake.queries import organisations
from services.intake.queries.organisations import OrganisationView
from services.intake.schemas import SignupForm
from shared.ids import new_id
from shared.security.access import public
from shared.security.actor import PUBLIC
from shared.web.forms import Errors, Values, handle_form, read_form, read_request_id, shows_again, submitted_values

pages = Blueprint("sign_up", __name__)
LISTS = ("phone", "purposes", "days", "parts_of_day", "needs", "themes")


@pages.get("/aanmelden")
@public("anybody may sign up, and this page shows nothing of anybody")
def choose_organisation() -> ResponseReturnValue:
    """Ask which organisation; with only one there is nothing to choose."""
    choices = organisations.list_organisations()
    if len(choices) == 1:
        return redirect(f"/aanmelden/{choices[0].slug}", code=302)
    return render_template("intake/sign_up/choose_organisation.html", organisations=choices)


@pages.get("/aanmelden/<slug>")
@public("anybody may sign up, and this page shows nothing of anybody")
def ask(slug: str) -> str:
    """Show the form."""
    return _form(organisations.get_organisation(slug), new_id(), {}, {})


@pages.post("/aanmelden/<slug>")
@public("anybody may sign up; the same form sent twice is one sign-up")
@shows_again(lambda errors, slug: _form_again(slug, errors))
def sign_up(slug: str) -> ResponseReturnValue:
    """Sign up, and go on to the page that says what happens next."""
    organisation = organisations.get_organisation(slug)

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(SignupForm, many=LISTS)
        signups.register_signup(
            PUBLIC, organisation_id=organisation.id, network=request.remote_addr, request_id=request_id, **form
        )
        return f"/aanmelden/{slug}/bedankt{_missing(form)}", ""

    return handle_form(act, lambda *again: _form(organisation, *again))


@pages.get("/aanmelden/<slug>/bedankt")
@public("the same page for everybody, so that its address tells nothing")
def thank(slug: str) -> str:
    """Show what happens now; loading it again changes nothing."""
    organisation = organisations.get_organisation(slug)
    return render_template(
        "intake/sign_up/thanks.html",
        organisation=organisation.name,
        profile=organisation.profile,
        theme=organisation.theme,
        slug=slug,
        is_reachable=request.args.get("adres") != "nee",
        is_not_texted=request.args.get("sms") == "nee",
    )


def _missing(form: Values) -> str:
    """Return what the next page says of the addresses, as its query: none, or a number that we cannot text."""
    if not form["email"] and not form["mobile"]:
        return "?adres=nee"
    return "" if form["may_be_texted"] else "?sms=nee"


def _form_again(slug: str, errors: Errors) -> str:
    return _form(organisations.get_organisation(slug), read_request_id(), submitted_values(LISTS), errors)


def _form(organisation: OrganisationView, request_id: str, values: Values, errors: Errors) -> str:
    return render_template(
        "intake/sign_up/form.html",
        organisation=organisation.name,
        profile=organisation.profile,
        theme=organisation.theme,
        slug=organisation.slug,
        themes=organisations.list_themes([organisation.id]),
        request_id=request_id,
        values=values,
        errors=errors,
        consent_text=people.CONSENT_TEXT,
    )
