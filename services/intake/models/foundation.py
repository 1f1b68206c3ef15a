"""The infrastructure of intake: its service, the base of its tables, and its rate limiter."""

from __future__ import annotations

from typing import Any

from shared.security.rate_limit import RateLimiter
from shared.service import Service

service = Service("intake")
rate_limiter = RateLimiter(service.database, service.encryption)
Model: Any = service.database.Model
