"""The call name, addresses and consents of somebody."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.intake.commands import people
from services.intake.commands.access_log import log_signup_access
from services.intake.queries.phone_numbers import format_number
from services.intake.queries.scope import ROLES
from services.intake.queries.signups import get_signup
from services.intake.schemas import ContactForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form

pages = Blueprint("people", __name__)
CONTACT_LISTS = ("phone", "purposes")


@pages.get("/kennismaking/<uuid:signup_id>/bereik")
@requires_staff(*ROLES)
def ask_contact(signup_id: str) -> str:
    """Show the form with the current values."""
    person = get_signup(g.actor, signup_id).person
    phone = [name for name in ("may_leave_message", "phone_is_shared") if getattr(person, name)]
    values = {
        "call_name": person.call_name,
        "language": person.language,
        "email": person.email or "",
        "mobile": format_number(person.mobile) if person.mobile else "",
        "phone": phone,
        "purposes": list(person.purposes),
    }
    return _contact_form(signup_id, new_id(), values, {})


@pages.post("/kennismaking/<uuid:signup_id>/bereik")
@requires_staff(*ROLES)
def change_contact(signup_id: str) -> ResponseReturnValue:
    """Change how somebody is called and reached."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(ContactForm, many=CONTACT_LISTS)
        people.change_contact(g.actor, signup_id=signup_id, request_id=request_id, **form)
        return f"/kennismaking/{signup_id}", "contact_changed"

    return handle_form(act, lambda *again: _contact_form(signup_id, *again))


def _contact_form(signup_id: str, request_id: str, values: Values, errors: Errors) -> str:
    signup = get_signup(g.actor, signup_id)
    log_signup_access(g.actor, signup_id, signup.organisation_id, "contact")
    return render_template(
        "intake/people/contact.html",
        signup=signup,
        consent_text=people.CONSENT_TEXT,
        request_id=request_id,
        values=values,
        errors=errors,
    )
