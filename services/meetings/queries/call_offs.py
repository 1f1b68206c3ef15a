"""Who said that they will not come, for this once."""

from __future__ import annotations

from datetime import datetime

from services.meetings.models import CallOff, Meeting


def called_off_at(meeting: Meeting) -> dict[str, datetime]:
    """Membership id -> since when that member is known not to come to this meeting."""
    rows = CallOff.select(CallOff.membership, CallOff.at).where(
        CallOff.organisation == meeting.organisation_id, CallOff.meeting == meeting.id,
        CallOff.state == "called_off",
    )  # fmt: skip
    return {row.membership_id: row.at for row in rows}
