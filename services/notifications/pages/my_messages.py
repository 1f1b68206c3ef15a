"""Somebody's own messages: what was sent and why, by which channel, when not; and stopping, by link too."""

from __future__ import annotations

from datetime import time

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError

from services.notifications.commands import addresses, my_messages, opt_outs, preferences
from services.notifications.queries.my_messages import get_my_messages, is_known, is_stopped
from services.notifications.schemas import (
    QUIET_FROM,
    QUIET_UNTIL,
    OwnPageAsked,
    PauseForm,
    PreferencesForm,
    StopForm,
)
from shared import clock
from shared.errors import Invalid, NotFound, Refusal
from shared.ids import is_id, new_id
from shared.security.access import LinkGone, requires_link, requires_participant
from shared.web.forms import read_form, read_request_id
from shared.web.text import text, texts

pages = Blueprint("mine", __name__)
HERE = "/mijn/berichten"
ALL = "all"


@pages.get(HERE)
@requires_participant()
def own() -> str:
    """Show what was sent to this participant, and what they chose."""
    return _own()


@pages.post(f"{HERE}/hoe-en-wanneer")
@requires_participant()
def choose() -> ResponseReturnValue:
    """Keep the channels and the quiet hours."""
    try:
        form = read_form(PreferencesForm)
    except Invalid as wrong:
        return _own(errors=wrong.errors), 400
    channels = [] if form["channels"] == "none" else form["channels"].split()
    preferences.choose_channels(
        g.actor,
        participant_id=g.actor.id,
        channels=channels,
        quiet=(time.fromisoformat(form["quiet_from"]), time.fromisoformat(form["quiet_until"])),
        request_id=read_request_id(),
    )
    flash(text("done", "channels_chosen"))
    return redirect(HERE, code=303)


@pages.post(f"{HERE}/pauze")
@requires_participant()
def pause() -> ResponseReturnValue:
    on = read_form(PauseForm)["on"] == "1"
    preferences.pause(g.actor, participant_id=g.actor.id, on=on, request_id=read_request_id())
    flash(text("done", "paused" if on else "pause_ended"))
    return redirect(HERE, code=303)


@pages.post(f"{HERE}/stoppen")
@requires_participant()
def stop() -> ResponseReturnValue:
    purpose = read_form(StopForm)["purpose"]
    opt_outs.stop(g.actor, participant_id=g.actor.id, purpose=purpose, by="page", request_id=read_request_id())
    flash(text("done", "stopped"))
    return redirect(HERE, code=303)


@pages.get(f"{HERE}/stop/<token>")
@requires_link("opt_out")
def ask_to_stop(token: str) -> ResponseReturnValue:
    """Show what would stop, and a button. Nothing changes yet: programs that look into mail follow links too."""
    participant_id, purpose = _stopping()
    is_done = is_stopped(participant_id, purpose)
    return render_template("notifications/opt_outs/stop.html", token=token, purpose=purpose, is_done=is_done)


@pages.post(f"{HERE}/stop/<token>")
@requires_link("opt_out", from_machines=True)
def stop_by_link(token: str) -> ResponseReturnValue:
    """Stop by our button, or by that of a mail program (RFC 8058), which shows no page of ours."""
    participant_id, purpose = _stopping()
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not is_one_click and request.form.get("what") == ALL:
        purpose = ALL
    # A link pressed again means it again, also when somebody said yes in between.
    opt_outs.stop(
        g.actor,
        participant_id=participant_id,
        purpose=purpose,
        by="one_click" if is_one_click else "link",
        request_id=new_id(),
    )
    if is_one_click:
        return Response("", 200, content_type="text/plain; charset=utf-8")
    return render_template("notifications/opt_outs/stop.html", token=token, purpose=purpose, is_done=True)


@pages.get(f"{HERE}/klopt/<token>")
@requires_link("confirm_address")
def ask_whether_right(token: str) -> ResponseReturnValue:
    """Show a button; nothing changes yet."""
    _confirming()
    return render_template("notifications/addresses/confirm.html", token=token, is_done=False, is_gone=False)


@pages.post(f"{HERE}/klopt/<token>")
@requires_link("confirm_address")
def confirm(token: str) -> ResponseReturnValue:
    """Confirm the address to which the link was sent."""
    participant_id, channel, blind = _confirming()
    try:
        addresses.confirm(
            g.actor, participant_id=participant_id, channel=channel, blind=blind, request_id=read_request_id()
        )
    except Refusal as refusal:
        return render_template(
            "notifications/addresses/confirm.html", token=token, is_done=False, is_gone=True
        ), refusal.status
    return render_template("notifications/addresses/confirm.html", token=token, is_done=True, is_gone=False)


@pages.errorhandler(LinkGone)
def link_gone(gone: LinkGone) -> ResponseReturnValue:
    """Show that a link is over or none of ours, and nothing about whose it was."""
    return render_template("notifications/links/gone.html", code=gone.code), gone.status


def _own(errors: dict[str, list[str]] | None = None) -> str:
    page = _page_asked()
    mine = get_my_messages(g.actor.id, page)
    my_messages.log_own_access(g.actor, mine.organisation_id)
    return render_template(
        "notifications/my_messages/page.html",
        mine=mine,
        page=page,
        whys=texts().table("whys"),
        errors=errors or {},
        quiet_from=_hours(QUIET_FROM),
        quiet_until=_hours(QUIET_UNTIL),
        page_link=lambda other: f"{HERE}?blad={other}#gestuurd",
    )


def _page_asked() -> int:
    """Return which page is asked for; the first one for anything that is no page."""
    try:
        page: int = OwnPageAsked(unknown=EXCLUDE).load(request.args.to_dict())["blad"]
    except ValidationError:
        return 1
    return page


def _hours(times: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(hour, clock.hour_of_day(time.fromisoformat(hour))) for hour in times]


def _stopping() -> tuple[str, str]:
    participant_id, _, purpose = g.link.subject.partition(".")
    if not is_id(participant_id) or not is_known(participant_id):
        raise NotFound()
    return participant_id, purpose


def _confirming() -> tuple[str, str, str]:
    parts = g.link.subject.split(".")
    if len(parts) != 3 or not is_known(parts[0]):
        raise NotFound()
    participant_id, channel, blind = parts
    return participant_id, channel, blind
