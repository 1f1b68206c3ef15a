"""The features of a venue that a search can use."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refusal

FEATURES = ("wheelchair",)


def check_features(features: Collection[str]) -> None:
    """Refuse unknown features. Refused: feature_unknown."""
    if not set(features) <= set(FEATURES):
        raise Refusal("feature_unknown", field="features")
