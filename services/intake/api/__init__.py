"""The JSON API of intake: signing somebody up, and following how they come to a group."""

from __future__ import annotations

from shared.web.api import Resources
from shared.web.api_document import About

api = Resources(
    "kennismaking",
    About(
        "Houvast: aanmelden en kennismaken",
        "Mensen aanmelden voor een groep, en volgen hoe zij na een kennismaking een plek krijgen. Adressen, de"
        " hulpvraag en waarom een gesprek op niets uitkwam, zijn hier niet op te vragen.",
        "1.0.0",
    ),
)
