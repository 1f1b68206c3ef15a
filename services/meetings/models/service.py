"""The infrastructure of meetings: its service, the base of its tables, and its rate limiter."""

from __future__ import annotations

from typing import Any

from shared.security.rate_limit import RateLimiter
from shared.service import Service

service = Service("meetings")
Model: Any = service.database.Model
rate_limiter = RateLimiter(service.database, service.encryption)
