"""The JSON API of meetings, one file a subject."""

from __future__ import annotations

from shared.web.api import Resources
from shared.web.api_document import About

api = Resources(
    "groepen",
    About(
        "Houvast: groepen en bijeenkomsten",
        "Groepen, hun bijeenkomsten, wie er meedoet (zonder naam) en hoeveel mensen er waren. Wie er was,"
        " blijft bij wie de groep begeleidt.",
        "1.1.0",
    ),
)
