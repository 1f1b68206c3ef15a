"""The tables of meetings and nobody else's."""

from __future__ import annotations

import peewee

from services.meetings.models.attendance import Attendance
from services.meetings.models.calendars import CalendarFeed
from services.meetings.models.call_offs import CallOff
from services.meetings.models.follow_up_calls import FollowUpCall
from services.meetings.models.groups import Group, GroupFacilitator
from services.meetings.models.meeting_changes import InformedInPerson, MeetingChange, MeetingPlace
from services.meetings.models.meetings import NOT_REPORTED, PLANNED, Meeting
from services.meetings.models.memberships import Membership, ReturnedPlacement
from services.meetings.models.my_page import AccessCode
from services.meetings.models.organisations import Organisation
from services.meetings.models.region import ErasedMove
from services.meetings.models.replicas import Consent, IntroTalk, Participant, Reachability, Signup, Undelivered
from services.meetings.models.second_factor import Authenticator, AuthenticatorReset
from services.meetings.models.series import MeetingSeries
from services.meetings.models.service import Model, rate_limiter, service
from services.meetings.models.sign_in import Session, SignInLink
from services.meetings.models.staff import Staff, StaffRole
from services.meetings.models.substitutes import Substitute
from services.meetings.models.venues import Venue

__all__ = [
    "NOT_OF_A_TENANT",
    "NOT_REPORTED",
    "PLANNED",
    "TABLES",
    "AccessCode",
    "Attendance",
    "Authenticator",
    "AuthenticatorReset",
    "CalendarFeed",
    "CallOff",
    "Consent",
    "ErasedMove",
    "FollowUpCall",
    "Group",
    "GroupFacilitator",
    "InformedInPerson",
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
    "Undelivered",
    "Venue",
    "rate_limiter",
    "service",
]
TABLES: list[type[peewee.Model]] = [
    Organisation,
    Staff,
    StaffRole,
    SignInLink,
    Session,
    Authenticator,
    AuthenticatorReset,
    AccessCode,
    rate_limiter.Attempt,
    Venue,
    Group,
    GroupFacilitator,
    MeetingSeries,
    Meeting,
    MeetingChange,
    MeetingPlace,
    Substitute,
    Membership,
    InformedInPerson,
    ReturnedPlacement,
    Attendance,
    ErasedMove,
    CallOff,
    FollowUpCall,
    CalendarFeed,
    Participant,
    Reachability,
    Consent,
    Signup,
    IntroTalk,
    Undelivered,
]
# Somebody may work for several organisations, and signs in as one person; what was tried is nobody's yet.
NOT_OF_A_TENANT = ("Organisation", "Staff", "SignInLink", "Session", "Authenticator", "Attempt")
