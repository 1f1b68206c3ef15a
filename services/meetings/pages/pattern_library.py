"""Every part of the pages in every state, with invented values: to look at, and for the tests of looks."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request

from shared.errors import NotFound
from shared.security.access import requires_staff
from shared.web.listing import read_list_request

pages = Blueprint("pattern_library", __name__)
_TOTAL = 504


@pages.get("/voorbeelden")
@requires_staff()
def overview() -> str:
    """Show the parts, where the demo people are; NotFound elsewhere. `?voor=deelnemer` shows them generous."""
    if not current_app.extensions["settings"].demo_people:
        raise NotFound()
    asked = read_list_request(request.path, request.args, sorts=("name", "turnout"), default="name")
    return render_template(
        "meetings/pattern_library/overview.html",
        asked=asked,
        page=asked.page_of(_TOTAL),
        quick_exit=request.args.get("voor") == "deelnemer",
    )
