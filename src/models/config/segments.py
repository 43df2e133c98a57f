"""The section on segments: over which features clients are clustered, and how methods and numbers compete."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from models.config.base import Count, Section, Share
from models.config.labels import Wording

Clusters = Annotated[int, Field(ge=2, le=20)]
ClusteringMethod = Literal["kmeans", "mixture"]


class ClusterRange(Section):
    """Numbers of clusters that compete, both ends included."""

    fewest: Clusters = 3
    most: Clusters = 8

    @model_validator(mode="after")
    def _ordered(self) -> ClusterRange:
        if self.fewest > self.most:
            raise ValueError(f"fewest must not exceed most, got {self.fewest} and {self.most}")
        return self


VERY = "{very}"


class SegmentWords(Section):
    """What people call clients that stand high, and low, in a feature; ``{very}`` is where a degree goes, if any."""

    high: Wording
    low: Wording

    @model_validator(mode="after")
    def _one_slot(self) -> SegmentWords:
        texts = (self.high.en, self.high.zh, self.low.en, self.low.zh)
        wrong = [text for text in texts if set("{}") & set(text.replace(VERY, "", 1))]
        if wrong:
            raise ValueError(f"{VERY} may stand in a word once, and no other brace, got {wrong}")
        return self


def _range_of(given: Any) -> Any:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return {"fewest": given, "most": given} if is_number else given


class SegmentsConfig(Section):
    """Clusters over a few stated features.

    Each method with each number of clusters is refitted on resamples of the clients. Those whose smallest segment
    holds ``min_share`` of the clients and whose refits agree (median adjusted Rand index at least ``min_stability``)
    are admitted. Served is, of the numbers at which the book lies farther apart than books without clusters, the one
    with the fewest clusters, then the first method, whose separation (mean silhouette) lies within ``simpler_within``
    of the best one; where there is structure at no number admitted, the fewest clusters. Where none is admitted, the
    steadiest of those with large enough segments serves, else of all.
    """

    features: Annotated[tuple[str, ...], Field(min_length=1)]
    words: dict[str, SegmentWords] = Field(
        default_factory=dict, description="Feature -> words by which segments are named; else what it is called serves."
    )
    clusters: Annotated[ClusterRange, BeforeValidator(_range_of, json_schema_input_type=Clusters | ClusterRange)] = (
        Field(default=ClusterRange(), description="A number fixes it; of a range {fewest, most} the best is chosen.")
    )
    methods: Annotated[tuple[ClusteringMethod, ...], Field(min_length=1)] = Field(
        default=("kmeans", "mixture"), description="Simplest first."
    )
    min_share: Share = 0.03
    min_stability: Share = 0.8
    simpler_within: Annotated[float, Field(ge=0)] = 0.005
    resamples: Count = Field(default=12, description="Refits by which stability is judged.")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of clusters that compete, rising."""
        return tuple(range(self.clusters.fewest, self.clusters.most + 1))

    @model_validator(mode="after")
    def _consistent(self) -> SegmentsConfig:
        for name, listed in (("features", self.features), ("methods", self.methods)):
            if len(set(listed)) < len(listed):
                raise ValueError(f"{name} must not repeat, got {list(listed)}")
        strange = sorted(set(self.words) - set(self.features))
        if strange:
            raise ValueError(f"words must be of features of the segments, got {strange}")
        return self
