"""The log of a service, for the other services: `GET /feed/<service>?after=<number>&limit=<at most 500>`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from shared.messaging.feed import PATH
from shared.security.access import requires_service
from shared.service import Service

MOST = 500


def serve_feed(service: Service) -> Blueprint:
    """{"epoch", "seq" (the last number given), "events": [[number, the event as it travels], ...]}."""
    pages = Blueprint("feed", __name__)

    @pages.get(f"{PATH}/{service.name}")
    @requires_service()
    def read() -> dict[str, Any]:
        after = max(0, request.args.get("after", 0, type=int))
        limit = max(0, min(MOST, request.args.get("limit", MOST, type=int)))
        epoch, seq = service.outbox.head()
        return {"epoch": epoch, "seq": seq, "events": service.outbox.after(after, limit) if limit else []}

    return pages
