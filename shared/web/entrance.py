"""What no store or page takes as text is refused once, at the entrance of every app: a NUL, for instance."""

from __future__ import annotations

import re

from flask import abort, request
from werkzeug.routing import UUIDConverter

from shared.errors import Refusal

# Control characters but tab and line ends, and halves of a surrogate pair.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class UnfitText(Refusal):
    """Refuse text that cannot be stored."""

    status = 400

    def __init__(self) -> None:
        super().__init__("unfit_text")


class IdConverter(UUIDConverter):
    """An id in a path, as text in lower case; whatever else stands there is an address that is not there."""

    def to_python(self, value: str) -> str:  # type: ignore[override]
        return value.lower()

    def to_url(self, value: object) -> str:
        return str(value)


def is_fit(text: str) -> bool:
    """Tell whether a text can be stored and shown as it is."""
    return _UNFIT.search(text) is None


def without_unfit(text: str) -> str:
    """Return the text without what cannot be stored."""
    return _UNFIT.sub("", text)


def check_address() -> None:
    """Check the path, the query and the headers of this request. A bad path is not found; raises UnfitText."""
    if not is_fit(request.path):
        abort(404)
    pairs = [*request.args.items(multi=True), *request.headers.items(), *request.cookies.items(multi=True)]
    if not all(is_fit(name) and is_fit(value) for name, value in pairs):
        raise UnfitText()


def check_form() -> None:
    """Check the form of this request. Raises UnfitText."""
    if not all(is_fit(name) and is_fit(value) for name, value in request.form.items(multi=True)):
        raise UnfitText()


def is_fit_json(value: object) -> bool:
    """Tell whether every text in a JSON value can be stored."""
    if isinstance(value, dict):
        return all(is_fit(name) and is_fit_json(inner) for name, inner in value.items())
    if isinstance(value, list):
        return all(is_fit_json(inner) for inner in value)
    return not isinstance(value, str) or is_fit(value)
