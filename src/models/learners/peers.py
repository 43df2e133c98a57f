"""Peer groups and the usual value of each feature among them, learned once and looked up afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np

from models.errors import DamagedBundleError
from models.learners.contract import FeatureContract
from models.vocab import BoolArray, FloatArray, IntArray

MIN_PEERS = 30
SIZE_FEATURE = "value_sum_ever"
REGION_FEATURES = ("region", "country")
DIGITS = 6
_TENTH, _HALF = 0.1, 0.5
_PIECE = 32
_NOBODY, _ANY = -1, -1

SizeClass = Literal["small", "medium", "large"]
_SIZES: tuple[SizeClass, ...] = get_args(SizeClass)


@dataclass(frozen=True, kw_only=True)
class PeerGroup:
    """Which clients resemble one another, and how many of them were looked at; None: this does not matter."""

    segment: int | None
    size: SizeClass | None
    region: str | None
    clients: int


@dataclass(frozen=True, kw_only=True)
class PeerView:
    """What is usual for the peers of some clients. Shapes: ``group`` (n,); of the methods, that of ``features``.

    ``group`` is each client's place among the peer groups, -1 where nothing was learned.
    """

    peers: Peers
    group: IntArray

    def usual(self, features: IntArray) -> FloatArray:
        """The median of number features, the code of the commonest category of others, NaN where most have none.

        ``features`` (n, k): places of features, client by client.
        """
        return self._at(self.peers.median, features)

    def low(self, features: IntArray) -> FloatArray:
        """The value that a tenth of the peers stay below."""
        return self._at(self.peers.low, features)

    def high(self, features: IntArray) -> FloatArray:
        """The value that a tenth of the peers lie above."""
        return self._at(self.peers.high, features)

    def group_of(self, row: int) -> PeerGroup | None:
        """Who the peers of a client are; None where nothing was learned."""
        place = int(self.group[row])
        return None if place == _NOBODY else self.peers.groups[place]

    def _at(self, table: FloatArray, features: IntArray) -> FloatArray:
        if not len(self.peers.groups):
            return np.full(features.shape, np.nan)
        return np.asarray(table[self.group[:, None], features])


@dataclass(frozen=True, kw_only=True)
class Peers:
    """Per peer group and feature the median, and the 10th and 90th percentile. Shapes (n_groups, n_features).

    The last group is the whole book. Peers share segment, size class and region; where they are fewer than
    ``MIN_PEERS``, region, then size, then segment is left aside. The size class is the third of the book in which the
    client's value so far (``value_sum_ever``) lies; the region is the feature ``region``, else ``country``, where it is
    a category of its own in the contract.
    """

    groups: tuple[PeerGroup, ...] = ()
    size_place: int | None = None
    size_cuts: tuple[float, ...] = ()
    region_place: int | None = None
    regions: tuple[str, ...] = ()
    median: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def unknown(cls) -> Peers:
        """Of a book of which nothing was learned."""
        nothing = np.empty((0, 0))
        return cls(median=nothing, low=nothing, high=nothing)

    @classmethod
    def fit(cls, matrix: FloatArray, segment: IntArray, contract: FeatureContract) -> Peers:
        """Learn from encoded features (n_clients, n_features) at one as-of date, and the segment of each client.

        A number that more than half of the peers lack is usually not there. Figures keep six digits: they are shown,
        nothing is computed from them. The order of clients does not matter.
        """
        keyed = cls._keyed(matrix, contract)
        found = list(_groups(keyed._keys(matrix, segment), keyed.regions))
        figures = np.stack([_figures(matrix, chosen, contract.categorical) for _, chosen in found])
        median, low, high = (_rounded(figures[:, place]) for place in range(3))
        return replace(keyed, groups=tuple(group for group, _ in found), median=median, low=low, high=high)

    @classmethod
    def _keyed(cls, matrix: FloatArray, contract: FeatureContract) -> Peers:
        """How sizes and regions are grouped; no group yet."""
        names = contract.names
        size = names.index(SIZE_FEATURE) if SIZE_FEATURE in names else None
        region = next((names.index(name) for name in REGION_FEATURES if name in names), None)
        return replace(
            cls.unknown(),
            size_place=size,
            size_cuts=() if size is None else _thirds(matrix[:, size]),
            region_place=region,
            regions=() if region is None else contract.features[region].categories,
        )

    def of(self, matrix: FloatArray, segment: IntArray) -> PeerView:
        """The peers of each client: the narrowest group that holds enough. (n_clients, n_features), (n_clients,)."""
        if not self.groups:
            return PeerView(peers=self, group=np.full(len(segment), _NOBODY, dtype=np.int64))
        keys = self._keys(matrix, segment)
        table = self._table
        inside = np.where(keys[:, 0] < table.shape[0] - 1, keys[:, 0], _ANY)  # a segment that nobody was in
        return PeerView(peers=self, group=np.asarray(table[inside, keys[:, 1], keys[:, 2]]))

    @cached_property
    def _table(self) -> IntArray:
        """Narrowest group by segment, size class and region; the last place of each axis is "not known"."""
        segments = max((group.segment for group in self.groups if group.segment is not None), default=-1) + 2
        table = np.full((segments, len(_SIZES) + 1, len(self.regions) + 1), _NOBODY, dtype=np.int64)
        for place in reversed(range(len(self.groups))):  # the widest first, to be overwritten by narrower ones
            group = self.groups[place]
            table[
                slice(None) if group.segment is None else group.segment,
                slice(None) if group.size is None else _SIZES.index(group.size),
                slice(None) if group.region is None else self.regions.index(group.region),
            ] = place
        return table

    def _keys(self, matrix: FloatArray, segment: IntArray) -> IntArray:
        """Segment, size class and region of each client as numbers, -1 where unknown. (n_clients, 3)."""
        keys = np.full((len(segment), 3), _ANY, dtype=np.int64)
        keys[:, 0] = segment
        if self.size_place is not None:
            size = matrix[:, self.size_place]
            keys[:, 1] = np.where(np.isnan(size), _ANY, np.searchsorted(np.array(self.size_cuts), size, side="left"))
        if self.region_place is not None:
            code = matrix[:, self.region_place]
            own = code < len(self.regions)  # neither missing nor pooled with others
            keys[:, 2] = np.where(own, np.where(own, code, 0), _ANY)
        return keys

    def to_json(self) -> str:
        """The figures as text; a missing one is null."""
        figures = {name: _plain(getattr(self, name)) for name in ("median", "low", "high")}
        groups = [[group.segment, group.size, group.region, group.clients] for group in self.groups]
        keys = {name: getattr(self, name) for name in ("size_place", "size_cuts", "region_place", "regions")}
        return json.dumps({"groups": groups, **keys, **figures}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Peers:
        """Read what ``to_json`` wrote. Raises ``DamagedBundleError`` if the text is something else."""
        try:
            return cls._read(json.loads(text))
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedBundleError(
                rule="the peers must be as they were written", got=repr(error), remedy="restore the bundle"
            ) from error

    @classmethod
    def _read(cls, facts: dict[str, Any]) -> Peers:
        groups = tuple(
            PeerGroup(segment=segment, size=size, region=region, clients=clients)
            for segment, size, region, clients in facts["groups"]
        )
        shape = (len(groups), -1) if groups else (0, 0)
        figures = {name: np.array(facts[name], dtype=np.float64).reshape(shape) for name in ("median", "low", "high")}
        return cls(
            groups=groups,
            size_place=facts["size_place"],
            size_cuts=tuple(facts["size_cuts"]),
            region_place=facts["region_place"],
            regions=tuple(facts["regions"]),
            **figures,
        )


def _groups(keys: IntArray, regions: tuple[str, ...]) -> Iterator[tuple[PeerGroup, BoolArray]]:
    """Every group with enough clients, the narrowest first; at last the whole book, however small it is."""
    for depth in (3, 2, 1):
        narrow = keys[:, :depth]
        kinds, counts = np.unique(narrow[(narrow != _ANY).all(axis=1)], axis=0, return_counts=True)
        for kind, clients in zip(kinds, counts.tolist(), strict=True):
            if clients >= MIN_PEERS:
                yield _group(kind.tolist(), clients, regions), np.asarray((narrow == kind).all(axis=1))
    yield _group([], len(keys), regions), np.ones(len(keys), dtype=np.bool_)


def _group(kind: list[int], clients: int, regions: tuple[str, ...]) -> PeerGroup:
    segment, size, region = (*kind, *([_ANY] * (3 - len(kind))))
    return PeerGroup(
        segment=None if segment == _ANY else segment,
        size=None if size == _ANY else _SIZES[size],
        region=None if region == _ANY else regions[region],
        clients=clients,
    )


def _thirds(size: FloatArray) -> tuple[float, ...]:
    known = size[~np.isnan(size)]
    return tuple(float(cut) for cut in np.quantile(known, [1 / 3, 2 / 3])) if known.size else (0.0, 0.0)


def _figures(matrix: FloatArray, chosen: BoolArray, categorical: tuple[int, ...]) -> FloatArray:
    """Median, low and high of each feature of the chosen rows, (3, n_features); of a category its commonest code.

    A few features at a time: sorting all of a large book would need it twice in memory.
    """
    rows, width = np.flatnonzero(chosen), matrix.shape[1]
    pieces = [_of_columns(matrix[rows, start : start + _PIECE]) for start in range(0, width, _PIECE)]
    figures = np.concatenate(pieces, axis=1)
    for place in categorical:
        column = matrix[rows, place]
        codes = column[~np.isnan(column)].astype(np.int64)
        figures[:, place] = np.nan
        if codes.size * 2 >= len(rows):
            figures[0, place] = np.bincount(codes).argmax()
    return figures


def _of_columns(piece: FloatArray) -> FloatArray:
    ordered = np.sort(piece, axis=0)  # what is missing comes last
    known = np.count_nonzero(~np.isnan(piece), axis=0)
    figures = np.stack([_quantile(ordered, known, share) for share in (_HALF, _TENTH, 1 - _TENTH)])
    figures[0, known * 2 < len(piece)] = np.nan
    return figures


def _quantile(ordered: FloatArray, known: IntArray, share: float) -> FloatArray:
    """Quantile of the first ``known`` (f,) of each column of ``ordered`` (n, f), linear between two; NaN of none."""
    place = np.maximum(known - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    columns = np.arange(ordered.shape[1])
    left, right = ordered[below, columns], ordered[above, columns]
    return np.where(known > 0, left + (right - left) * (place - below), np.nan)


def _rounded(figures: FloatArray) -> FloatArray:
    """The same to six significant digits."""
    return np.char.mod(f"%.{DIGITS}g", figures).astype(np.float64)


def _plain(figures: FloatArray) -> list[list[float | None]]:
    return [[None if np.isnan(figure) else figure for figure in row] for row in figures.tolist()]
