"""Scores blocks of clients one after the other, in this process or several; what spans the book is done elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from models.config.root import Config
from models.grading.decision import Assessment
from models.panel.blocks import Block, PreparedBook
from models.panel.build import PanelContext, panel_of_block
from models.panel.memory import Memory
from models.pipeline.bundle import Bundle, read_bundle
from models.pipeline.pipeline import FittedModels
from models.scoring.columns import DecisionContext, assessment, columns_before_tiers, reason_column
from models.scoring.explanations import Stamp, curve_table, explanation_table
from models.scoring.scoring import DECLINE, ScoredBlock, score_block
from models.warnings.compute import DeteriorationReading, Served, read_deteriorations
from models.warnings.publishing import warning_column
from models.workers import cores, in_processes

WORKER_BLOCKS = 8
"""A process takes as long to begin as to score about so many blocks; where it would have fewer, none begins."""


@dataclass(frozen=True, kw_only=True)
class BlockScores:
    """What is published of a block, and what of it waits for the whole book: tiers and alarms."""

    untiered: pa.Table
    explanations: pa.Table
    curves: pa.Table
    assessment: Assessment
    turned: DeteriorationReading


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """All that scoring one block of a prepared book takes, but the bundle."""

    prepared: PreparedBook
    around: PanelContext
    settings: Config
    origins: tuple[int, ...]
    decision_context: DecisionContext
    stamp: Stamp

    def scores(self, bundle: Bundle, block: Block) -> BlockScores | None:
        """Score and explain a block; None where no client of it is active. Raises ``AdditivityError``."""
        panel = panel_of_block(self.prepared, self.settings, block, self.around, self.origins, targets=False)
        now = panel.at([0])
        if not len(now):
            return None
        scored, models = score_block(bundle, now, self.decision_context), bundle.models
        served = Served(now, scored.matrix, scored.predictions)
        turned = read_deteriorations(models, panel, self.settings, served=served)
        return BlockScores(
            untiered=pa.table(self._columns(models, scored) | {"warnings": warning_column(turned, self.settings)}),
            explanations=explanation_table(scored, models.contract, self.stamp),
            curves=curve_table(now.client_id, scored.predictions.curves, self.stamp.as_of),
            assessment=assessment(models, now, scored.predictions, self.decision_context).without_evidence(),
            turned=turned.warned(),
        )

    def _columns(self, models: FittedModels, block: ScoredBlock) -> dict[str, pa.Array]:
        columns = columns_before_tiers(
            models, block.panel, block.predictions, self.settings, self.decision_context.previous
        )
        rows, stamp = len(block.panel), self.stamp
        return columns | {
            "as_of": pa.repeat(pa.scalar(stamp.as_of, pa.date32()), rows),
            "model_version": pa.repeat(pa.scalar(stamp.model_version), rows),
            "run_key": pa.repeat(pa.scalar(stamp.run_key), rows),
            "reasons": reason_column(
                models, block.panel, block.predictions, matrix=block.matrix, parts=block.served[DECLINE]
            ),
        }


def scored_blocks(scoring: Scoring, bundle: Bundle) -> Iterator[BlockScores]:
    """The active clients of every block, in order; the same however many processes share the work."""
    numbers = scoring.prepared.block_numbers
    workers = min(cores(scoring.settings.run.threads), len(numbers) // WORKER_BLOCKS)
    found = _shared(scoring, bundle, workers) if workers > 1 else _alone(scoring, bundle)
    return (block for block in found if block is not None)


def _alone(scoring: Scoring, bundle: Bundle) -> Iterator[BlockScores | None]:
    prepared, last = scoring.prepared, scoring.around.last
    return (scoring.scores(bundle, block) for block in prepared.blocks(prepared.block_numbers, last))


def _shared(scoring: Scoring, bundle: Bundle, workers: int) -> Iterator[BlockScores | None]:
    alone = replace(scoring, prepared=replace(scoring.prepared, memory=Memory()))
    begin = partial(_WorkerState.take, alone, bundle.folder)
    return in_processes(_WorkerState.scores, scoring.prepared.block_numbers, workers=workers, begin=begin)


class _WorkerState:
    """What a process keeps from block to block. The models are read for the first one, proved by their hashes."""

    scoring: ClassVar[Scoring]
    folder: ClassVar[Path]
    bundle: ClassVar[Bundle | None] = None

    @classmethod
    def take(cls, scoring: Scoring, folder: Path) -> None:
        """Keep what all blocks need."""
        cls.scoring, cls.folder = scoring, folder

    @classmethod
    def scores(cls, number: int) -> BlockScores | None:
        """Score the block of this number. Raises ``DamagedBundleError``, ``AdditivityError``."""
        scoring, cls.bundle = cls.scoring, cls.bundle or read_bundle(cls.folder, threads=1)
        return scoring.scores(cls.bundle, scoring.prepared.block(number, scoring.around.last))
