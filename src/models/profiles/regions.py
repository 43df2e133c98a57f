"""Key regions, emerging markets and others, by decision or by figures; high and ordinary potential in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from models.config.kinds import RegionsConfig
from models.profiles.positions import Positions, features_named, lowest_of_best
from models.vocab import FloatArray, TextArray

_OUT_OF_REACH = 2.0
"""Above every score."""


class RegionClass(StrEnum):
    """How a place is worked: by local teams, with compliance and political-risk cover, or as usual."""

    KEY = "key region"
    EMERGING = "emerging market"
    OTHER = "other"


class Potential(StrEnum):
    """Inside a class of regions: a personal approach, or the standard offer."""

    HIGH = "high"
    ORDINARY = "ordinary"


@dataclass(frozen=True, kw_only=True)
class RegionFacts:
    """What is known of the clients by whom places are judged. Shapes (n,); NaN where unknown.

    Attributes:
        place: the region or country of each client; missing where unknown.
        value: expected value.
        decline: probability of decline.
        growth: activity of the place's latest window over the one before, less one; alike for all clients of a place.
        activity: activity of the latest window.
        loss: written off in that window.
    """

    place: pd.Series
    value: FloatArray
    decline: FloatArray
    growth: FloatArray
    activity: FloatArray
    loss: FloatArray


@dataclass(frozen=True, kw_only=True)
class Place:
    """One region or country as the book knows it.

    ``value_share`` in all expected value; ``largest_share`` of its largest client in its own; ``loss`` written off per
    unit of activity; None where the book does not tell.
    """

    name: str
    kind: RegionClass
    reason: str
    clients: int
    value_share: float
    largest_share: float
    decline: float
    growth: float | None
    loss: float | None


@dataclass(frozen=True, kw_only=True)
class RegionModel:
    """The classes of places and the strength from which potential is high, as learned from a book."""

    places: tuple[Place, ...]
    strength: Positions
    high_from: Mapping[str, float]

    @classmethod
    def fit(cls, frame: pd.DataFrame, facts: RegionFacts, settings: RegionsConfig) -> RegionModel:
        """Judge each place, and within each class the strongest share of its clients."""
        places = judged_places(facts, settings)
        strength = Positions.fit(frame, features_named(settings.potential))
        scores = strength.driver(frame, settings.potential)
        kinds = _classes(facts.place, places)
        cuts = {
            kind.value: min(lowest_of_best(scores[kinds == kind.value], settings.high_share), _OUT_OF_REACH)
            for kind in RegionClass
        }
        return cls(places=places, strength=strength, high_from=cuts)

    def classes(self, place: pd.Series) -> TextArray:
        """The class of each client's place; other where it is unknown or new. Shape (n,)."""
        return _classes(place, self.places)

    def potential(self, frame: pd.DataFrame, classes: TextArray, settings: RegionsConfig) -> TextArray:
        """High for the strong clients of each class; ordinary where nothing is known. Shape (n,)."""
        scores = self.strength.driver(frame, settings.potential)
        needed = np.select(
            [classes == kind.value for kind in RegionClass], [self.high_from[kind.value] for kind in RegionClass]
        )
        return np.where(scores >= needed, Potential.HIGH.value, Potential.ORDINARY.value)


def judged_places(facts: RegionFacts, settings: RegionsConfig) -> tuple[Place, ...]:
    """Every place with its figures and class, by name. What the config names goes before what figures show."""
    frame = pd.DataFrame(
        {
            "value": facts.value,
            "decline": facts.decline,
            "growth": facts.growth,
            "activity": facts.activity,
            "loss": facts.loss,
        }
    )
    whole = float(facts.value.sum())
    by_place = frame.groupby(facts.place.astype("str").to_numpy(), sort=True)
    return tuple(_judged(str(name), rows, whole, settings) for name, rows in by_place)


def region_table(classes: TextArray, potential: TextArray, value: FloatArray, decline: FloatArray) -> pd.DataFrame:
    """Class of region by potential: clients, expected value, its part at risk and mean decline. Arrays (n,).

    Value at risk is the sum of each client's value, if above zero, times its probability of decline. Every pair has a
    row.
    """
    frame = pd.DataFrame({"region_class": classes, "potential": potential, "value": value, "decline": decline})
    frame["at_risk"] = frame["value"].clip(lower=0) * frame["decline"]
    pairs = pd.MultiIndex.from_product([list(map(str, RegionClass)), list(map(str, Potential))])
    grouped = frame.groupby(["region_class", "potential"])
    reported = grouped.agg(
        clients=("value", "size"), value=("value", "sum"), value_at_risk=("at_risk", "sum"), decline=("decline", "mean")
    ).reindex(pairs)
    reported.index.names = ["region_class", "potential"]
    return (
        reported.fillna({"clients": 0, "value": 0.0, "value_at_risk": 0.0}).astype({"clients": "int64"}).reset_index()
    )


def _judged(name: str, rows: pd.DataFrame, whole: float, settings: RegionsConfig) -> Place:
    value, activity = float(rows["value"].sum()), float(rows["activity"].sum())
    share = value / whole if whole > 0 else 0.0
    growth = _known(rows["growth"].median())
    kind, reason = _class_of(name, len(rows), share, growth, settings)
    return Place(
        name=name,
        kind=kind,
        reason=reason,
        clients=len(rows),
        value_share=share,
        largest_share=float(rows["value"].max()) / value if value > 0 else 0.0,
        decline=float(rows["decline"].mean()),
        growth=growth,
        loss=_known(float(rows["loss"].sum(skipna=False)) / activity) if activity > 0 else None,
    )


def _class_of(
    name: str, clients: int, share: float, growth: float | None, settings: RegionsConfig
) -> tuple[RegionClass, str]:
    if name in settings.key:
        return RegionClass.KEY, "named a key region"
    if name in settings.emerging:
        return RegionClass.EMERGING, "named an emerging market"
    if share >= settings.key_share:
        return RegionClass.KEY, f"{share:.0%} of the expected value"
    if growth is not None and growth >= settings.emerging_growth and clients >= settings.min_clients:
        return RegionClass.EMERGING, f"activity {growth:+.0%}"
    return RegionClass.OTHER, "neither named, nor large, nor growing fast"


def _classes(place: pd.Series, places: tuple[Place, ...]) -> TextArray:
    codes = pd.Index([each.name for each in places], dtype="str").get_indexer(pd.Index(place.astype("str")))
    return np.array([*(each.kind.value for each in places), RegionClass.OTHER.value])[codes]  # unknown is the last


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
