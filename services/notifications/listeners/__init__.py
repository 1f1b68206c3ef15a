"""What notifications hears."""

from services.notifications.listeners import absences, appointments, groups, people
from services.notifications.listeners.ears import ears

__all__ = ["absences", "appointments", "ears", "groups", "people"]
