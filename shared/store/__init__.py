"""One service's own store: opening it, one transaction for what must happen together, and our field types."""

from shared.store.database import Database
from shared.store.engine import StoreUnavailable
from shared.store.fields import IdField, MomentField
from shared.store.keep import keep
from shared.store.only_grows import allow_change, forbid_change

__all__ = ["Database", "IdField", "MomentField", "StoreUnavailable", "allow_change", "forbid_change", "keep"]
