"""The JSON API of intake: signing somebody up, and following how they come to a group."""

from services.intake.api import placements, signups, talks
from services.intake.api.document import api

__all__ = ["api", "placements", "signups", "talks"]
