"""The feed of a service, for the other services: `GET /feed/<service>?after=<number>&limit=<at most 500>`."""

from __future__ import annotations

from flask import Blueprint, request

from shared.messaging.feed import PATH
from shared.security.access import requires_service
from shared.service import Service

MAX_EVENTS = 500


def serve_feed(service: Service) -> Blueprint:
    """Return the routes: {"epoch", "seq" (the last number), "events": [[number, event as JSON text], ...]}."""
    pages = Blueprint("feed", __name__)

    @pages.get(f"{PATH}/{service.name}")
    @requires_service()
    def read() -> dict[str, object]:
        after = max(0, request.args.get("after", 0, type=int))
        limit = max(0, min(MAX_EVENTS, request.args.get("limit", MAX_EVENTS, type=int)))
        epoch, seq = service.outbox.head()
        return {"epoch": epoch, "seq": seq, "events": service.outbox.after(after, limit) if limit else []}

    return pages
