"""Scores of blocks of clients: a pure function of a block, which a mapper applies here or in several processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd
import pyarrow as pa

from models.config.root import Config
from models.directory.standing import standing_of
from models.grading.caps import NO_CAP
from models.grading.decision import Assessment
from models.lists.compute import ListInputs, list_inputs
from models.panel.block import Block
from models.panel.blocks import PreparedBook
from models.panel.build import PanelContext, in_reach_of_block, rows_of_clients
from models.panel.ledger_plan import IDENTITY
from models.panel.memory import Memory
from models.panel.panel import Panel
from models.panel.reach import InReach
from models.pipeline.bundle import Bundle, read_bundle
from models.pipeline.pipeline import FittedModels
from models.plausibility.counts import NOTHING_COUNTED, RunCounts, input_counts
from models.scoring.block import DECLINE, DecisionContext, ScoredBlock
from models.scoring.columns import assessment, columns_before_tiers, reason_column
from models.scoring.explanations import Stamp, curve_table, explanation_table
from models.scoring.grade_columns import grade_columns
from models.scoring.scoring import score_block
from models.warnings.compute import DeteriorationReading, Served, read_deteriorations
from models.warnings.publishing import no_warning_columns, warning_columns
from models.workers import Mapper

WORKER_BLOCKS = 8
"""A process takes as long to begin as to score about so many blocks; where it would have fewer, none begins."""


@dataclass(frozen=True, kw_only=True)
class BlockScores:
    """What is published of the active clients of a block, or of those without activity, and what waits for the book.

    Tiers, alarms and work lists span the whole of it. ``redecided`` are the same facts by each earlier policy.
    Clients without activity (``cold_start``) have no curve, nothing
    to turn worse from, and stand on no work list.
    """

    untiered: pa.Table
    explanations: pa.Table
    assessment: Assessment
    redecided: tuple[Assessment, ...] = ()
    curves: pa.Table | None = None
    turned: DeteriorationReading | None = None
    listed: ListInputs | None = None
    counted: RunCounts = NOTHING_COUNTED
    """The inputs of active clients."""

    @property
    def cold_start(self) -> bool:
        """Whether these are clients without activity."""
        return self.turned is None


@dataclass(frozen=True, kw_only=True)
class BlockResult:
    """What comes of a block: the scores of those in reach, and where all whom anybody knew stand, as ``STANDING``."""

    scores: tuple[BlockScores, ...]
    standing: pa.Table


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """All that scoring one block of a prepared book takes, but the bundle."""

    prepared: PreparedBook
    around: PanelContext
    settings: Config
    origins: tuple[int, ...]
    decision_context: DecisionContext
    stamp: Stamp

    def scores(self, bundle: Bundle, block: Block) -> BlockResult:
        """Score and explain a block: its active clients, then those without activity. Raises ``AdditivityError``."""
        cold = bundle.for_cold_start()
        reach = in_reach_of_block(
            self.prepared,
            self.settings,
            block,
            self.around,
            self.origins,
            targets=False,
            cold_at=(0,),
            known_at=(0,),
        )
        scored = self._active(bundle, reach.active) + ([] if cold is None else self._cold(cold, reach.cold))
        return BlockResult(
            scores=tuple(replace(each, untiered=_with_identity(each.untiered, block)) for each in scored),
            standing=_standing(reach, serves_beginners=cold is not None),
        )

    def _active(self, bundle: Bundle, panel: Panel) -> list[BlockScores]:
        now = panel.at([0])
        if not len(now):
            return []
        scored, models = score_block(bundle, now, self.decision_context), bundle.models
        served = Served(now, scored.matrix, scored.predictions, models.policy.scale)
        earlier = partial(rows_of_clients, self.prepared, self.settings, self.around)
        turned = read_deteriorations(models, panel, self.settings, served=served, earlier=earlier)
        alone = assessment(models, now, scored.predictions, self.decision_context)
        active = BlockScores(
            untiered=self._untiered(models, scored, alone, warning_columns(turned, self.settings)),
            explanations=explanation_table(scored, models.contract, self.stamp),
            curves=curve_table(now.client_id, scored.predictions.curves, self.stamp.as_of),
            assessment=alone.without_evidence(),
            redecided=self.decision_context.redecided(alone),
            turned=turned.warned(),
            listed=list_inputs(now, scored.predictions, self.settings, capped=alone.cap != NO_CAP),
            counted=input_counts(scored.matrix, now.features, models.contract),
        )
        return [active]

    def _cold(self, bundle: Bundle, now: Panel) -> list[BlockScores]:
        if not len(now):
            return []
        scored, models = score_block(bundle, now, self.decision_context), bundle.models
        alone = assessment(models, now, scored.predictions, self.decision_context)
        cold = BlockScores(
            untiered=self._untiered(models, scored, alone, no_warning_columns(len(now))),
            explanations=explanation_table(scored, models.contract, self.stamp),
            assessment=alone.without_evidence(),
            redecided=self.decision_context.redecided(alone),
        )
        return [cold]

    def _untiered(
        self, models: FittedModels, block: ScoredBlock, alone: Assessment, warned: dict[str, pa.Array]
    ) -> pa.Table:
        evidence = grade_columns(alone, self.settings.features)
        return pa.table(self._columns(models, block) | evidence | warned)

    def _columns(self, models: FittedModels, block: ScoredBlock) -> dict[str, pa.Array]:
        columns = columns_before_tiers(
            models, block.panel, block.predictions, self.settings, self.decision_context.previous
        )
        rows, stamp = len(block.panel), self.stamp
        return columns | {
            "as_of": pa.repeat(pa.scalar(stamp.as_of, pa.date32()), rows),
            "model_version": pa.repeat(pa.scalar(stamp.model_version), rows),
            "run_key": pa.repeat(pa.scalar(stamp.run_key), rows),
            "in_sample": pa.repeat(pa.scalar(stamp.as_of < models.learned.until), rows),
            "reasons": reason_column(
                models, block.panel, block.predictions, matrix=block.matrix, parts=block.served[DECLINE]
            ),
        }


def scored_blocks(scoring: Scoring, bundle: Bundle, mapper: Mapper) -> Iterator[BlockResult]:
    """The clients of every block, in order; the same however many workers share the work."""
    numbers = scoring.prepared.block_numbers
    return iter(mapper.map(BlockScorer(scoring, bundle), numbers, shares=len(numbers) // WORKER_BLOCKS))


def _standing(reach: InReach, *, serves_beginners: bool) -> pa.Table:
    known = reach.known
    assert known is not None  # noqa: S101 - it was asked for
    now = reach.active.at([0])
    return standing_of(
        known,
        active=now.client_id,
        beginning=reach.cold.client_id,
        refused=reach.refused,
        serves_beginners=serves_beginners,
    )


def _with_identity(table: pa.Table, block: Block) -> pa.Table:
    """The scores of some clients of a block with who they are, last; null what the book does not tell."""
    places = pd.Index(block.client_id).get_indexer(pd.Index(table["client_id"].to_pandas()))
    for name in IDENTITY:
        known = block.attributes[name].iloc[places] if name in block.attributes else [None] * len(places)
        table = table.append_column(name, pa.array(known, type=pa.string(), from_pandas=True))
    return table


class BlockScorer:
    """Scores blocks by number. Copied to a worker it is light: there the bundle is read anew, proved by its hashes.

    The policy travels with it, since another one may grade than the bundle's own.
    """

    def __init__(self, scoring: Scoring, bundle: Bundle) -> None:
        self._scoring = scoring
        self._folder, self._policy = bundle.folder.absolute(), bundle.models.policy
        self._bundle: Bundle | None = bundle

    def __call__(self, numbers: Iterable[int]) -> Iterator[BlockResult]:
        """The scores of each block. Raises ``DamagedBundleError``, ``AdditivityError``."""
        bundle = self._bundle = self._bundle or self._read()
        scoring = self._scoring
        blocks = scoring.prepared.blocks(tuple(numbers), scoring.around.last)
        return (scoring.scores(bundle, block) for block in blocks)

    def _read(self) -> Bundle:
        bundle = read_bundle(self._folder, threads=1)
        return replace(bundle, models=replace(bundle.models, policy=self._policy))

    def __getstate__(self) -> dict[str, object]:
        prepared = replace(self._scoring.prepared, memory=Memory())
        return {**vars(self), "_scoring": replace(self._scoring, prepared=prepared), "_bundle": None}
