"""What notifications hears."""

from services.notifications.listeners import appointments, groups, people
from services.notifications.listeners.ears import ears

__all__ = ["appointments", "ears", "groups", "people"]
