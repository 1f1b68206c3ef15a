"""The JSON API of meetings: what other systems may ask."""

from services.meetings.api import attendance, changes  # noqa: F401  their routes are below the same address
from services.meetings.api.resources import api

__all__ = ["api"]
