"""What speaks for a type, in words: the drivers on which a client stands high or low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from models.config.kinds import KindsConfig

_CLEAR = 1 / 3
"""From here on, of at most 1, a client stands high on a driver; below minus this low."""


def drivers_in_words(
    evidence: Iterable[Mapping[str, Any]], kind: str, settings: KindsConfig, lang: Literal["en", "zh"]
) -> str:
    """The drivers that speak for ``kind`` by the evidence of scores, strongest first; those that tell little stay away.

    >>> reported = [{"kind": "funding", "driver": "lines", "position": 0.8, "log_odds": 0.4}]
    >>> settings = KindsConfig.model_validate({"drivers": {"lines": {"features": {"a": 1.0}}}, "weights": {}})
    >>> drivers_in_words(reported, "funding", settings, "en"), drivers_in_words(reported, "funding", settings, "zh")
    ('high lines', '“lines”高')
    """
    named = [
        _one(entry["driver"], entry["position"], settings, lang)
        for entry in evidence
        if entry["kind"] == kind and entry["log_odds"] > 0 and _is_clear(entry["position"])
    ]
    return (", " if lang == "en" else "，").join(named)


def _is_clear(position: float | None) -> bool:
    return position is not None and abs(position) >= _CLEAR


def _one(driver: str, position: float, settings: KindsConfig, lang: Literal["en", "zh"]) -> str:
    name = settings.drivers[driver].called(driver, lang)
    if lang == "en":
        return f"{'high' if position > 0 else 'low'} {name}"
    return f"{name}{'高' if position > 0 else '低'}"
