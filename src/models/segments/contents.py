"""The report of segments: how they were chosen, their profiles, the map, and how they continue earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from models.learners.segments.choice import Reason, SegmentationCandidate
from models.learners.segments.structure import Structure, StructureAt
from models.text import Language, Spoken

NAME_ZH: Final = Language("zh")
"""The language of ``name_zh``, which programs read beside the English name."""


@dataclass(frozen=True, kw_only=True)
class FeatureMedian:
    """The median of a feature in a group of clients; all but ``known_share`` are None where it is not known.

    ``apart`` is how many spreads it lies from the median of the whole book.
    """

    apart: float | None
    median: float | None
    known_share: float | None


@dataclass(frozen=True, kw_only=True)
class SegmentProfile:
    """The clients of one segment; means and shares are None where there is nobody, or no value to share.

    Attributes:
        between_share: share of clients that lie between two segments.
        mixes: label (tier, stage, ...) -> its groups -> share of the segment's clients.
    """

    number: int
    name: str
    name_zh: str
    clients: int
    share: float | None
    value: float
    value_mean: float | None
    value_share: float | None
    decline_mean: float | None
    margin_mean: float | None
    between_share: float | None
    features: Mapping[str, FeatureMedian]
    mixes: Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, kw_only=True)
class WholeBook:
    """The median client of the whole book."""

    features: Mapping[str, FeatureMedian]


@dataclass(frozen=True, kw_only=True)
class KindTotal:
    """Clients, value and decline of one kind in the whole book; shares and mean are None where there is nothing."""

    name: str
    clients: int
    share: float | None
    value: float
    value_share: float | None
    decline_mean: float | None


@dataclass(frozen=True, kw_only=True)
class MapAxis:
    """A direction of the map: its share of the variance, and how much of each feature goes into it."""

    share: float
    loadings: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class SegmentMap:
    """Clients in the plane in which they lie farthest apart: an even sample, without ids, and the segments' middles.

    ``segments`` are the numbers of the segments of the clients at ``places`` (n, 2).
    """

    axes: tuple[MapAxis, ...]
    places: tuple[tuple[float, ...], ...]
    segments: tuple[int, ...]
    middles: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class RenumberedSegment:
    """A new segment: its number as fitted, and the one it goes by."""

    fitted: int
    number: int


@dataclass(frozen=True, kw_only=True)
class SegmentOverlap:
    """An old segment that goes on: clients in both over clients in either."""

    number: int
    overlap: float


@dataclass(frozen=True, kw_only=True)
class MatchingReport:
    """How new segments continue old ones, as in ``Matching``."""

    renamed: tuple[RenumberedSegment, ...]
    given_up: tuple[int, ...]
    clients: int
    moved_share: float
    agreement: float
    overlaps: tuple[SegmentOverlap, ...]


@dataclass(frozen=True, kw_only=True)
class SegmentsReport:
    """All about the segments of the clients at one date.

    Attributes:
        as_of: None where there is no client.
        features: on which the segments are clustered.
        called: language -> feature -> its description.
        figures: feature -> the unit in which its figures are written.
        served: method and number of clusters that serve, of all in ``curve``; ``chosen_by`` says by which rule.
        structure: whether clusters as many as serve lie farther apart than in any book without clusters.
        structure_served: separation in the book and highest without clusters at that number, where it was looked at.
        between: a client with a smaller margin counts as between two segments.
        kinds: label (tier, stage, ...) -> its groups in the whole book.
        tier_colours: tier -> its colour, by the policy; ``tier_names``: what people call it.
        matching: how these segments continue earlier ones; None where there were none.
    """

    as_of: date | None
    clients: int
    features: tuple[str, ...]
    called: Mapping[str, Mapping[str, str]]
    figures: Mapping[str, str]
    served: SegmentationCandidate
    chosen_by: Reason
    curve: tuple[SegmentationCandidate, ...]
    structure: Literal["found", "none"]
    structure_test: Structure
    structure_served: StructureAt | None
    between: float
    segments: tuple[SegmentProfile, ...]
    whole: WholeBook
    kinds: Mapping[str, tuple[KindTotal, ...]]
    tier_colours: Mapping[str, str]
    map: SegmentMap
    matching: MatchingReport | None
    tier_names: Mapping[str, Spoken] = field(default_factory=dict)
