"""Regio: how the groups of a coordinator's organisations are doing, on screen, on paper and as files."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from services.meetings.queries.region import (
    FEWEST,
    LAST_WEEKS,
    NOWHERE,
    Count,
    Figure,
    GroupFigures,
    Period,
    RegionFilter,
    RegionView,
    get_region,
    list_periods,
)
from services.meetings.schemas.region import RegionForm
from shared import clock
from shared.security.access import requires_staff
from shared.web.csv_file import Cell, csv_file
from shared.web.listing import read_list_request
from shared.web.text import text

pages = Blueprint("region", __name__)
HERE, EVERYTHING = "/regio", "alles"
# Each has a line over weeks with its table: more of them would make the page heavy on a telephone.
GROUPS_ON_A_PAGE = 30
_FILTERS = ("organisatie", "soort", "plek", "periode")
_GROUP = ("organisation", "group", "kind", "venue")
_FACTS = ("turnout", "seats", "most", "next_start", "waiting", "unreported", "calls", "lacks")


@pages.get(HERE)
@requires_staff("coordinator")
def overview() -> str:
    """Show the sums and the groups, page by page; with `?alles=1` all on one, to print."""
    view = get_region(g.actor, _read_filter())
    size = max(1, len(view.groups)) if request.args.get(EVERYTHING) else GROUPS_ON_A_PAGE
    listed = read_list_request(HERE, request.args, size=size, sorts=("unreported",))
    groups = view.groups
    if listed.sort == "unreported":
        groups = tuple(
            sorted(groups, key=lambda group: group.unreported, reverse=listed.direction == "descending")
        )
    page = listed.page_of(len(view.groups))
    query = {name: request.args[name] for name in _FILTERS if request.args.get(name)}
    return render_template(
        "meetings/region/overview.html",
        view=view,
        groups=groups[page.offset : page.offset + page.size],
        page=page,
        listed=listed,
        query=query,
        as_file=lambda name: f"{HERE}/{name}.csv" + (f"?{urlencode(query)}" if query else ""),
        on_one_page=f"{HERE}?{urlencode({**query, EVERYTHING: 1})}",
        periods=[(period.code, period_text(period)) for period in list_periods()],
        count_text=count_text,
        percent_text=percent_text,
        change_text=change_text,
        period_text=period_text,
        figure_text=_figure_text,
        days_until=lambda day: (day - clock.today()).days,
        nowhere=NOWHERE,
    )


@pages.get(f"{HERE}/groepen.csv")
@requires_staff("coordinator")
def groups_file() -> Response:
    """Serve the groups that were chosen as a file, each week in a column."""
    view = get_region(g.actor, _read_filter())
    weeks = [text("region_columns", "week", monday=monday.isoformat()) for monday in view.period.mondays]
    columns = [text("region_columns", column).lower() for column in (*_GROUP, *_FACTS)]
    return csv_file(_name("groepen", view), [*columns, *weeks], map(_group_cells, view.groups))


@pages.get(f"{HERE}/totalen.csv")
@requires_staff("coordinator")
def sums_file() -> Response:
    """Serve the sums as a file, each with its change and how it was counted."""
    view = get_region(g.actor, _read_filter())
    columns = [text("region_columns", column) for column in ("figure", "value", "change", "period", "note")]
    return csv_file(_name("totalen", view), columns, _sum_rows(view))


def count_text(count: Count | None) -> str:
    """Return a count as it may be shown; nothing where there is none."""
    if count is None:
        return ""
    if count.is_few:
        return text("region", "few", least=FEWEST)
    return str(count.low) if count.is_exact else text("region", "range", low=count.low, high=count.high)


def percent_text(count: Count | None) -> str:
    """Return a count in percent."""
    if count is None:
        return ""
    value = str(count.low) if count.is_exact else text("region", "range", low=count.low, high=count.high)
    return text("region", "percent", value=value)


def change_text(change: int | None) -> str | None:
    """Return how something differs from the period before; None where that is not known."""
    if change is None:
        return None
    return text("region", "more" if change > 0 else "fewer" if change < 0 else "same", number=abs(change))


def period_text(period: Period) -> str:
    """Return how a period is called."""
    if period.code == LAST_WEEKS:
        return text("region_periods", LAST_WEEKS)
    return text("region_periods", "quarter", number=(period.first.month + 2) // 3, year=period.first.year)


def _read_filter() -> RegionFilter:
    """Return the filter; what cannot be read of it is left out."""
    form = RegionForm(unknown="exclude")
    typed = {name: request.args[name].strip() for name in _FILTERS if request.args.get(name, "").strip()}
    errors = form.validate(typed)
    values = form.load({name: value for name, value in typed.items() if name not in errors})
    code = values.pop("period", LAST_WEEKS)
    period = next(period for period in list_periods() if period.code == code)
    return RegionFilter(**values, period=period)


def _figure_text(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    if figure.code == "turnout":
        return percent_text(figure.value)
    shown = count_text(figure.value)
    return text("region", "days", value=shown) if figure.code == "days" else shown


def _name(table: str, view: RegionView) -> str:
    return f"regio-{table}-{view.period.last.isoformat()}.csv"


def _number(count: Count | None) -> Cell:
    """Return a count as a cell: a number where it is one."""
    return count.low if count is not None and count.is_exact else count_text(count)


def _group_cells(group: GroupFigures) -> list[Cell]:
    shows = _percents if group.keeps_names else _number
    return [
        group.organisation_name,
        group.name,
        group.kind_label,
        group.venue_name or "",
        shows(group.turnout),
        _number(group.taken),
        "" if group.seats is None else group.seats,
        text("region", "full") if group.is_full else group.next_start.isoformat() if group.next_start else "",
        "" if group.waiting_days is None else group.waiting_days,
        group.unreported,
        _number(group.calls),
        text("region_lacks", group.lacks or "none"),
        *(shows(value) for _, value in group.weeks),
    ]


def _percents(count: Count | None) -> Cell:
    return percent_text(count)


def _sum_rows(view: RegionView) -> Iterable[list[Cell]]:
    days = f"{view.period.first.isoformat()} / {view.period.last.isoformat()}"
    for figure in view.figures:
        yield [
            text("region_figures", figure.code),
            _percents(figure.value) if figure.code == "turnout" else _number(figure.value),
            "" if figure.change is None else figure.change,
            days,
            text("region_notes", figure.code),
        ]
