"""Relationship types and need types: degrees that sum to one, each with the drivers that speak for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from models.config.kinds import KindsConfig
from models.profiles.positions import Positions
from models.text import CLAUSES, Language, Text, joined
from models.vocab import FloatArray, IntArray, NeedType, RelationshipType, TextArray

RELATIONSHIPS = tuple(kind.value for kind in RelationshipType)
NEEDS = tuple(need.value for need in NeedType)


@dataclass(frozen=True, kw_only=True)
class Memberships:
    """To which degree each client is of each kind, and why.

    Attributes:
        kinds: k names.
        drivers: d names.
        scores: (n, d) where the client stands on each driver, -1 to 1; NaN where the book does not tell.
        parts: (n, k, d) what each driver adds to the log-odds of each kind, against the average kind; 0 where unknown.
        degrees: (n, k) from 0 to 1; each row sums to one.
    """

    kinds: tuple[str, ...]
    drivers: tuple[str, ...]
    scores: FloatArray
    parts: FloatArray
    degrees: FloatArray

    @property
    def kind(self) -> TextArray:
        """The kind of the highest degree; of equals the first. Shape (n,)."""
        return np.asarray(np.array(self.kinds)[self.degrees.argmax(axis=1)])

    def strongest(self, count: int) -> IntArray:
        """The drivers that speak most for each kind, strongest first; of equals the first. Shape (n, k, count)."""
        return np.argsort(-self.parts, axis=2, kind="stable")[:, :, :count]


def driver_scores(frame: pd.DataFrame, positions: Positions, settings: KindsConfig) -> FloatArray:
    """Where each client stands on each driver of ``settings``; NaN where unknown. Shape (n, d)."""
    if not settings.drivers:
        return np.empty((len(frame), 0))
    return np.stack([positions.driver(frame, driver) for driver in settings.drivers.values()], axis=1)


def memberships_of(scores: FloatArray, settings: KindsConfig, kinds: Sequence[str]) -> Memberships:
    """Softmax over kinds of the base and of weight times score. A driver that is unknown speaks for none.

    >>> from models.config.kinds import NeedsConfig
    >>> reported = memberships_of(np.array([[1.0, 0.0, np.nan]]), NeedsConfig(base={}), NEEDS)
    >>> reported.degrees.round(3).tolist(), str(reported.kind[0])
    ([[0.787, 0.107, 0.107]], 'funding')
    """
    drivers = tuple(settings.drivers)
    weights = np.array([[settings.weights[kind].get(name, 0.0) for name in drivers] for kind in kinds])
    against_average = weights - weights.mean(axis=0)
    parts = np.nan_to_num(scores)[:, None, :] * against_average[None, :, :]
    odds = np.tile(np.array([settings.base.get(kind, 0.0) for kind in kinds]), (len(scores), 1))
    for place in range(len(drivers)):
        odds = odds + parts[:, :, place]
    return Memberships(kinds=tuple(kinds), drivers=drivers, scores=scores, parts=parts, degrees=_softmax(odds))


def _softmax(odds: FloatArray) -> FloatArray:
    risen = np.exp(odds - odds.max(axis=1, keepdims=True))
    total = np.zeros(len(odds))
    for column in risen.T:
        total += column
    return np.asarray(risen / total[:, None])


_CLEAR = 1 / 3
"""From here on, of at most 1, a client stands high on a driver; below minus this low."""
_HIGH: Final = Text("high {driver}")
_LOW: Final = Text("low {driver}")


@dataclass(frozen=True, kw_only=True)
class DriverEvidence:
    """A driver that speaks for a type: where the client stands, from -1 to 1, and the log-odds that this adds."""

    kind: str
    driver: str
    position: float | None
    log_odds: float


def drivers_in_words(evidence: Iterable[DriverEvidence], kind: str, settings: KindsConfig, lang: Language) -> str:
    """The drivers that speak for ``kind`` by the evidence of scores, strongest first; those that tell little stay away.

    >>> reported = [DriverEvidence(kind="funding", driver="lines", position=0.8, log_odds=0.4)]
    >>> settings = KindsConfig.model_validate({"drivers": {"lines": {"features": {"a": 1.0}}}, "weights": {}})
    >>> drivers_in_words(reported, "funding", settings, "en")
    'high lines'
    """
    named = [
        _one(entry.driver, entry.position, settings, lang)
        for entry in evidence
        if entry.kind == kind and entry.log_odds > 0 and entry.position is not None and _is_clear(entry.position)
    ]
    return joined(named, lang, CLAUSES)


def _is_clear(position: float) -> bool:
    return abs(position) >= _CLEAR


def _one(driver: str, position: float, settings: KindsConfig, lang: Language) -> str:
    return (_HIGH if position > 0 else _LOW).within(lang, driver=settings.drivers[driver].called(driver, lang))
