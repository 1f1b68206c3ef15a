"""The tables of notifications: messages with their steps, and replicas of other services."""

from __future__ import annotations

import peewee

from services.notifications.models.addresses import Address, ReachabilityChange
from services.notifications.models.foundation import Model, rate_limiter, service
from services.notifications.models.messages import PLANNED, WAITING, DeliveryAttempt, Message, MessageStep
from services.notifications.models.opt_outs import OptOut
from services.notifications.models.preferences import Preference
from services.notifications.models.reachability import Reachability
from services.notifications.models.receipts import MailReport, Receipt
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
    Staff,
    Talk,
)
from services.notifications.models.replies import Reply
from services.notifications.models.text_messages import TextSent

__all__ = [
    "NOT_OF_A_TENANT",
    "PLANNED",
    "TABLES",
    "WAITING",
    "Absence",
    "Address",
    "CallOff",
    "Consent",
    "Contact",
    "DeliveryAttempt",
    "Group",
    "MailReport",
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
    "Reachability",
    "ReachabilityChange",
    "Receipt",
    "Reply",
    "Staff",
    "Talk",
    "TextSent",
    "rate_limiter",
    "service",
]

TABLES: list[type[peewee.Model]] = [
    Message,
    MessageStep,
    DeliveryAttempt,
    Participant,
    Contact,
    Reachability,
    Consent,
    Staff,
    Organisation,
    Group,
    Meeting,
    Membership,
    CallOff,
    Absence,
    Talk,
    Measurement,
    OptOut,
    Preference,
    Address,
    ReachabilityChange,
    Receipt,
    MailReport,
    Reply,
    TextSent,
    rate_limiter.Attempt,
]
# Somebody may work for several organisations; an organisation is its own tenant; a report may be about no message;
# attempts are of strangers.
NOT_OF_A_TENANT = ("Staff", "Organisation", "MailReport", "Attempt")
