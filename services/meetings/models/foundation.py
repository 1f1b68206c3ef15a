"""The service that every table of meetings stands in."""

from __future__ import annotations

from typing import Any

from shared.service import Service

service = Service("meetings")
Model: Any = service.database.Model
