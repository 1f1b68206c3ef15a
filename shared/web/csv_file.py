"""A table as a file that a spreadsheet opens: semicolons, UTF-8 with its mark, and never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from werkzeug.wrappers import Response

Cell = str | int


def csv_file(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """Return a response that is saved as a file of this name."""
    file = io.StringIO()
    sheet = csv.writer(file, delimiter=";")
    sheet.writerow([_harmless(column) for column in columns])
    sheet.writerows([_harmless(cell) for cell in row] for row in rows)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _harmless(cell: Cell) -> Cell:
    """Quote a cell that a spreadsheet would take for a formula, also in wide signs or behind a space.

    Numbers stay numbers.
    """
    is_formula = isinstance(cell, str) and cell.lstrip(" ").startswith(tuple("=+-@＝＋－＠\t\r\n"))
    return f"'{cell}" if is_formula else cell
