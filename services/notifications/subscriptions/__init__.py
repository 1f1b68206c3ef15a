"""What notifications consumes, by subject."""

from services.notifications.subscriptions import (
    absences,
    groups,
    in_person,
    intro_talks,
    invitations,
    measurements,
    meetings,
    memberships,
    people,
    sign_in,
    signups,
)
from services.notifications.subscriptions.registry import subscriptions

__all__ = [
    "absences",
    "groups",
    "in_person",
    "intro_talks",
    "invitations",
    "measurements",
    "meetings",
    "memberships",
    "people",
    "sign_in",
    "signups",
    "subscriptions",
]
