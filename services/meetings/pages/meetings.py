"""One meeting, on the phone of who leads it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from flask import Blueprint, g, jsonify, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.access_log import log_access
from services.meetings.queries.attendance import MemberAttendance, list_attendance
from services.meetings.queries.follow_up_calls import FollowUpPreviews, preview_follow_ups
from services.meetings.queries.meeting_changes import get_meeting_status
from services.meetings.queries.meetings import MeetingView, get_meeting
from shared.errors import Forbidden
from shared.ids import new_id
from shared.security.access import requires_staff

pages = Blueprint("meetings", __name__)


@pages.get("/bijeenkomsten/<meeting_id>")
@requires_staff()
def meeting(meeting_id: str) -> str:
    """The meeting; names only for who leads the group, and that is noted."""
    return show_meeting(meeting_id, new_id(), {})


@pages.get("/bijeenkomsten/<meeting_id>/stand")
@requires_staff("facilitator")
def status(meeting_id: str) -> Response:
    """How it stands now, for a page that is open already; nothing when that is what the page has."""
    found = get_led_meeting(meeting_id)
    people = list_attendance(g.actor, meeting_id) if found.keeps_names else []
    follow_ups = _follow_ups(found)
    told_now = {
        "marks": {one.membership_id: one.mark for one in people}, "unnamed": found.unnamed,
        "state": found.line.state,
    }  # fmt: skip
    stamp = _stamp(told_now, follow_ups)
    if stamp in request.if_none_match:
        return Response(status=304)
    if people:
        _log_access(found)
    answer: Response = jsonify({**told_now, "followUps": _shown(follow_ups)})
    answer.set_etag(stamp)
    return answer


def show_meeting(
    meeting_id: str, request_id: str, errors: dict[str, list[str]], typed: dict[str, str | None] | None = None
) -> str:
    found = get_meeting(g.actor, meeting_id)
    people = list_people(found) if found.leads and found.keeps_names else []
    typed = {"headcount": str(found.unnamed), "next_topic": found.next_topic, **(typed or {})}
    return render_template(
        "meetings/meetings/meeting.html",
        meeting=found,
        people=people,
        request_id=request_id,
        errors=errors,
        typed=typed,
        follow_ups=_follow_ups(found),
        changes=get_meeting_status(g.actor, meeting_id),
    )


def get_led_meeting(meeting_id: str) -> MeetingView:
    found = get_meeting(g.actor, meeting_id)
    if not found.leads:
        raise Forbidden()
    return found


def list_people(found: MeetingView) -> list[MemberAttendance]:
    _log_access(found)
    return list_attendance(g.actor, found.line.id)


def _log_access(found: MeetingView) -> None:
    log_access(
        g.actor, about_kind="attendance", about_id=found.line.id, organisation_id=found.organisation_id,
        purpose="lead_meeting",
    )  # fmt: skip


def _follow_ups(found: MeetingView) -> FollowUpPreviews | None:
    """What "Klaar" would bring; nothing once that was pressed, and where no names are kept."""
    if not found.leads or not found.keeps_names or found.line.state != "planned":
        return None
    return preview_follow_ups(g.actor, found.line.id)


def _shown(follow_ups: FollowUpPreviews | None) -> str:
    return render_template("meetings/follow_up_calls/preview.html", follow_ups=follow_ups) if follow_ups else ""


def _stamp(told_now: dict[str, Any], follow_ups: FollowUpPreviews | None) -> str:
    everything = [told_now, asdict(follow_ups) if follow_ups else None]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:32]
