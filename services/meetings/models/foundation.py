"""The house that every table of meetings stands in."""

from __future__ import annotations

from typing import Any

from shared.house import House

house = House("meetings")
Model: Any = house.database.Model
