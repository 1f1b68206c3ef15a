"""The statements below the pages of who takes part: privacy, of each organisation, and accessibility."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from services.meetings.queries.organisations import get_by_slug, list_all
from shared.security.access import public

pages = Blueprint("statements", __name__)


@pages.get("/privacy")
@public("anybody may read how we treat what people tell us")
def choose_privacy() -> ResponseReturnValue:
    """Show of which organisations there is a statement; with only one there is nothing to choose."""
    organisations = list_all()
    if len(organisations) == 1:
        return redirect(f"/privacy/{organisations[0].slug}", code=302)
    return render_template("meetings/statements/choose.html", organisations=organisations)


@pages.get("/privacy/<slug>")
@public("anybody may read how we treat what people tell us")
def privacy(slug: str) -> str:
    """Show what this organisation keeps of people, who sees it and how it is taken away."""
    here = get_by_slug(slug)
    return render_template("meetings/statements/privacy.html", here=here, theme=here.theme)


@pages.get("/toegankelijkheid")
@public("anybody may read for whom these pages work")
def accessibility() -> str:
    """Show what was tested, what was not, and whom to tell what does not work."""
    return render_template("meetings/statements/accessibility.html", organisations=list_all())
