"""Who leads a group, or one meeting of it."""

from __future__ import annotations

from services.notifications.models import Meeting, Staff


def groups_led_by(staff: Staff | None) -> list[str]:
    """Return the groups of somebody who works here; none when they are not known."""
    return list(staff.group_ids or ()) if staff is not None and staff.is_active else []


def is_facilitator(staff: Staff | None, meeting: Meeting | None) -> bool:
    """Tell whether somebody leads this meeting: because they lead the group, or for this once."""
    if staff is None or meeting is None or not staff.is_active:
        return False
    return meeting.group_id in groups_led_by(staff) or is_substitute(staff.id, meeting)


def is_substitute(staff_id: str | None, meeting: Meeting) -> bool:
    """Tell whether somebody leads this meeting for this once."""
    return staff_id in meeting.substitute_ids


def list_group_facilitators(meeting: Meeting) -> list[Staff]:
    """Return everybody who leads the group of this meeting, whoever stands in this once."""
    working = Staff.select().where(Staff.is_active).order_by(Staff.id)
    return [row for row in working if meeting.group_id in groups_led_by(row)]


def list_facilitators(meeting: Meeting) -> list[Staff]:
    """Return everybody who leads this meeting."""
    return [
        row for row in Staff.select().where(Staff.is_active).order_by(Staff.id) if is_facilitator(row, meeting)
    ]
