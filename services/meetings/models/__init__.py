"""The tables of meetings and nobody else's."""

from __future__ import annotations

from typing import Any

from services.meetings.models.access import AccessCode, Authenticator, AuthenticatorReset, rate_limiter
from services.meetings.models.belonging import Attendance, FollowUpCall, Membership, ReturnedPlacement
from services.meetings.models.call_offs import CallOff
from services.meetings.models.changes import CalendarFeed, MeetingChange, MeetingPlace, Substitute
from services.meetings.models.foundation import Model, service
from services.meetings.models.groups import Group, GroupFacilitator, Meeting, MeetingSeries, Venue
from services.meetings.models.people import Organisation, Session, SignInLink, Staff, StaffRole
from services.meetings.models.replicas import Consent, IntroTalk, Participant, Reachability, Signup

__all__ = [
    "NOT_OF_A_TENANT",
    "TABLES",
    "AccessCode",
    "Attendance",
    "Authenticator",
    "AuthenticatorReset",
    "CalendarFeed",
    "CallOff",
    "Consent",
    "FollowUpCall",
    "Group",
    "GroupFacilitator",
    "IntroTalk",
    "Meeting",
    "MeetingChange",
    "MeetingPlace",
    "MeetingSeries",
    "Membership",
    "Model",
    "Organisation",
    "Participant",
    "Reachability",
    "ReturnedPlacement",
    "Session",
    "SignInLink",
    "Signup",
    "Staff",
    "StaffRole",
    "Substitute",
    "Venue",
    "rate_limiter",
    "service",
]

TABLES: list[type[Any]] = [
    Organisation, Staff, StaffRole, SignInLink, Session, Authenticator, AuthenticatorReset, AccessCode,
    rate_limiter.Attempt, Venue, Group, GroupFacilitator, MeetingSeries, Meeting, MeetingChange, MeetingPlace,
    Substitute, Membership, ReturnedPlacement, Attendance, CallOff, FollowUpCall, CalendarFeed, Participant,
    Reachability, Consent, Signup, IntroTalk,
]  # fmt: skip
# Somebody may work for several organisations, and signs in as one person; what was tried is nobody's yet.
NOT_OF_A_TENANT = ("Organisation", "Staff", "SignInLink", "Session", "Authenticator", "Attempt")
