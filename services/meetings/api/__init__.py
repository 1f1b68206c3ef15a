"""The JSON API of meetings: what other systems may ask."""

from services.meetings.api import changes  # noqa: F401  its routes are below the same address
from services.meetings.api.resources import api

__all__ = ["api"]
