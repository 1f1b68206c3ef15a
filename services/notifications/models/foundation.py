"""The house that every table of notifications stands in."""

from __future__ import annotations

from typing import Any

from shared.house import House

house = House("notifications")
Model: Any = house.database.Model
