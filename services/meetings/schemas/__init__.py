"""The shape of what may come in over HTTP, one file a subject."""

# A field takes its sentences when it is made, so the Dutch ones must be there before the forms of this package.
from shared.web import forms as _forms  # noqa: F401
