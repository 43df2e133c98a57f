"""Scores and explains every client of a book at an as-of date, block by block, and publishes all of it or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from models.config import Config
from models.errors import TooLittleDataError, UnknownClientError
from models.learners.contributions import Contributions
from models.tables.blocks import PreparedBook
from models.tables.book import Book
from models.tables.panel import Panel, joined, panels_by_block
from models.tables.periods import latest_anchor
from models.tables.prepare import prepared_book
from models.vocab import FloatArray, Progress, SilentProgress, Tier
from models.workflows.bundle import Bundle
from models.workflows.decide import reason_column, score_columns
from models.workflows.publish import canonical_json, point_latest, publish_folder, text_hash, write_manifest
from models.workflows.recipe import Predictions, score_matrix

SCORES = "scores.parquet"
EXPLANATIONS = "explanations.parquet"
CURVES = "curves.parquet"
_KEY_LENGTH = 12
_ROW_GROUP = 16_384
VALUE, DECLINE = "value", "decline"


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


@dataclass(frozen=True, kw_only=True)
class ScoredBlock:
    """One block of clients, scored and explained; contributions were checked to sum to the predictions."""

    panel: Panel
    matrix: FloatArray
    predictions: Predictions
    explained: dict[str, Contributions]
    served: dict[str, Contributions]


@dataclass(frozen=True)
class _Job:
    """What one prediction was asked to do."""

    bundle: Bundle
    settings: Config
    as_of: date
    key: str


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

    ``out/latest`` then leads to it. Settings of the bundle decide what is computed; ``config`` says where and how.
    Raises ``TooLittleDataError`` if no client is active, ``AdditivityError`` before anything is published.
    """
    settings = scoring_config(bundle, config)
    when = as_of or latest_anchor(settings.time.period, book.known_until)
    key = run_key(book, bundle, settings, when)
    folder = out / f"{when.isoformat()}-{key[:_KEY_LENGTH]}"
    job, tally = _Job(bundle, settings, when, key), _Tally()
    with prepared_book(book, settings, when, bundle.models.notes) as prepared:
        publish_folder(folder, lambda draft: _write_blocks(draft, prepared, job, tally, progress))
    point_latest(folder)
    return _summary(folder, job, tally)


def scoring_config(bundle: Bundle, config: Config) -> Config:
    """The bundle's settings, with the caller's place of the book and way of running."""
    return bundle.config.model_copy(update={"book": config.book, "run": config.run})


def run_key(book: Book, bundle: Bundle, settings: Config, as_of: date) -> str:
    """Hash of everything that decides the scores; equal keys mean equal bytes."""
    return text_hash(
        canonical_json(
            {
                "input": book.fingerprint,
                "bundle": bundle.key,
                "config": settings.meaning(),
                "as_of": as_of.isoformat(),
            }
        )
    )


def score_block(bundle: Bundle, panel: Panel) -> ScoredBlock:
    """Score and explain a block. Raises ``AdditivityError`` if any row's contributions miss its prediction."""
    models = bundle.models
    matrix = models.contract.encode(panel.features)
    explained = {VALUE: models.value.explain(matrix), DECLINE: models.decline.explain(matrix)}
    served = {
        VALUE: models.value.in_served_unit(explained[VALUE]),
        DECLINE: models.decline.in_served_unit(explained[DECLINE]),
    }
    for parts in (*explained.values(), *served.values()):
        parts.check()
    return ScoredBlock(
        panel=panel,
        matrix=matrix,
        predictions=score_matrix(models, matrix, panel),
        explained=explained,
        served=served,
    )


def score_clients(
    book: Book, bundle: Bundle, config: Config, clients: Sequence[str], as_of: date | None = None
) -> ScoredBlock:
    """Score and explain a few clients, the same as they would be in the whole book.

    Raises ``UnknownClientError`` for a client that the book does not hold or that is not active.
    """
    settings = scoring_config(bundle, config)
    when = as_of or latest_anchor(settings.time.period, book.known_until)
    with prepared_book(book, settings, when, bundle.models.notes) as prepared:
        blocks = prepared.blocks_of(list(clients))
        panels = panels_by_block(prepared, settings, [0], targets=False, blocks=blocks)
        chosen = [panel.where(panel.client_id.isin(clients).to_numpy()) for panel in panels]
    found = {client for panel in chosen for client in panel.client_id}
    missing = [client for client in clients if client not in found]
    if missing:
        raise UnknownClientError(
            rule=f"the client must be in the book and active in the {settings.time.activity_periods} "
            f"{settings.time.period}s before {when}",
            got=missing[0],
            remedy="look the id up in scores.parquet; ids are compared byte for byte",
        )
    return score_block(bundle, joined(chosen))


def _write_blocks(draft: Path, prepared: PreparedBook, job: _Job, tally: _Tally, progress: Progress) -> None:
    panels = panels_by_block(prepared, job.settings, [0], targets=False)
    tracked = progress.track(panels, total=len(prepared.block_numbers), title="Scoring and explaining")
    with (
        _Tables(draft / SCORES) as scores,
        _Tables(draft / EXPLANATIONS) as explanations,
        _Tables(draft / CURVES) as curves,
    ):
        for panel in tracked:
            if len(panel):
                block = score_block(job.bundle, panel)
                columns = _stamped(block, job)
                tally.add(columns)
                scores.append(pa.table(columns))
                explanations.append(_explanations(block, job))
                curves.append(_curves(block, job))
    _require_clients(tally, job)
    write_manifest(draft, _manifest_facts(prepared, job, tally))


class _Tables:
    """A Parquet file of the tables appended; its bytes do not depend on how the rows came in blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []

    def __enter__(self) -> _Tables:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks())
            self._writer.close()

    def append(self, table: pa.Table) -> None:
        """Write a table behind those before it, in row groups of one size whatever the blocks were."""
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._waiting.append(table)
        rows = pa.concat_tables(self._waiting)
        while rows.num_rows > _ROW_GROUP:
            self._writer.write_table(rows.slice(0, _ROW_GROUP).combine_chunks())
            rows = rows.slice(_ROW_GROUP)
        self._waiting = [rows]


def _stamped(block: ScoredBlock, job: _Job) -> dict[str, pa.Array]:
    columns = score_columns(job.bundle.models, block.panel, block.predictions, job.settings)
    rows = len(block.panel)
    first = {"client_id": columns.pop("client_id"), "as_of": pa.repeat(pa.scalar(job.as_of, pa.date32()), rows)}
    last = {
        "model_version": pa.repeat(pa.scalar(model_version(job.bundle)), rows),
        "run_key": pa.repeat(pa.scalar(job.key), rows),
        "reasons": reason_column(block.served[DECLINE], job.bundle.models.contract.names),
    }
    return first | columns | last


def model_version(bundle: Bundle) -> str:
    """The bundle's identity, the same wherever and however often it was trained."""
    return bundle.key[:_KEY_LENGTH]


def _curves(block: ScoredBlock, job: _Job) -> pa.Table:
    """One row per client and step: the chance of the event until the end of the period, in all and by each cause."""
    curves, rows = block.predictions.curves, len(block.panel)
    steps = len(curves.ends)
    columns = {
        "client_id": pa.array(np.repeat(block.panel.client_id.to_numpy(), steps), type=pa.string()),
        "as_of": pa.repeat(pa.scalar(job.as_of, pa.date32()), rows * steps),
        "event": pa.repeat(pa.scalar(curves.event), rows * steps),
        "until_period": pa.array(np.tile(curves.ends, rows), type=pa.int32()),
        "probability": pa.array(curves.probability.ravel()),
    }
    return pa.table(columns | {cause: pa.array(part.ravel()) for cause, part in curves.incidence.items()})


def _explanations(block: ScoredBlock, job: _Job) -> pa.Table:
    """Value and decline of each client side by side, in the order of the panel."""
    tables = [_explanation_table(block, job, model) for model in (VALUE, DECLINE)]
    order = np.arange(2 * len(block.panel)).reshape(2, -1).T.ravel()
    return pa.concat_tables(tables).take(pa.array(order))


def _explanation_table(block: ScoredBlock, job: _Job, model: str) -> pa.Table:
    """One row per client: in the model's own unit, and the rate that turns each part into the served unit."""
    parts, served = block.explained[model], block.served[model]
    rows = len(block.panel)
    largest = np.abs(parts.values).argmax(axis=1)[:, None]
    part, served_part = (np.take_along_axis(each.values, largest, axis=1)[:, 0] for each in (parts, served))
    rate = np.divide(served_part, part, out=np.zeros(rows), where=part != 0)
    columns = {
        "client_id": pa.array(block.panel.client_id, type=pa.string()),
        "as_of": pa.repeat(pa.scalar(job.as_of, pa.date32()), rows),
        "model": pa.repeat(pa.scalar(model), rows),
        "unit": pa.repeat(pa.scalar(parts.unit), rows),
        "base": pa.repeat(pa.scalar(parts.base), rows),
        "prediction": pa.array(parts.prediction),
        "served_unit": pa.repeat(pa.scalar(served.unit), rows),
        "served_base": pa.repeat(pa.scalar(served.base), rows),
        "served_prediction": pa.array(served.prediction),
        "served_per_unit": pa.array(rate),
    }
    values = {name: pa.array(parts.values[:, place]) for place, name in enumerate(job.bundle.models.contract.names)}
    return pa.table(columns | values)


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
