"""Segments as report data: choice, profiles, heat map, map, and how a refit continues earlier ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from models.config.policy.tiers import TierScale
from models.config.root import Config
from models.evaluation.report.groups import UNKNOWN, groups_of
from models.learners.segments.matching import Matching, matched_to
from models.learners.segments.model import Plane, SegmentModel
from models.panel.panel import Panel
from models.pipeline.pipeline import FittedModels, fit_segments, score_panel, segment_rows
from models.pipeline.predictions import Predictions
from models.profiles.regions import RegionClass
from models.profiles.types import NEEDS, RELATIONSHIPS
from models.profiles.value_classes import ValueClass
from models.scoring.columns import score_columns
from models.segments.contents import (
    NAME_ZH,
    FeatureMedian,
    KindTotal,
    MapAxis,
    MatchingReport,
    RenumberedSegment,
    SegmentMap,
    SegmentOverlap,
    SegmentProfile,
    SegmentsReport,
    WholeBook,
)
from models.text import Language, languages
from models.vocab import BoolArray, FloatArray, IntArray, Stage, TextArray

BETWEEN = 0.1
"""A client with a smaller margin is said to lie between two segments."""
MAP_CLIENTS = 500
MIX_COLUMNS = ("tier", "stage", "relationship_type", "need_type", "value_class", "region_class")
PLACE_COLUMNS = ("region", "country")
_ORDERS = {
    "stage": tuple(map(str, Stage)),
    "relationship_type": RELATIONSHIPS,
    "need_type": NEEDS,
    "value_class": tuple(map(str, ValueClass)),
    "region_class": tuple(map(str, RegionClass)),
}


@dataclass(frozen=True, kw_only=True)
class ContinuedSegments:
    """Segments that serve, and how they continue those before; None where there were none, or their features went."""

    model: SegmentModel
    matching: Matching | None = None


def continued_segments(now: Panel, config: Config, previous: SegmentModel | None) -> ContinuedSegments:
    """Fit segments to the clients of ``now``, rows of one origin; they take over the numbers of ``previous``."""
    model = fit_segments(now, config)
    if previous is None or any(name not in now.features for name in previous.features):
        return ContinuedSegments(model=model)
    found = matched_to(previous, model, before=segment_rows(previous, now), now=segment_rows(model, now))
    return ContinuedSegments(model=found.model, matching=found.matching)


def served_segments(
    models: FittedModels, rows: Panel, config: Config, matching: Matching | None = None
) -> SegmentsReport:
    """``segments_report`` of the clients of ``rows``, one origin, as the models that serve see them."""
    predictions = score_panel(models, rows)
    mixes = mixes_of(rows, score_columns(models, rows, predictions, config))
    return segments_report(models.segments, rows, predictions, mixes, models.policy.scale, matching)


def mixes_of(panel: Panel, columns: Mapping[str, pa.Array]) -> dict[str, TextArray]:
    """What segments are a mix of: the decisions among the ``columns`` of scores, and the clients' place. (n,) each."""
    mixes = {name: _labels(columns[name].to_pylist()) for name in MIX_COLUMNS if name in columns}
    place = next((name for name in PLACE_COLUMNS if name in panel.features), None)
    return mixes if place is None else {**mixes, place: _labels(panel.features[place].astype(object).tolist())}


def segments_report(
    model: SegmentModel,
    rows: Panel,
    predictions: Predictions,
    mixes: Mapping[str, TextArray],
    scale: TierScale,
    matching: Matching | None = None,
) -> SegmentsReport:
    """All about the segments of ``rows``, clients at one origin with their predictions.

    ``mixes`` are labels by which each segment is divided into shares, tiers in the order of ``scale``. Places of few
    clients are pooled, as in the report.
    """
    matrix = segment_rows(model, rows)
    orders = {**_ORDERS, "tier": scale.names}
    groups = {name: _groups(labels, orders.get(name)) for name, labels in mixes.items()}
    profiled = _Profiled(model, matrix, predictions, groups)
    names_zh = _names_in(NAME_ZH, model, rows)
    choice = model.choice
    return SegmentsReport(
        as_of=rows.grid.start_of(int(rows.origin[0])) if len(rows) else None,
        clients=len(rows),
        features=tuple(model.features),
        called={
            language: {name: rows.words[name].describe(language) for name in model.features if name in rows.words}
            for language in languages()
        },
        figures={name: rows.words[name].figure.value for name in model.features if name in rows.words},
        served=choice.served,
        chosen_by=choice.reason,
        curve=choice.candidates,
        structure="found" if choice.has_structure else "none",
        structure_test=choice.structure,
        structure_served=choice.structure.at(choice.served.clusters),
        between=BETWEEN,
        segments=tuple(
            profiled.of(place, name_zh=name_zh)
            for place, name_zh in zip(range(len(model.numbers)), names_zh, strict=True)
        ),
        whole=WholeBook(features=_features(model, matrix, matrix)),
        kinds={name: _totals(groups, predictions) for name, groups in profiled.mixes.items()},
        tier_colours=scale.colours(),
        tier_names=scale.spoken_labels(),
        map=map_of(model, matrix, predictions.segment),
        matching=None if matching is None else _matching_report(matching),
    )


def _names_in(language: Language, model: SegmentModel, rows: Panel) -> tuple[str, ...]:
    return model.names_in(language, lambda name: rows.words[name].describe(language) if name in rows.words else name)


def map_of(model: SegmentModel, matrix: FloatArray, segment: IntArray) -> SegmentMap:
    """The map of (n, n_features) clients of ``segment`` (n,)."""
    scaled = model.scaled(matrix)
    plane = Plane.of(scaled)
    order = np.lexsort(scaled.T[::-1])
    sample = order[np.linspace(0, len(order) - 1, min(MAP_CLIENTS, len(order))).round().astype(np.int64)]
    return SegmentMap(
        axes=tuple(
            MapAxis(share=share, loadings=dict(zip(model.features, loadings, strict=True)))
            for share, loadings in zip(plane.shares.tolist(), plane.loadings.T.tolist(), strict=True)
        ),
        places=_rounded(plane.places(scaled[sample])),
        segments=tuple(segment[sample].tolist()),
        middles=_rounded(plane.places(model.centres)),
    )


def _rounded(places: FloatArray) -> tuple[tuple[float, ...], ...]:
    return tuple(map(tuple, places.round(3).tolist()))


@dataclass(frozen=True)
class _Profiled:
    """The clients that are profiled; ``mixes`` are who belongs to each group of each label."""

    model: SegmentModel
    matrix: FloatArray
    predictions: Predictions
    mixes: Mapping[str, Mapping[str, BoolArray]]

    def of(self, place: int, *, name_zh: str) -> SegmentProfile:
        """The profile of one cluster."""
        reported, inside = self.predictions, self.predictions.segment == self.model.numbers[place]
        value, total = reported.value[inside], float(reported.value.sum())
        return SegmentProfile(
            number=self.model.numbers[place],
            name=self.model.names[place],
            name_zh=name_zh,
            clients=int(inside.sum()),
            share=_mean(inside.astype(np.float64)),
            value=float(value.sum()),
            value_mean=_mean(value),
            value_share=float(value.sum()) / total if total > 0 else None,
            decline_mean=_mean(reported.decline_probability[inside]),
            margin_mean=_mean(reported.segment_margin[inside]),
            between_share=_mean((reported.segment_margin[inside] < BETWEEN).astype(np.float64)),
            features=_features(self.model, self.matrix[inside], self.matrix),
            mixes={
                name: {label: _mean(members[inside].astype(np.float64)) for label, members in groups.items()}
                for name, groups in self.mixes.items()
            },
        )


def _totals(groups: Mapping[str, BoolArray], reported: Predictions) -> tuple[KindTotal, ...]:
    """Clients, value and decline of each group in the whole book."""
    total = float(reported.value.sum())
    return tuple(
        KindTotal(
            name=name,
            clients=int(inside.sum()),
            share=_mean(inside.astype(np.float64)),
            value=float(reported.value[inside].sum()),
            value_share=float(reported.value[inside].sum()) / total if total > 0 else None,
            decline_mean=_mean(reported.decline_probability[inside]),
        )
        for name, inside in groups.items()
    )


def _medians(matrix: FloatArray) -> FloatArray:
    """Medians of what is known, NaN where nothing is. (n, n_features) -> (n_features,)."""
    known = ~np.isnan(matrix)
    columns = zip(matrix.T, known.T, strict=True)
    return np.array([np.median(column[reported]) if reported.any() else np.nan for column, reported in columns])


def _features(model: SegmentModel, matrix: FloatArray, whole: FloatArray) -> dict[str, FeatureMedian]:
    """The median client of ``matrix``, beside that of the ``whole`` book."""
    known, medians = ~np.isnan(matrix), _medians(matrix)
    apart = (model.scaled(medians[None]) - model.scaled(_medians(whole)[None]))[0]
    return {
        name: FeatureMedian(
            apart=float(apart[place]) if reported.any() else None,
            median=float(medians[place]) if reported.any() else None,
            known_share=_mean(reported.astype(np.float64)),
        )
        for place, (name, reported) in enumerate(zip(model.features, known.T, strict=True))
    }


def _matching_report(matching: Matching) -> MatchingReport:
    renamed, overlaps = sorted(matching.renamed.items()), sorted(matching.overlaps.items())
    return MatchingReport(
        renamed=tuple(RenumberedSegment(fitted=before, number=after) for before, after in renamed),
        given_up=matching.given_up,
        clients=matching.clients,
        moved_share=matching.moved_share,
        agreement=matching.agreement,
        overlaps=tuple(SegmentOverlap(number=number, overlap=share) for number, share in overlaps),
    )


def _groups(labels: TextArray, order: Sequence[str] | None) -> dict[str, BoolArray]:
    """Decisions one by one, in their order; of other labels the rare ones pooled."""
    if order is not None:
        there = {kind: np.asarray(labels == kind) for kind in (*order, UNKNOWN)}
        return {kind: inside for kind, inside in there.items() if inside.any()}
    return {group.name: group.inside for group in groups_of(labels)}


def _labels(values: list[Any]) -> TextArray:
    column = pd.Series(values, dtype="object")
    return np.asarray(column.where(column.notna(), UNKNOWN).astype(str).to_numpy(dtype=np.str_))


def _mean(values: FloatArray) -> float | None:
    return float(np.mean(values)) if len(values) else None
