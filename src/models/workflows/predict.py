"""Scores and explains every client of a book at an as-of date, block by block, and publishes all of it or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.config import Config
from models.errors import TooLittleDataError
from models.tables.blocks import PreparedBook
from models.tables.book import Book
from models.tables.panel import panels_by_block
from models.tables.periods import latest_anchor
from models.tables.prepare import prepared_book
from models.vocab import Progress, SilentProgress, Tier
from models.workflows.bundle import Bundle
from models.workflows.decide import CONTRACT, REMEMBERED, reason_column, score_columns
from models.workflows.explanations import Stamp, curve_table, explanation_table
from models.workflows.parquet import ParquetFile
from models.workflows.previous import PreviousScores, earlier_scores
from models.workflows.publish import canonical_json, point_latest, publish_folder, text_hash, write_manifest
from models.workflows.scoring import DECLINE, VALUE, ScoredBlock, score_block, score_clients, scoring_config

SCORES = "scores.parquet"
EXPLANATIONS = "explanations.parquet"
CURVES = "curves.parquet"
_KEY_LENGTH = 12

__all__ = [
    "CURVES",
    "DECLINE",
    "EXPLANATIONS",
    "SCORES",
    "VALUE",
    "Predicted",
    "ScoredBlock",
    "model_version",
    "predict_book",
    "run_key",
    "score_block",
    "score_clients",
    "scoring_config",
]


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """What prediction leaves: a folder with scores, explanations and manifest, and a summary of it."""

    folder: Path
    run_key: str
    as_of: date
    model_version: str
    clients: int
    tiers: dict[str, int]
    value_by_tier: dict[str, float]
    decline_by_tier: dict[str, float]


@dataclass(frozen=True)
class _Job:
    """What one prediction was asked to do."""

    bundle: Bundle
    settings: Config
    as_of: date
    key: str
    previous: PreviousScores | None

    @property
    def stamp(self) -> Stamp:
        """What all rows share."""
        return Stamp(
            as_of=self.as_of,
            run_key=self.key,
            model_version=model_version(self.bundle),
            currency=self.settings.book.currency,
        )


@dataclass
class _Tally:
    clients: Counter[str] = field(default_factory=Counter)
    value: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    decline: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, columns: dict[str, pa.Array]) -> None:
        """Count a block's clients, value and decline by tier."""
        tiers = columns["tier"].to_numpy(zero_copy_only=False)
        for tier in np.unique(tiers):
            chosen = tiers == tier
            self.clients[str(tier)] += int(chosen.sum())
            self.value[str(tier)] += float(columns["value"].to_numpy()[chosen].sum())
            self.decline[str(tier)] += float(columns["decline_probability"].to_numpy()[chosen].sum())


def predict_book(
    book: Book,
    bundle: Bundle,
    config: Config,
    out: Path,
    as_of: date | None = None,
    *,
    progress: Progress = SilentProgress(),
) -> Predicted:
    """Score all clients active before ``as_of`` (else the end of the book) into a new folder below ``out``.

    ``out/latest`` then leads to it. Settings of the bundle decide what is computed; ``config`` says where and how. The
    newest scores in ``out`` of an earlier date are built upon: kinds of clients move from there only with reason.
    Raises ``TooLittleDataError`` if no client is active, ``AdditivityError`` before anything is published,
    ``DamagedBundleError`` if the earlier scores are not as they were published.
    """
    settings = scoring_config(bundle, config)
    when = as_of or latest_anchor(settings.time.period, book.known_until)
    previous = earlier_scores(out, when, REMEMBERED)
    key = run_key(book, bundle, settings, when, previous)
    folder = out / f"{when.isoformat()}-{key[:_KEY_LENGTH]}"
    job, tally = _Job(bundle, settings, when, key, previous), _Tally()
    with prepared_book(book, settings, when, bundle.models.notes) as prepared:
        publish_folder(folder, lambda draft: _write_blocks(draft, prepared, job, tally, progress))
    point_latest(folder)
    return _summary(folder, job, tally)


def run_key(book: Book, bundle: Bundle, settings: Config, as_of: date, previous: PreviousScores | None = None) -> str:
    """Hash of everything that decides the scores; equal keys mean equal bytes."""
    return text_hash(
        canonical_json(
            {
                "input": book.fingerprint,
                "bundle": bundle.key,
                "config": settings.meaning(),
                "as_of": as_of.isoformat(),
                "previous": None if previous is None else previous.run_key,
            }
        )
    )


def _write_blocks(draft: Path, prepared: PreparedBook, job: _Job, tally: _Tally, progress: Progress) -> None:
    panels = panels_by_block(prepared, job.settings, [0], targets=False)
    tracked = progress.track(panels, total=len(prepared.block_numbers), title="Scoring and explaining")
    with (
        ParquetFile(draft / SCORES) as scores,
        ParquetFile(draft / EXPLANATIONS, compact=True) as explanations,
        ParquetFile(draft / CURVES, compact=True) as curves,
    ):
        for panel in tracked:
            if len(panel):
                block = score_block(job.bundle, panel, job.previous)
                columns = _stamped(block, job)
                tally.add(columns)
                scores.append(pa.table(columns))
                explanations.append(explanation_table(block, job.bundle.models.contract, job.stamp))
                curves.append(curve_table(panel.client_id, block.predictions.curves, job.as_of))
    _require_clients(tally, job)
    write_manifest(draft, _manifest_facts(prepared, job, tally))


def _stamped(block: ScoredBlock, job: _Job) -> dict[str, pa.Array]:
    columns = score_columns(job.bundle.models, block.panel, block.predictions, job.settings, block.previous)
    rows = len(block.panel)
    first = {"client_id": columns.pop("client_id"), "as_of": pa.repeat(pa.scalar(job.as_of, pa.date32()), rows)}
    first |= {name: columns.pop(name) for name in CONTRACT}
    stamped = {
        "model_version": pa.repeat(pa.scalar(model_version(job.bundle)), rows),
        "run_key": pa.repeat(pa.scalar(job.key), rows),
        "reasons": reason_column(
            job.bundle.models, block.panel, block.predictions, matrix=block.matrix, parts=block.served[DECLINE]
        ),
    }
    return first | stamped | columns


def model_version(bundle: Bundle) -> str:
    """The bundle's identity, the same wherever and however often it was trained."""
    return bundle.key[:_KEY_LENGTH]


def _require_clients(tally: _Tally, job: _Job) -> None:
    if not tally.clients:
        raise TooLittleDataError(
            rule=f"some clients must be active in the {job.settings.time.activity_periods} "
            f"{job.settings.time.period}s before {job.as_of}",
            got="none",
            remedy="choose another --as-of",
        )


def _manifest_facts(prepared: PreparedBook, job: _Job, tally: _Tally) -> dict[str, object]:
    return {
        "run_key": job.key,
        "as_of": job.as_of.isoformat(),
        "bundle": job.bundle.key,
        "previous": None if job.previous is None else job.previous.run_key,
        "clients_in_book": prepared.clients,
        "clients_scored": sum(tally.clients.values()),
        "tiers": dict(sorted(tally.clients.items())),
    }


def _summary(folder: Path, job: _Job, tally: _Tally) -> Predicted:
    order = sorted(tally.clients, key=[tier.value for tier in Tier].index)
    return Predicted(
        folder=folder,
        run_key=job.key,
        as_of=job.as_of,
        model_version=model_version(job.bundle),
        clients=sum(tally.clients.values()),
        tiers={tier: tally.clients[tier] for tier in order},
        value_by_tier={tier: tally.value[tier] for tier in order},
        decline_by_tier={tier: tally.decline[tier] / tally.clients[tier] for tier in order},
    )
