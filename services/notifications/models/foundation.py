"""The service that every table of notifications stands in."""

from __future__ import annotations

from typing import Any

from shared.service import Service

service = Service("notifications")
Model: Any = service.database.Model
