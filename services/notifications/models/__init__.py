"""The tables of notifications and nobody else's: messages with their lives, and copies of what the others said."""

from __future__ import annotations

import peewee

from services.notifications.models.foundation import Model, service
from services.notifications.models.messages import WAITING, DeliveryAttempt, Message, MessageStep
from services.notifications.models.replicas import (
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
from services.notifications.models.ways import Address, OptOut, Preference, Receipt, Reply, TextSent, WayChange

__all__ = [
    "NOT_OF_A_TENANT",
    "TABLES",
    "WAITING",
    "Absence",
    "Address",
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
    "OptOut",
    "Organisation",
    "Participant",
    "Preference",
    "Reach",
    "Receipt",
    "Reply",
    "Staff",
    "Talk",
    "TextSent",
    "WayChange",
    "service",
]

TABLES: list[type[peewee.Model]] = [
    Message, MessageStep, DeliveryAttempt, Participant, Contact, Reach, Consent, Staff, Organisation, Group,
    Meeting, Membership, CallOff, Absence, Talk, Measurement, OptOut, Preference, Address, WayChange, Receipt,
    Reply, TextSent,
]  # fmt: skip
# Somebody may work for several organisations; an organisation is its own tenant.
NOT_OF_A_TENANT = ("Staff", "Organisation")
