"""The demo clock, which anybody may move forward where there are demo people."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from services.meetings.pages.sign_in import safe_path
from shared import clock
from shared.errors import NotFound
from shared.security.access import public

pages = Blueprint("demo", __name__)


@pages.post("/demo/klok")
@public("the clock is there on the embedded default only, and is refused elsewhere")
def move_clock() -> Response:
    """Move the clock forward for everybody."""
    if not clock.is_movable():
        raise NotFound()
    clock.move_to(_moment(request.form.get("move", "")))
    return redirect(safe_path(request.form.get("here", "/")), code=303)


def _moment(move: str) -> datetime:
    now = clock.now()
    tomorrow = clock.today() + timedelta(days=1)
    moves = {
        "hour": now + timedelta(hours=1),
        "evening": _next(time(18, 5)),
        "tomorrow": clock.instant(tomorrow, time(9)),
        "tomorrow_evening": clock.instant(tomorrow, time(18, 5)),
        "week": now + timedelta(days=7),
    }
    return moves.get(move, now)


def _next(at: time) -> datetime:
    """Return the next moment at which the local clock shows this time."""
    moment = clock.instant(clock.today(), at)
    return moment if moment > clock.now() else clock.instant(clock.today() + timedelta(days=1), at)
