"""Ranks the contributions of features as reasons, with the usual value among peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.learners.contract import FeatureContract
from models.learners.peers import PeerView
from models.panel.features.words import FeatureWords
from models.vocab import FloatArray, IntArray


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """Which features a person would call one thing. ``place`` (n_features,): the place of each among ``reasons``."""

    reasons: tuple[str, ...]
    place: IntArray

    @classmethod
    def of(cls, features: Sequence[str], words: Mapping[str, FeatureWords]) -> Grouping:
        """By the words of the features, reasons in order of their first feature; one without words is its own."""
        keys = [words[name].reason if name in words else name for name in features]
        reasons = tuple(dict.fromkeys(keys))
        places = {reason: place for place, reason in enumerate(reasons)}
        return cls(reasons=reasons, place=np.array([places[key] for key in keys], dtype=np.int64))


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason of one client. Of ``observed`` and ``observed_text`` one is None, or both where nothing is known.

    Attributes:
        effect: what it adds to the prediction, in the unit of the contributions.
        feature: the one of its features that adds most in the direction of the effect.
        usual: the peers' median, ``usual_text`` their commonest category; None where most peers have none.
        low, high: the range that leaves out a tenth of the peers at either end.
        peers: how many clients that was learned from, 0 where nothing was learned.
    """

    reason: str
    effect: float
    feature: str
    observed: float | None
    observed_text: str | None
    usual: float | None
    usual_text: str | None
    low: float | None
    high: float | None
    peers: int


@dataclass(frozen=True, kw_only=True)
class ReasonTable:
    """The largest reasons of some clients, largest effect first. Shapes (n_clients, kept).

    ``reason`` and ``leading`` are places in ``grouping`` and in the contract; ``observed_text`` and ``usual_text`` are
    None where the feature is a number.
    """

    grouping: Grouping
    features: tuple[str, ...]
    reason: IntArray
    effect: FloatArray
    leading: IntArray
    observed: FloatArray
    observed_text: NDArray[np.object_]
    usual: FloatArray
    usual_text: NDArray[np.object_]
    low: FloatArray
    high: FloatArray
    peers: IntArray

    def of_client(self, row: int) -> tuple[Reason, ...]:
        """The reasons of one client."""
        return tuple(self._reason(row, place) for place in range(self.reason.shape[1]))

    def _reason(self, row: int, place: int) -> Reason:
        at = row, place
        return Reason(
            reason=self.grouping.reasons[self.reason[at]],
            effect=float(self.effect[at]),
            feature=self.features[self.leading[at]],
            observed=_known(self.observed[at]),
            observed_text=self.observed_text[at],
            usual=_known(self.usual[at]),
            usual_text=self.usual_text[at],
            low=_known(self.low[at]),
            high=_known(self.high[at]),
            peers=int(self.peers[row]),
        )


def reasons_of(
    values: FloatArray,
    *,
    matrix: FloatArray,
    features: pd.DataFrame,
    contract: FeatureContract,
    grouping: Grouping,
    peers: PeerView,
    kept: int,
) -> ReasonTable:
    """The ``kept`` reasons with the largest effects, ties in the order of the grouping.

    ``values`` (n_clients, n_features) are contributions in the unit in which the prediction is served; ``matrix`` and
    ``features`` are the same features encoded and as they stand in the panel. An effect is the sum over the reason's
    features, so that all effects and the base sum to the prediction. One client alone gets the same as in the book.
    """
    sums, leaders = _summed(values, grouping)
    reason = np.argsort(-np.abs(sums), axis=1, kind="stable")[:, :kept]
    leading = np.take_along_axis(leaders, reason, axis=1)
    is_text = np.isin(leading, contract.categorical)
    usual, low, high = peers.usual(leading), peers.low(leading), peers.high(leading)
    sizes = np.array([group.clients for group in peers.peers.groups] + [0], dtype=np.int64)  # the place -1 is the last
    return ReasonTable(
        grouping=grouping,
        features=contract.names,
        reason=reason,
        effect=np.take_along_axis(sums, reason, axis=1),
        leading=leading,
        observed=np.where(is_text, np.nan, np.take_along_axis(matrix, leading, axis=1)),
        observed_text=_observed_text(features, leading, contract),
        usual=np.where(is_text, np.nan, usual),
        usual_text=_usual_text(usual, leading, contract),
        low=low,
        high=high,
        peers=sizes[peers.group],
    )


def _summed(values: FloatArray, grouping: Grouping) -> tuple[FloatArray, IntArray]:
    """Each reason's sum, and the feature that adds most in its direction. Shapes (n_clients, n_reasons).

    Summed feature by feature, so that a client's last bit does not depend on how many others stand beside.
    """
    by_feature = np.ascontiguousarray(values.T)
    sums = np.zeros((len(grouping.reasons), len(values)))
    leaders = np.zeros(sums.shape, dtype=np.int64)
    for feature, reason in enumerate(grouping.place.tolist()):
        sums[reason] += by_feature[feature]
    direction, largest = np.where(sums < 0, -1.0, 1.0), np.full(sums.shape, -np.inf)
    for feature, reason in enumerate(grouping.place.tolist()):
        toward = direction[reason] * by_feature[feature]
        leads = toward > largest[reason]
        np.copyto(largest[reason], toward, where=leads)
        np.copyto(leaders[reason], feature, where=leads)
    return np.ascontiguousarray(sums.T), np.ascontiguousarray(leaders.T)


def _observed_text(features: pd.DataFrame, leading: IntArray, contract: FeatureContract) -> NDArray[np.object_]:
    """The client's category as the book writes it, also where the model knows it only as one of the rare ones."""
    text = np.full(leading.shape, None, dtype=np.object_)
    for place in contract.categorical:
        rows, columns = np.nonzero(leading == place)
        found = features[contract.names[place]].iloc[rows]
        text[rows, columns] = found.astype(object).where(found.notna(), None).to_numpy()
    return text


def _usual_text(usual: FloatArray, leading: IntArray, contract: FeatureContract) -> NDArray[np.object_]:
    """The commonest category of the peers; None where most have none, or where it is one of the rare ones."""
    text = np.full(leading.shape, None, dtype=np.object_)
    for place in contract.categorical:
        chosen = (leading == place) & ~np.isnan(usual)
        names = np.array([*contract.features[place].categories, None], dtype=np.object_)
        text[chosen] = names[usual[chosen].astype(np.int64)]
    return text


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
