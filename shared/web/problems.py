"""Error responses: a Dutch page for a person, application/problem+json (RFC 9457) for a program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypedDict

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from shared import log
from shared.errors import Invalid, Refusal
from shared.security.rate_limit import TooManyRequests
from shared.storage import StoreUnavailable, is_server_lost
from shared.web.entrance import UnfitText
from shared.web.forms import form_again, send_again
from shared.web.text import Texts

_BY_STATUS = {
    400: "invalid",
    403: "not_allowed",
    404: "not_found",
    405: "wrong_method",
    413: "too_large",
    414: "address_too_long",
    415: "wrong_content_type",
}


# What is wrong with one part of the input, and where: location is {pointer} in a body, elsewhere {name}.
InputError = TypedDict("InputError", {"in": str, "location": dict[str, str], "detail": str})


def register(app: Flask, texts: Texts) -> None:
    """Answer every failure of this app with a page or a problem document."""

    def answer(
        status: int, code: str, facts: Mapping[str, object], errors: dict[str, list[str]] | None = None
    ) -> ResponseReturnValue:
        if wants_problem():
            title = texts.program_text("headings", status)
            detail = texts.program_text("refusals", code, **facts)
            return problem(status, code, title, detail, _located(errors or {}))
        detail = texts.text("refusals", code, **facts)
        heading = texts.text("headings", status)
        return render_template(
            "houvast/error.html", status=status, heading=heading, sentence=detail, errors=errors or {}
        ), status

    @app.errorhandler(Refusal)
    def refused(refusal: Refusal) -> ResponseReturnValue:
        errors = refusal.errors if isinstance(refusal, Invalid) else None
        response = app.make_response(answer(refusal.status, refusal.code, refusal.facts, errors))
        if isinstance(refusal, TooManyRequests) and refusal.retry_after_seconds is not None:
            response.headers["Retry-After"] = str(refusal.retry_after_seconds)
        return response

    @app.errorhandler(UnfitText)
    def unfit_text(refusal: UnfitText) -> ResponseReturnValue:
        page = None if wants_problem() else form_again("unfit_text_again") or send_again("unfit_text_send_again")
        return answer(refusal.status, refusal.code, {}) if page is None else page

    @app.errorhandler(CSRFError)
    def form_expired(_: CSRFError) -> ResponseReturnValue:
        page = None if wants_problem() else form_again("form_again") or send_again("send_again")
        return answer(400, "form_expired", {}) if page is None else page

    @app.errorhandler(StoreUnavailable)
    def cannot_write(error: StoreUnavailable) -> ResponseReturnValue:
        log.error("store_unavailable", error)
        return answer(503, "store_unavailable", {})

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue | HTTPException:
        status = error.code or 500
        if status < 400:
            return error
        response = answer(status, _BY_STATUS.get(status, "broken" if status >= 500 else "invalid"), {})
        if status == 405 and getattr(error, "valid_methods", None):
            response = app.make_response(response)
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
        return response

    @app.errorhandler(Exception)
    def broken(error: Exception) -> ResponseReturnValue:
        if is_server_lost(error):  # while reading
            log.error("store_unavailable", error)
            return answer(503, "store_unavailable", {})
        log.error("request_failed", error, endpoint=request.endpoint)
        return answer(500, "broken", {})


def wants_problem() -> bool:
    """Tell whether a program asks, to which a problem document is answered."""
    return f"{request.path}/".startswith("/api/") or request.accept_mimetypes.best in (
        "application/json",
        "application/problem+json",
    )


def problem(status: int, code: str, title: str, detail: str, errors: list[InputError] | None = None) -> Response:
    """Return a problem document."""
    body: dict[str, object] = {"status": status, "title": title, "detail": detail, "code": code}
    if errors or status == 400:
        body["errors"] = errors or []
    return Response(json.dumps(body), status, content_type="application/problem+json")


def _located(errors: dict[str, list[str]]) -> list[InputError]:
    return [
        {"in": "body", "location": {"pointer": f"/{field}"}, "detail": detail}
        for field, details in errors.items()
        for detail in details
    ]
