"""The tables of notifications and nobody else's: messages with their lives, and copies of what the others said."""

from __future__ import annotations

import peewee

from services.notifications.models.foundation import Model, house
from services.notifications.models.heard import (
    Absence,
    CallOff,
    Consent,
    Contact,
    Group,
    Measurement,
    Meeting,
    Membership,
    Organisation,
    Participant,
    Reach,
    Staff,
    Talk,
)
from services.notifications.models.messages import WAITING, DeliveryAttempt, Message, MessageStep

__all__ = [
    "NOT_OF_A_TENANT",
    "TABLES",
    "WAITING",
    "Absence",
    "CallOff",
    "Consent",
    "Contact",
    "DeliveryAttempt",
    "Group",
    "Measurement",
    "Meeting",
    "Membership",
    "Message",
    "MessageStep",
    "Model",
    "Organisation",
    "Participant",
    "Reach",
    "Staff",
    "Talk",
    "house",
]

TABLES: list[type[peewee.Model]] = [
    Message, MessageStep, DeliveryAttempt, Participant, Contact, Reach, Consent, Staff, Organisation, Group,
    Meeting, Membership, CallOff, Absence, Talk, Measurement,
]  # fmt: skip
# Somebody may work for several organisations; an organisation is its own tenant.
NOT_OF_A_TENANT = ("Staff", "Organisation")
