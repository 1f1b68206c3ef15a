"""Refusals as sentences beside the field to mend."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.web.text import text

# Which field mends what a rule refused without knowing the form: the first of these that the form has.
_ABOUT = {
    "start_in_past": ("first_on", "on", "days"),
    "start_too_far": ("first_on", "on", "days"),
    "clock_skips_this_hour": ("at",),
    "meeting_at_this_moment": ("first_on", "on", "days"),
    "cancelled_at_this_moment": ("on",),
    "nothing_changes": ("on",),
    "meeting_length_wrong": ("minutes",),
    "rhythm_wrong": ("every_weeks",),
    "series_end_before_start": ("end_on",),
    "series_has_no_dates": ("days", "first_on"),
    "role_unknown": ("roles",),
    "not_a_facilitator": ("staff_id", "first_facilitator"),
    "headcount_negative": ("headcount",),
    "headcount_below_named": ("headcount",),
    "headcount_too_high": ("headcount",),
    "end_reason_unknown": ("reason",),
    "leaves_before_start": ("on",),
}


def told(wrong: Refusal, fields: Collection[str] = ()) -> dict[str, list[str]]:
    """Field -> sentences, for a form that is shown again; without a field of its own it is about the whole form.

    fields  the fields of the form
    Raises what no form can mend.
    """
    if isinstance(wrong, NotFound | Forbidden):
        raise wrong
    if isinstance(wrong, Invalid):
        return wrong.errors
    candidates = (str(wrong.facts.get("field", "")), *_ABOUT.get(wrong.code, ()))
    field = next((name for name in candidates if name in fields), "")
    return {field: [text("refusals", wrong.code, **wrong.facts)]}
