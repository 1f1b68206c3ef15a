"""The log of a service, for the other services: `GET /feed/<service>?after=<number>&limit=<at most 500>`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from shared.feed import PATH
from shared.house import House
from shared.web.asks import asks_service

MOST = 500


def serve_feed(house: House) -> Blueprint:
    """{"epoch", "seq" (the last number given), "letters": [[number, the letter as it travels], ...]}."""
    pages = Blueprint("feed", __name__)

    @pages.get(f"{PATH}/{house.name}")
    @asks_service()
    def read() -> dict[str, Any]:
        after = max(0, request.args.get("after", 0, type=int))
        limit = max(0, min(MOST, request.args.get("limit", MOST, type=int)))
        epoch, seq = house.outbox.head()
        return {"epoch": epoch, "seq": seq, "letters": house.outbox.after(after, limit) if limit else []}

    return pages
