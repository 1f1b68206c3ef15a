"""Signing in and out, and renewing the pass that every service trusts for five minutes."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Blueprint, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands import sign_in
from services.meetings.pages.organisations import public_identity
from services.meetings.queries.staff import list_demo_people
from services.meetings.schemas.installation import FirstManagerForm
from services.meetings.schemas.sign_in import SignInForm
from shared.errors import Invalid, Refusal
from shared.ids import new_id
from shared.security.access import Cookies, NotSignedIn, public
from shared.security.actor import PUBLIC, Actor
from shared.security.passes import PASS_SECONDS
from shared.security.rate_limit import TooManyRequests
from shared.web.forms import (
    Errors,
    Values,
    form_errors,
    read_form,
    read_request_id,
    shows_again,
    submitted_values,
)
from shared.web.problems import wants_problem

pages = Blueprint("sign_in", __name__)
SESSION_COOKIE = "houvast-session"
DEVICE_COOKIE = "houvast-device"
SESSION_PATH = "/inloggen"
CODE_PAGE = "/inloggen/code"
WELCOME_PAGE = "/welkom"
LONGEST_PATH = 2000


@pages.get("/inloggen")
@public("this is where one becomes somebody", for_staff=True)
def ask() -> str:
    """Show the page to ask for a link; on the embedded default also the demo people."""
    return _ask_page({}, {"naar": safe_path(request.args.get("naar", "/"))})


@pages.post("/inloggen")
@public("this is where one becomes somebody", for_staff=True)
@shows_again(lambda errors: _ask_page(errors, _with_safe_path(submitted_values())))
def send_link() -> ResponseReturnValue:
    """Have a link mailed; the response is the same for every address, also when it was asked for too often."""
    try:
        form = read_form(SignInForm)
        sign_in.request_sign_in(
            PUBLIC,
            email=form["email"],
            network=request.remote_addr,
            device=device_token(),
            leads_to=safe_path(form["naar"]),
            request_id=read_request_id(),
        )
    except (Invalid, TooManyRequests) as refusal:
        return _ask_page(form_errors(refusal), _with_safe_path(submitted_values())), refusal.status
    return render_template("meetings/sign_in/sent.html")


@pages.get("/inloggen/link/<secret>")
@public(
    "the secret in the address is the proof; a GET changes nothing, because mail scanners follow links",
    for_staff=True,
)
def link(secret: str) -> str:
    """Show a button: opening a link, as mail scanners do, does not use it."""
    return _link_page(secret, {})


@pages.post("/inloggen/link/<secret>")
@public("the secret in the address is the proof", for_staff=True)
@shows_again(lambda errors, secret: _link_page(secret, errors))
def use_link(secret: str) -> ResponseReturnValue:
    """Open a session with the mailed link."""
    try:
        opened = sign_in.open_session(secret, request_id=read_request_id())
    except Refusal as gone:
        return render_template("meetings/sign_in/gone.html", code=gone.code), 410
    return signed_in(opened.secret, safe_path(opened.leads_to))


@pages.get("/inloggen/eerste/<secret>")
@public("the secret was printed where the installation was started", for_staff=True)
def first(secret: str) -> ResponseReturnValue:
    """Show the form for the first manager of a new installation."""
    try:
        sign_in.check_first_link(secret)
    except Refusal as gone:
        return render_template("meetings/sign_in/gone.html", code=gone.code), 410
    return _first_page(secret, new_id(), {}, {})


@pages.post("/inloggen/eerste/<secret>")
@public("the secret was printed where the installation was started", for_staff=True)
@shows_again(lambda errors, secret: _first_page(secret, read_request_id(), errors, submitted_values()))
def settle_first(secret: str) -> ResponseReturnValue:
    """Make the first organisation and its manager, and sign them in."""
    try:
        form = read_form(FirstManagerForm)
        sender = None if form.pop("keeps_words") else public_identity()
        staff_id = sign_in.settle_first_manager(
            PUBLIC, secret=secret, **form, sender=sender, request_id=read_request_id()
        )
    except Invalid as refusal:
        return _first_page(secret, read_request_id(), refusal.errors, submitted_values()), 400
    except Refusal as refusal:
        if refusal.code == "sign_in_link_gone":
            return render_template("meetings/sign_in/gone.html", code=refusal.code), 410
        return _first_page(secret, read_request_id(), form_errors(refusal), submitted_values()), refusal.status
    return signed_in(sign_in.start_session(staff_id), "/")


@pages.post("/inloggen/demo/<uuid:staff_id>")
@public("only where the demo people were switched on, and refused elsewhere", for_staff=True)
@shows_again(lambda errors, staff_id: _ask_page(errors, _with_safe_path(submitted_values())))
def as_demo_person(staff_id: str) -> Response:
    """Sign in as one of the demo people."""
    if not current_app.extensions["settings"].demo_people:
        raise Refusal("demo_people_not_here")
    return signed_in(sign_in.start_session(staff_id), safe_path(request.form.get("naar", "/")))


@pages.route("/inloggen/verder", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@public(
    "a session that has ended leads to the page to sign in, and no session to the page to begin at",
    for_staff=True,
)
def renew() -> Response:
    """Renew the pass of a session and go back; a form that was being sent is sent on."""
    there = safe_path(request.args.get("naar", "/"))
    secret = request.cookies.get(SESSION_COOKIE, "")
    actor = sign_in.keep_session(secret, needs_code=needs_code())
    if actor is not None:
        # 307 keeps method and body.
        return with_pass(redirect(there, code=302 if request.method == "GET" else 307), actor)
    if wants_problem():
        raise NotSignedIn()
    if sign_in.find_unproved(secret) is not None:
        return redirect(f"{CODE_PAGE}?naar={quote(there if request.method == 'GET' else '/')}", code=303)
    if request.method != "GET":
        return redirect("/inloggen?verlopen=1", code=303)
    if there == "/":
        # Nobody knows yet who this is: who was signed in here before comes to work.
        return redirect("/inloggen" if secret else WELCOME_PAGE, code=303)
    return redirect(f"/inloggen?naar={quote(there)}", code=303)


@pages.post("/inloggen/uit")
@public("signing out twice is fine", for_staff=True)
def leave() -> Response:
    """Sign out on this device."""
    sign_in.end_session(request.cookies.get(SESSION_COOKIE, ""))
    response = redirect("/inloggen", code=303)
    response.delete_cookie(SESSION_COOKIE, path=SESSION_PATH)
    response.delete_cookie(Cookies.of(public_url()).staff, path="/", secure=is_tls())
    return response


def _ask_page(errors: Errors, values: Values) -> str:
    people = list_demo_people() if current_app.extensions["settings"].demo_people else []
    was_lost = "verlopen" in request.args
    return render_template(
        "meetings/sign_in/ask.html", errors=errors, values=values, people=people, was_lost=was_lost
    )


def _with_safe_path(values: Values) -> Values:
    return values | {"naar": safe_path(request.form.get("naar", "/"))}


def _link_page(secret: str, errors: Errors) -> str:
    return render_template("meetings/sign_in/link.html", secret=secret, errors=errors)


def _first_page(secret: str, request_id: str, errors: Errors, values: Values) -> str:
    return render_template(
        "meetings/sign_in/first_manager.html", secret=secret, request_id=request_id, errors=errors, values=values
    )


def signed_in(secret: str, there: str) -> Response:
    """Begin a session on this device and redirect to the page that was asked for, or to the second factor."""
    actor = sign_in.keep_session(secret, needs_code=needs_code())
    if actor is None:
        response = redirect(f"{CODE_PAGE}?naar={quote(there)}", code=303)
    else:
        response = with_device(with_pass(redirect(there, code=303), actor), actor)
    # Sent to this path only: no other page needs to see it.
    response.set_cookie(SESSION_COOKIE, secret, httponly=True, samesite="Lax", secure=is_tls(), path=SESSION_PATH)
    return response


def with_pass(response: Response, actor: Actor) -> Response:
    """Return the same response, with the pass that every service trusts."""
    g.actor = actor
    set_pass_cookie(response, Cookies.of(public_url()).staff, sign_in.sign_pass(actor), PASS_SECONDS)
    return response


def with_device(response: Response, actor: Actor) -> Response:
    """Return the same response, with the token of a device on which this member of staff has signed in."""
    response.set_cookie(
        DEVICE_COOKIE,
        sign_in.sign_device(actor.id),
        max_age=sign_in.DEVICE_LIFETIME,
        httponly=True,
        samesite="Lax",
        secure=is_tls(),
        path=SESSION_PATH,
    )
    return response


def device_token() -> str:
    """Return the token that `with_device` gave to this device; empty when it has none."""
    return request.cookies.get(DEVICE_COOKIE, "")


def set_pass_cookie(response: Response, name: str, signed_pass: str, seconds: int) -> None:
    """Set a pass that the browser sends to every service, and no script can read."""
    response.set_cookie(
        name, signed_pass, max_age=seconds, httponly=True, samesite="Lax", secure=is_tls(), path="/"
    )


def needs_code() -> bool:
    """Return whether a session needs a code: not where demo people may be chosen."""
    return not current_app.extensions["settings"].demo_people


def safe_path(there: str) -> str:
    """Return the path when it is one on this host, else `/`: no open redirects.

    One with backslashes or control characters is none: browsers read them differently.
    """
    try:
        parts = urlsplit(there)
    except ValueError:
        return "/"
    is_plain = there.isprintable() and "\\" not in there and len(there) <= LONGEST_PATH
    is_ours = not parts.scheme and not parts.netloc and there.startswith("/") and not there.startswith("//")
    return there if is_plain and is_ours else "/"


def public_url() -> str:
    """Return the address under which people open the pages."""
    return str(current_app.extensions["settings"].public_url)


def is_tls() -> bool:
    return public_url().startswith("https://")
