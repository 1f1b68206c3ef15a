"""The one way in which a form is answered: done and on to another page, or shown again with what to mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect

from services.intake.pages.words import errors_of
from shared.errors import NotFound, Refusal
from shared.web.forms import read_request_id, submitted_values
from shared.web.text import text

Values = dict[str, Any]
Errors = dict[str, list[str]]
Show = Callable[[str, Values, Errors], str]


def answer(show: Show, act: Callable[[str], tuple[str, str]]) -> Any:
    """Read and do with `act`, which gives where to go on and what to say there; `show` is the form again.

    What to say is a code of the table `done`, or nothing. Both get the request_id of the form, so that a form that
    is mended and sent again stays the same request.
    """
    request_id = read_request_id()
    try:
        there, done = act(request_id)
    except NotFound:
        raise
    except Refusal as wrong:
        return show(request_id, submitted_values(), errors_of(wrong)), wrong.status
    if done:
        flash(text("done", done))
    return redirect(there, code=303)
