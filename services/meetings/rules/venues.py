"""What a venue offers, in words that a search knows."""

from __future__ import annotations

from collections.abc import Collection

from shared.errors import Refusal

FEATURES = ("wheelchair",)


def check_features(features: Collection[str]) -> None:
    """Refuse features that a search does not know. Refused: feature_unknown."""
    if not set(features) <= set(FEATURES):
        raise Refusal("feature_unknown", field="features")
