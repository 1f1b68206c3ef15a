"""The store of a service: opening it, one transaction for what must happen together, and our field types."""

from shared.storage.append_only import allow_change, forbid_change
from shared.storage.database import Database, Table
from shared.storage.engine import StoreUnavailable
from shared.storage.fields import IdField, MomentField
from shared.storage.first_rows import all_ids, first_ids
from shared.storage.postgres_pool import is_server_lost
from shared.storage.upsert import upsert

__all__ = [
    "Database",
    "IdField",
    "MomentField",
    "StoreUnavailable",
    "Table",
    "all_ids",
    "allow_change",
    "first_ids",
    "forbid_change",
    "is_server_lost",
    "upsert",
]
