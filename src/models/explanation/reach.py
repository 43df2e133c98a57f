"""The features of a client that may move, with range and direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

import numpy as np

from models.config.explaining import ReachConfig
from models.config.sections import LearnersConfig
from models.learners.contract import ContractFeature, FeatureContract
from models.vocab import BoolArray, FloatArray, IntArray

Direction = Literal["up", "down"]

WHOLE_UNITS = frozenset({"events", "days", "opportunities", "facilities", "products", "clients", "steps"})
"""What is counted in these has no fractions."""


@dataclass(frozen=True, kw_only=True)
class PeerRange:
    """What is usual among clients like this one: low and high of each feature, (n_features,); NaN where unknown.

    For instance their 10% and 90% quantiles.
    """

    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, kw_only=True)
class Way:
    """One entry of ``explaining.within_reach`` as it applies to one client. Shapes (m,), m features that can move.

    Attributes:
        places: of the features among those of the model.
        target: how far each may go, which its peers have reached.
        span: what ``size`` is measured by: the peers' spread, widened to hold the client.
        whole: which are counted in whole numbers.
    """

    name: str
    places: IntArray
    own: FloatArray
    target: FloatArray
    span: FloatArray
    whole: BoolArray

    def values(self, knob: FloatArray) -> FloatArray:
        """The features at each knob, from 0 (as they are) to 1 (as far as they may). (k,) -> (k, m)."""
        moved = self.own + knob[:, None] * (self.target - self.own)
        ends = np.where(knob[:, None] == 1, self.target, np.where(self.whole, np.rint(moved), moved))
        return np.asarray(np.where(knob[:, None] == 0, self.own, ends))

    def sizes(self, knob: FloatArray) -> FloatArray:
        """How much that is, as the largest share of its span that a feature moves. (k,) -> (k,), from 0 to 1."""
        return np.asarray((np.abs(self.values(knob) - self.own) / self.span).max(axis=1))


def ways_of(
    contract: FeatureContract,
    row: FloatArray,
    peers: PeerRange,
    reach: Mapping[str, ReachConfig],
    learners: LearnersConfig,
) -> tuple[Way, ...]:
    """The entries of ``reach`` that can move something about a client with the encoded features ``row`` (n_features,).

    A feature moves from the client's own number, never past what its peers have reached; it stays where that lies the
    other way, where either is unknown, and where it is a category. A number counted in whole ones goes to the last
    whole one inside the range. An entry is left away if one of its features would have to move against a direction
    that a model must keep, for what is declared harmful is not proposed, whatever else moves with it.
    """
    free = np.ones(len(row), dtype=np.bool_)
    found = []
    for name, entry in reach.items():
        named = {place: way for place, way in _named(contract, entry) if free[place]}
        free[list(named)] = False
        way = _way(name, named, contract, row, peers)
        if way is not None and not _harmful(way, named, contract, learners):
            found.append(way)
    return tuple(found)


def _named(contract: FeatureContract, entry: ReachConfig) -> Iterator[tuple[int, Direction]]:
    """Features of numbers that an entry names, and the direction that it gives them; down if it names one in both."""
    for place, feature in enumerate(contract.features):
        if feature.kind == "number":
            if _matches(feature, entry.down):
                yield place, "down"
            elif _matches(feature, entry.up):
                yield place, "up"


def _matches(feature: ContractFeature, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(feature.name, pattern) for pattern in patterns)


def _way(
    name: str, named: Mapping[int, Direction], contract: FeatureContract, row: FloatArray, peers: PeerRange
) -> Way | None:
    """None where nothing can move."""
    places = np.array(list(named), dtype=np.int64)
    own, low, high = row[places], peers.low[places], peers.high[places]
    whole = np.array([contract.features[place].unit in WHOLE_UNITS for place in places], dtype=np.bool_)
    low, high = np.where(whole, np.ceil(low), low), np.where(whole, np.floor(high), high)
    ups = np.array([direction == "up" for direction in named.values()], dtype=np.bool_)
    moves = np.where(ups, high > own, low < own) & (low <= high)  # never where one of them is unknown
    if not moves.any():
        return None
    target = np.where(ups, high, low)[moves]
    span = np.maximum(high, own) - np.minimum(low, own)
    return Way(name=name, places=places[moves], own=own[moves], target=target, span=span[moves], whole=whole[moves])


def _harmful(way: Way, named: Mapping[int, Direction], contract: FeatureContract, learners: LearnersConfig) -> bool:
    """Whether a feature would move so that, by its declared direction, value falls or decline grows likelier."""
    for place in way.places:
        name, goes = contract.names[place], named[int(place)]
        risk, worth = learners.decline.monotone.get(name), learners.value.monotone.get(name)
        if (risk is not None and risk.direction == goes) or (worth is not None and worth.direction != goes):
            return True
    return False
