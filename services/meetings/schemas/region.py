"""The filters of the figures of a region."""

from __future__ import annotations

from marshmallow import ValidationError, fields

from services.meetings.queries.region import list_periods
from shared.web.forms import FormSchema


def _check_offered(code: str) -> None:
    if all(period.code != code for period in list_periods()):
        raise ValidationError("Kies een periode uit de lijst.")


class RegionForm(FormSchema):
    """Filters of the region; what is not known is left out, or chooses no group."""

    organisation_id = fields.String(data_key="organisatie")
    kind = fields.String(data_key="soort")
    venue_id = fields.String(data_key="plek")
    period = fields.String(data_key="periode", validate=_check_offered)
