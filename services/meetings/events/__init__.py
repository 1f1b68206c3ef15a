"""What meetings says."""

from __future__ import annotations

from services.meetings.events.attendance import ATTENDANCE_CORRECTED, MEETING_TOOK_PLACE, PARTICIPANT_ABSENT
from services.meetings.events.call_offs import CALL_OFF_RECEIVED
from services.meetings.events.erasure import ERASURE_COMPLETED
from services.meetings.events.groups import GROUP_CHANGED
from services.meetings.events.meeting_changes import MEETING_CANCELLED, MEETING_MOVED
from services.meetings.events.meetings import MEETING_CHANGED, MEETING_SCHEDULED
from services.meetings.events.memberships import MEMBERSHIP_CHANGED, PLACEMENT_RETURNED
from services.meetings.events.my_page import ACCESS_REQUESTED
from services.meetings.events.organisations import ORGANISATION_CHANGED
from services.meetings.events.sign_in import SIGN_IN_REQUESTED
from services.meetings.events.staff import STAFF_CHANGED
from services.meetings.events.walk_ins import WALK_IN_REGISTERED

__all__ = [
    "ACCESS_REQUESTED",
    "ATTENDANCE_CORRECTED",
    "CALL_OFF_RECEIVED",
    "ERASURE_COMPLETED",
    "GROUP_CHANGED",
    "MEETING_CANCELLED",
    "MEETING_CHANGED",
    "MEETING_MOVED",
    "MEETING_SCHEDULED",
    "MEETING_TOOK_PLACE",
    "MEMBERSHIP_CHANGED",
    "ORGANISATION_CHANGED",
    "PARTICIPANT_ABSENT",
    "PLACEMENT_RETURNED",
    "SAID",
    "SIGN_IN_REQUESTED",
    "STAFF_CHANGED",
    "WALK_IN_REGISTERED",
]
SAID = (
    ORGANISATION_CHANGED, STAFF_CHANGED, SIGN_IN_REQUESTED, GROUP_CHANGED, MEETING_CHANGED, MEETING_SCHEDULED,
    MEETING_MOVED, MEETING_CANCELLED, MEETING_TOOK_PLACE, MEMBERSHIP_CHANGED, CALL_OFF_RECEIVED,
    PARTICIPANT_ABSENT, ATTENDANCE_CORRECTED, WALK_IN_REGISTERED, ACCESS_REQUESTED, PLACEMENT_RETURNED,
    ERASURE_COMPLETED,
)  # fmt: skip
