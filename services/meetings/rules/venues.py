"""What a venue offers, in words that a search knows."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refusal

FEATURES = ("wheelchair",)


def check_features(features: Collection[str]) -> None:
    """What a place has, in words that a search knows. Refused as "feature_unknown"."""
    if not set(features) <= set(FEATURES):
        raise Refusal("feature_unknown", field="features")
