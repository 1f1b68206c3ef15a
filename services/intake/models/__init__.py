"""The tables of intake and nobody else's."""

from __future__ import annotations

import peewee

from services.intake.models.erasure import ErasureAnswer, ErasureRequest
from services.intake.models.foundation import rate_limiter, service
from services.intake.models.people import Consent, Contact, Participant
from services.intake.models.placements import Placement
from services.intake.models.replicas import (
    Group,
    Meeting,
    Membership,
    Organisation,
    Reachability,
    StaffGrant,
    StaffMember,
    Undelivered,
)
from services.intake.models.signups import Signup
from services.intake.models.talks import IntroTalk

__all__ = [
    "NOT_OF_A_TENANT",
    "TABLES",
    "Consent",
    "Contact",
    "ErasureAnswer",
    "ErasureRequest",
    "Group",
    "IntroTalk",
    "Meeting",
    "Membership",
    "Organisation",
    "Participant",
    "Placement",
    "Reachability",
    "Signup",
    "StaffGrant",
    "StaffMember",
    "Undelivered",
    "rate_limiter",
    "service",
]

TABLES: list[type[peewee.Model]] = [
    Participant,
    Contact,
    Consent,
    Signup,
    IntroTalk,
    Placement,
    Organisation,
    StaffMember,
    StaffGrant,
    Group,
    Meeting,
    Membership,
    Reachability,
    Undelivered,
    ErasureRequest,
    ErasureAnswer,
    rate_limiter.Attempt,
]
# A tenant itself, and people who may work for several. Attempts are counted by network and address, of nobody.
NOT_OF_A_TENANT = ("Organisation", "StaffMember", "Attempt")
