"""Segments and profiles of a whole book at an as-of date, as data: scored in blocks, kept as sums only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.book.door import Book
from models.config.root import Config
from models.errors import TooLittleDataError
from models.evaluation.report.contents import EvaluationReport
from models.grading.decision import Assessment, decide
from models.grading.known_overrides import overrides_at
from models.grading.stability import limit_of
from models.notices import Notice, by_severity
from models.panel.blocks import PreparedBook
from models.panel.build import panels_by_block
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel, joined
from models.pipeline.bundle import Bundle, read_report
from models.pipeline.pipeline import merged, score_panel
from models.pipeline.predictions import Predictions
from models.publications.merged_ids import under_ids_of
from models.publications.past import settled_scores
from models.scoring.block import DecisionContext
from models.scoring.columns import REMEMBERED, assessment, columns_before_tiers
from models.scoring.policy_in_force import policy_in_force, scoring_config
from models.scoring.run_key import model_version
from models.scoring.without_effect import policy_in_force_notices, settings_without_effect
from models.segments.contents import SegmentsReport
from models.segments.profile_report import KindsReport, region_cells
from models.segments.report import MIX_COLUMNS, PLACE_COLUMNS, mixes_of, segments_report
from models.text import Spoken
from models.vocab import Progress, SilentProgress, TextArray

_COLUMNS = (*(name for name in MIX_COLUMNS if name != "tier"), "market_potential")


@dataclass(frozen=True)
class _Told:
    """Clients with what is said of them: of their features only what segments and profiles look at."""

    rows: Panel
    predictions: Predictions
    columns: Mapping[str, pa.Array]


@dataclass(frozen=True)
class _Scored(_Told):
    """A block of clients, whose tiers wait for those of the whole book."""

    assessment: Assessment


@dataclass(frozen=True, kw_only=True)
class ProfilesReport:
    """The kinds of clients in a book at one date: segments, stages, types and regions.

    ``as_of`` is None where there is no client; ``terms`` say what decline, value and horizon mean.
    """

    book: str
    currency: str
    period: str
    as_of: date | None
    model_version: str
    terms: tuple[Spoken, ...]
    segments: SegmentsReport
    kinds: KindsReport
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ProfiledReport(EvaluationReport):
    """What profiles need of the report of a training."""

    segments: SegmentsReport
    kinds: KindsReport


def trained_profiles(
    report: EvaluationReport, segments: SegmentsReport, kinds: KindsReport, version: str = ""
) -> ProfilesReport:
    """The profiles at the latest training origin, as training reported them."""
    return ProfilesReport(
        book=report.book,
        currency=report.currency,
        period=report.horizon.period,
        as_of=segments.as_of,
        model_version=version,
        terms=report.terms,
        segments=segments,
        kinds=kinds,
    )


def profile_figures(segments: SegmentsReport) -> dict[str, float]:
    """What of the segments is worth comparing from one training to the next."""
    served, matching = segments.served, segments.matching
    return {
        "segments.count": float(served.clusters),
        "segments.stability": served.stability,
        "segments.separation": served.separation,
        "segments.structure_found": float(segments.structure == "found"),
        **({} if matching is None else {"segments.moved_share": matching.moved_share}),
    }


def book_profiles(
    book: Book,
    bundle: Bundle,
    config: Config,
    as_of: date | None = None,
    *,
    earlier: Path | None = None,
    progress: Progress = SilentProgress(),
) -> ProfilesReport:
    """The same of all clients active before ``as_of``, else at the end of the book, as they would be scored.

    Moves between stages and types are those that training saw, since one date shows none. ``earlier`` is the folder
    below which scores are published; the newest of an earlier date are built upon. Raises ``TooLittleDataError`` if no
    client is active.
    """
    settings = scoring_config(bundle, config)
    when = as_of or book.known_until
    bundle = policy_in_force(book, bundle, config, when, progress=progress).bundle
    previous = None if earlier is None else settled_scores(earlier, when, REMEMBERED, settings.time.period)
    previous = under_ids_of(book, previous)
    decision_context = DecisionContext(previous=previous, overrides=overrides_at(book, when))
    prepared = kept_book(book, settings, when, bundle.models.notes)
    blocks = list(_blocks(prepared, bundle, settings, decision_context, progress))
    _require_clients(blocks, settings, when)
    whole, report = _together(blocks), read_report(bundle.folder, ProfiledReport, whole=False)
    rows, reported, columns = whole.rows, whole.predictions, whole.columns
    regions = region_cells(
        _texts(columns["region_class"]),
        _texts(columns["market_potential"]),
        reported.value,
        reported.decline_probability,
    )
    return replace(
        trained_profiles(report, report.segments, report.kinds, model_version(bundle)),
        currency=settings.book.currency,
        as_of=when,
        segments=segments_report(
            bundle.models.segments, rows, reported, mixes_of(rows, columns), bundle.models.policy.scale
        ),
        kinds=replace(report.kinds, regions=regions),
        notices=by_severity([*policy_in_force_notices(bundle), *settings_without_effect(bundle, config)]),
    )


def _blocks(
    prepared: PreparedBook, bundle: Bundle, settings: Config, decision_context: DecisionContext, progress: Progress
) -> Iterator[_Scored]:
    models = bundle.models
    panels = panels_by_block(prepared, settings, [0], targets=False)
    for panel in progress.track(panels, total=len(prepared.block_numbers), title="Looking at every client"):
        if len(panel):
            reported = score_panel(models, panel)
            columns = columns_before_tiers(models, panel, reported, settings, decision_context.previous)
            kept = [name for name in (*models.segments.features, *PLACE_COLUMNS) if name in panel.features]
            rows = replace(panel, features=panel.features[list(dict.fromkeys(kept))])
            alone = assessment(models, panel, reported, decision_context).without_evidence()
            yield _Scored(rows, reported, {name: columns[name] for name in _COLUMNS}, alone)


def _require_clients(blocks: list[_Scored], settings: Config, when: date) -> None:
    if not blocks:
        raise TooLittleDataError(
            rule=f"some clients must be active in the {settings.time.activity_periods} "
            f"{settings.time.period}s before {when}",
            got="none",
            remedy="choose another --as-of",
        )


def _together(blocks: list[_Scored]) -> _Told:
    rows = joined([block.rows for block in blocks])
    columns = {name: pa.concat_arrays([block.columns[name] for block in blocks]) for name in _COLUMNS}
    predictions = merged([block.predictions for block in blocks], np.arange(len(rows)))
    return _Told(rows, predictions, columns | {"tier": pa.array(_tiers(blocks), type=pa.string())})


def _tiers(blocks: list[_Scored]) -> TextArray:
    """Tiers as they are published: how many may change at once spans the book."""
    share = blocks[0].assessment.policy.settings.stability.max_changed_share
    limit = limit_of([block.assessment.moves for block in blocks], share)
    return np.concatenate([decide(block.assessment, limit).tier for block in blocks])


def _texts(column: pa.Array) -> TextArray:
    return np.asarray(column.to_numpy(zero_copy_only=False).astype(np.str_))
