"""The clients of a test origin, joined from predictions, outcomes and truth: the input of a report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from models.config.root import Config
from models.evaluation.benchmarks import BenchmarkResults
from models.evaluation.metrics import Realised
from models.evaluation.report.judged import Judged, JudgedCredit, JudgedCurve
from models.evaluation.truth import KnownOutcomes
from models.learners.segments.model import SegmentModel
from models.panel.panel import Panel
from models.panel.targets import DECLINE_CAUSES
from models.pipeline.pipeline import segment_rows
from models.pipeline.predictions import Predictions
from models.text import Language, Spoken, Text, languages
from models.vocab import FloatArray, IntArray, TextArray


def judged_rows(
    rows: Panel,
    realised: Realised,
    result: BenchmarkResults,
    config: Config,
    known: KnownOutcomes,
    segment: TextArray,
) -> Judged:
    """The clients of one test origin as a report judges them; ``segment`` (n_rows,) is each one's."""
    ours = result.ours
    attributes = [name for name in config.features.attributes if name in rows.features]
    return Judged(
        value=realised.value,
        declined=realised.declined > 0,
        foreseen_value=ours.value,
        value_low=ours.value_low,
        value_high=ours.value_high,
        decline_probability=ours.decline_probability,
        tier=ours.grades.tier,
        tiers=config.scale.names,
        segment=segment,
        tenure_days=_column(rows, "tenure_days"),
        size=_column(rows, "value_sum_ever"),
        attributes=rows.features[[name for name in attributes if pd.api.types.is_string_dtype(rows.features[name])]],
        scores={target: {name: each.score for name, each in names.items()} for target, names in result.contest.items()},
        level=config.learners.interval_level,
        curve=JudgedCurve(
            event=ours.curves.event,
            ends=np.asarray(ours.curves.ends),
            probability=ours.curves.probability,
            event_period=realised.event_period,
            incidence=ours.curves.incidence,
            cause=_places(rows, ours.curves.incidence),
            known=known.causes,
        ),
        known_value=known.value,
        credit=_credit(rows, ours, known),
    )


def _credit(rows: Panel, ours: Predictions, known: KnownOutcomes) -> JudgedCredit | None:
    """Default and credit loss of each client, foreseen and realised; None where the book knows no defaults."""
    if np.isnan(ours.default_probability).any():
        return None
    return JudgedCredit(
        default_probability=ours.default_probability,
        defaulted=rows.defaulted,
        known_default=known.default,
        foreseen_loss=ours.credit_loss,
        realised_loss=rows.credit_loss,
        known_loss=known.credit_loss,
    )


_NUMBERED: Final = Text("{number}: {name}", "segment")


def named_segments(segments: SegmentModel, rows: Panel) -> TextArray:
    """Number and name of each client's segment, as pages show it. (n_rows,)."""
    names = np.array([f"{number}: {name}" for number, name in enumerate(segments.segment_names)])
    return np.asarray(names[segments.assign(segment_rows(segments, rows)).segment])


def named_segments_in_every_language(segments: SegmentModel, rows: Panel) -> dict[str, Spoken]:
    """Number and name of each segment -> the same by language."""
    called = {language: segments.names_in(language, partial(_described, rows, language)) for language in languages()}
    return {
        f"{number}: {name}": {
            language: _NUMBERED.within(language, number=number, name=names[place]) for language, names in called.items()
        }
        for place, (number, name) in enumerate(zip(segments.numbers, segments.names, strict=True))
    }


def _described(rows: Panel, language: Language, feature: str) -> str:
    return rows.words[feature].describe(language) if feature in rows.words else feature


def _places(rows: Panel, incidence: Mapping[str, FloatArray]) -> IntArray | None:
    if rows.cause is None or not incidence:
        return None
    names = list(incidence)
    code = np.array([names.index(str(cause)) for cause in DECLINE_CAUSES] + [-1])
    return np.asarray(code[rows.cause])


def _column(rows: Panel, name: str) -> FloatArray:
    return rows.features[name].to_numpy(dtype=np.float64)
