"""One meeting: who is there, and what can be done about it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, g, jsonify, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.access_log import log_access
from services.meetings.queries.attendance import MemberAttendance, count_marked_together, list_attendance
from services.meetings.queries.follow_up_calls import FollowUpPreviews, preview_follow_ups
from services.meetings.queries.meeting_changes import get_meeting_status
from services.meetings.queries.meetings import MeetingView, get_meeting
from shared.errors import Forbidden
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values

pages = Blueprint("meetings", __name__)


@pages.get("/bijeenkomsten/<uuid:meeting_id>")
@requires_staff()
def meeting(meeting_id: str) -> str:
    """Show the meeting; names only to whoever leads the group, and the access is logged."""
    return show_meeting(meeting_id, new_id(), {}, {})


@pages.get("/bijeenkomsten/<uuid:meeting_id>/stand")
@requires_staff("facilitator")
def status(meeting_id: str) -> Response:
    """Return the current state for an open page; 304 when the page has it."""
    view = get_led_meeting(meeting_id)
    people = list_attendance(g.actor, meeting_id) if view.keeps_names else []
    follow_ups = _follow_ups(view)
    payload = {
        "marks": {member.membership_id: member.mark for member in people},
        "unnamed": view.unnamed,
        "state": view.summary.state,
    }
    stamp = _stamp(payload, follow_ups)
    if stamp in request.if_none_match:
        return Response(status=304)
    if people:
        _log_access(view)
    response: Response = jsonify({**payload, "followUps": _preview_html(follow_ups)})
    response.set_etag(stamp)
    return response


def show_meeting(meeting_id: str, request_id: str, values: Values, errors: Errors) -> str:
    """Return the page of a meeting. NotFound, Forbidden."""
    view = get_meeting(g.actor, meeting_id)
    people = list_people(view) if view.leads and view.keeps_names else []
    values = {"headcount": str(view.unnamed), "next_topic": view.next_topic, **values}
    return render_template(
        "meetings/meetings/meeting.html",
        meeting=view,
        people=people,
        request_id=request_id,
        errors=errors,
        values=values,
        follow_ups=_follow_ups(view),
        changes=get_meeting_status(g.actor, meeting_id),
        together=_marked_together(view),
    )


def get_led_meeting(meeting_id: str) -> MeetingView:
    """Return a meeting that the actor leads. NotFound, Forbidden."""
    view = get_meeting(g.actor, meeting_id)
    if not view.leads:
        raise Forbidden()
    return view


def list_people(meeting: MeetingView) -> list[MemberAttendance]:
    """Return the members and how they are marked; the access is logged. NotFound, Forbidden."""
    _log_access(meeting)
    return list_attendance(g.actor, meeting.summary.id)


def _marked_together(view: MeetingView) -> tuple[datetime, int] | None:
    """Return the moment of the one press that this address is about, and how many of its marks still stand."""
    try:
        at = datetime.fromisoformat(request.args.get("samen", ""))
    except ValueError:
        return None
    if at.tzinfo is None or not view.leads:
        return None
    number = count_marked_together(g.actor, view.summary.id, at)
    return (at, number) if number else None


def _log_access(view: MeetingView) -> None:
    log_access(
        g.actor,
        about_kind="attendance",
        about_id=view.summary.id,
        organisation_id=view.organisation_id,
        purpose="lead_meeting",
    )


def _follow_ups(view: MeetingView) -> FollowUpPreviews | None:
    """Return what closing would bring; None once the meeting is closed, and where no names are kept."""
    if not view.leads or not view.keeps_names or not view.summary.waits_to_be_closed:
        return None
    return preview_follow_ups(g.actor, view.summary.id)


def _preview_html(follow_ups: FollowUpPreviews | None) -> str:
    return render_template("meetings/follow_up_calls/preview.html", follow_ups=follow_ups) if follow_ups else ""


def _stamp(payload: Values, follow_ups: FollowUpPreviews | None) -> str:
    parts = [payload, asdict(follow_ups) if follow_ups else None]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
