"""What notifications hears."""

from services.notifications.subscriptions import absences, appointments, groups, people
from services.notifications.subscriptions.registry import subscriptions

__all__ = ["absences", "appointments", "groups", "people", "subscriptions"]
