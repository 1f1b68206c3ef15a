"""The colour of an organisation, as a style sheet over ours."""

from __future__ import annotations

from flask import Blueprint, Response

from services.meetings.queries.colours import style_sheet_of
from shared.security.access import public

pages = Blueprint("colours", __name__)


@pages.get("/huisstijl/<slug>.css")
@public("a colour tells nothing of anybody")
def style_sheet(slug: str) -> Response:
    """Serve the style sheet; the pages of this organisation for who takes part ask for it."""
    response = Response(style_sheet_of(slug), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=600"
    return response
