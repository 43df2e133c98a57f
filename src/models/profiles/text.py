"""What speaks for a type, in words: the drivers on which a client stands high or low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from models.config.kinds import KindsConfig
from models.text import CLAUSES, Language, Text, joined

_CLEAR = 1 / 3
"""From here on, of at most 1, a client stands high on a driver; below minus this low."""
_HIGH: Final = Text("high {driver}")
_LOW: Final = Text("low {driver}")


def drivers_in_words(evidence: Iterable[Mapping[str, Any]], kind: str, settings: KindsConfig, lang: Language) -> str:
    """The drivers that speak for ``kind`` by the evidence of scores, strongest first; those that tell little stay away.

    >>> reported = [{"kind": "funding", "driver": "lines", "position": 0.8, "log_odds": 0.4}]
    >>> settings = KindsConfig.model_validate({"drivers": {"lines": {"features": {"a": 1.0}}}, "weights": {}})
    >>> drivers_in_words(reported, "funding", settings, "en")
    'high lines'
    """
    named = [
        _one(entry["driver"], entry["position"], settings, lang)
        for entry in evidence
        if entry["kind"] == kind and entry["log_odds"] > 0 and _is_clear(entry["position"])
    ]
    return joined(named, lang, CLAUSES)


def _is_clear(position: float | None) -> bool:
    return position is not None and abs(position) >= _CLEAR


def _one(driver: str, position: float, settings: KindsConfig, lang: Language) -> str:
    return (_HIGH if position > 0 else _LOW).within(lang, driver=settings.drivers[driver].called(driver, lang))
