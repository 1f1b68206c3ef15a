"""Where somebody begins who is not signed in: to take part, to their own page, or to work."""

from __future__ import annotations

from flask import Blueprint, render_template

from services.meetings.pages.sign_in import WELCOME_PAGE
from services.meetings.queries.organisations import list_all, theme_of
from shared.security.access import public

pages = Blueprint("home", __name__)


@pages.get(WELCOME_PAGE)
@public("it shows nothing of anybody, and where each of three kinds of visitors goes")
def home() -> str:
    """Show the three pages to begin at."""
    organisations = list_all()
    return render_template("meetings/home/home.html", organisations=organisations, theme=theme_of(organisations))
