"""The Flask app of every service."""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import Callable
from pathlib import Path

import structlog
from flask import Blueprint, Flask, Response, current_app, g, get_flashed_messages, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import BytecodeCache, ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.security import safe_join

from shared import clock, language, log
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.access import AccessRule, Cookies, authorize, public
from shared.security.actor import PUBLIC
from shared.security.audit import network_point
from shared.service import Service
from shared.settings import ServiceSettings
from shared.web import charts, entrance, error_labels, listing, page_language, problems
from shared.web.feed import serve_feed
from shared.web.page_language import LanguageOf
from shared.web.text import Texts, texts

_SHARED = Path(__file__).parent.parent
MAX_BODY_BYTES = 256 * 1024
_FORM_FIELDS = frozenset(("csrf_token", "request_id"))
_TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


def make_flask(
    service: Service, settings: ServiceSettings, folder: Path, language_of: LanguageOf = lambda *_: None
) -> Flask:
    """Make an app with our frame, headers, errors, feed and access rules.

    folder       of the service, with its templates/, static/<service>/, data/messages.nl.toml and locale/
    language_of  the language of a participant, as far as the service knows it
    """
    if not structlog.is_configured():
        log.configure(service.name)
    app = Flask(service.name, static_folder=None, template_folder=None)
    is_https = settings.public_url.startswith("https://")
    app.config.update(
        SECRET_KEY=service.encryption.keyring.text("form"),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        SESSION_COOKIE_NAME="houvast-form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_https,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # The token is the proof, and some browsers and programs send no Referer.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.url_map.converters["uuid"] = entrance.IdConverter
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(folder / "templates"), FileSystemLoader(_SHARED / "templates")]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.bytecode_cache = _CACHE
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        day=clock.day_text,
        hour=clock.hour_text,
        hour_of_day=clock.hour_of_day,
        moment=clock.moment_text,
        for_people=clock.for_people,
        listed=language.listed,
    )
    service_texts = Texts(folder / "data" / "messages.nl.toml")
    app.extensions["texts"] = service_texts
    service_texts.catalogue.install(app.jinja_env)
    # Each reverse proxy of ours adds the address that it saw; whatever a visitor claims beyond that does not
    # count.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    csrf = CSRFProtect(app)
    app.before_request(_authorization(service, Cookies.of(settings.public_url), csrf))
    app.after_request(_security_headers(is_https))
    page_language.register(app, language_of, is_https=is_https)
    app.context_processor(_frame)
    app.jinja_env.globals.update(sentence=service_texts.text, new_request_id=new_id)
    app.jinja_env.globals.update(error_labels.template_globals(), **charts.template_globals())
    app.jinja_env.globals.update(shown_pages=listing.shown_pages)
    problems.register(app, service_texts)
    app.register_blueprint(_static_files(service.name, folder))
    app.register_blueprint(serve_feed(service))
    app.teardown_appcontext(lambda _error: service.database.release())
    return app


class _MemoryCache(BytecodeCache):
    """Compiled templates of this process, shared by all its apps."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a template; Jinja compares the checksum of its source."""
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store it for the next app."""
        self._code[bucket.key] = bucket.bytecode_to_string()


_CACHE = _MemoryCache()


def _authorization(
    service: Service, cookies: Cookies, csrf: CSRFProtect
) -> Callable[[], ResponseReturnValue | None]:
    def check_request() -> ResponseReturnValue | None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service=service.name, traceparent=_traceparent())
        network_point.set(request.remote_addr)
        g.actor = PUBLIC
        page_language.begin()
        log.step("request_started", method=request.method, endpoint=request.endpoint)
        if request.routing_exception is not None:
            return None
        entrance.check_address()
        view = current_app.view_functions.get(request.endpoint or "")
        renewal = authorize(view, service.encryption.keyring, service.name, cookies)
        if renewal is not None:
            return renewal
        page_language.follow_reader()
        if not g.access_rule.from_machines:
            _check_form(g.access_rule, csrf)
            entrance.check_form()
        return None

    return check_request


def _check_form(access_rule: AccessRule, csrf: CSRFProtect) -> None:
    """Refuse a form that another site may have made somebody send. Raises CSRFError."""
    if access_rule.kind == "link":
        # The link is the proof. A program that only sends the address back has no form of ours.
        if request.method == "POST" and _FORM_FIELDS.isdisjoint(request.form):
            raise CSRFError()
    elif access_rule.kind not in ("key", "service"):
        csrf.protect()


def _traceparent() -> str:
    given = request.headers.get("traceparent", "")
    if _TRACEPARENT.match(given):
        return given
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def _security_headers(is_https: bool) -> Callable[[Response], Response]:
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )

    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cache-Control", "no-store")
        if is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        log.step("request_answered", status=response.status_code, endpoint=request.endpoint)
        return response

    return add_headers


def _frame() -> dict[str, object]:
    """Return what the frame of every page shows."""
    actor, access_rule = g.get("actor", PUBLIC), g.get("access_rule")
    # A public page looks the same to staff: it is what the people it is for will see.
    for_staff = actor.is_staff and (access_rule is None or access_rule.kind == "staff")
    menu = [{"label": label, "href": href, "current": _is_current(href)} for label, href in actor.menu]
    flashed = get_flashed_messages()
    return {
        "actor": actor if for_staff else None,
        "menu": menu if for_staff else [],
        "flash": flashed[-1] if flashed else None,
        "quick_exit": not for_staff,
        "let_in": access_rule is not None and access_rule.kind == actor.kind == "participant",
        "organisation": None,
        "language": language.current(),
        "languages": page_language.choices(),
        "demo_clock": _demo_clock(),
    }


def _is_current(href: str) -> bool:
    return request.path == href or (href != "/" and request.path.startswith(href + "/"))


def _demo_clock() -> dict[str, object] | None:
    if not clock.is_movable():
        return None
    # It is for who tries things out, and stays in Dutch.
    with language.using(language.SOURCE):
        moves, now = texts().table("clock_moves"), clock.moment_text(clock.now())
    return {
        "now": now,
        "short": _short(now),
        "milliseconds": round(clock.now().timestamp() * 1000),
        "action": "/demo/klok",
        "here": request.full_path.rstrip("?"),
        "moves": [{"value": value, "label": label} for value, label in moves.items()],
    }


def _short(moment: str) -> str:
    """Return "ma 30 nov, 14.39" for "maandag 30 november, 14.39"."""
    day, number, month, hour = moment.split()
    return f"{day[:2]} {number} {month[:3].replace('maa', 'mrt')}, {hour}"


def _static_files(name: str, folder: Path) -> Blueprint:
    files = Blueprint("static_files", name)
    folders = {name: folder / "static" / name, "shared": _SHARED / "static"}

    @files.get(f"/static/<any({name}, shared):area>/<path:file>")
    @public("style sheets and icons hold nothing of anybody")
    def static(area: str, file: str) -> Response:
        path = safe_join(str(folders[area]), file)
        if path is None or not Path(path).is_file():
            raise NotFound()
        # Read whole, because they are small: a connection that breaks leaves no open file behind.
        response = Response(Path(path).read_bytes(), mimetype=mimetypes.guess_type(path)[0] or "text/plain")
        response.headers["Cache-Control"] = "public, max-age=600"
        return response

    return files
