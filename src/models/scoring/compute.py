"""Scores and explains every client of a book at an as-of date, block by block, and publishes all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.root import Config
from models.directory.building import build_index
from models.directory.publishing import CLIENTS, client_batches
from models.engines.protocol import SessionLimits
from models.errors import IrreproducibleError, TooLittleDataError
from models.grading.coverage import IDLE_CAPS, Coverage, coverage_notices, idle_caps
from models.grading.decision import Assessment, TierDecisions, decide
from models.grading.known_overrides import override_facts, override_notices, overrides_at, overrides_written
from models.grading.stability import MoveLimit, limit_of
from models.lists.campaigns import offer_success
from models.lists.compute import ListInputs
from models.lists.publishing import list_table
from models.lists.report import LISTS, LISTS_FACT
from models.movers.compute import BuiltOn, write_movers
from models.notices import Notice, by_severity
from models.panel.arrears_closes import arrears_notices
from models.panel.blocks import PreparedBook
from models.panel.consent import consent_notices, refused_count
from models.panel.ledger_cache import kept_book, require_in_book
from models.pipeline.bundle import Bundle
from models.pipeline.likeness import likeness_notices, refuse_unlike
from models.plausibility.counts import RUN_COUNTS, RunCounts, all_counted
from models.publications.latest import require_place
from models.publications.ledger import PublicationLedger
from models.publications.merged_ids import under_ids_of
from models.publications.past import settled_scores
from models.publications.previous import COLD_EXPLANATIONS, CURVES, POLICY_FILE
from models.publications.refused import refused_of
from models.scoring.block import DECLINE, MOVES, VALUE, DecisionContext, ScoredBlock
from models.scoring.blocks import BlockResult, BlockScores, scored_blocks
from models.scoring.columns import REMEMBERED
from models.scoring.parquet import ParquetFile, Spill
from models.scoring.policy_in_force import GradedBy, earlier_policy_of, policy_in_force, scoring_config
from models.scoring.publication import OFFICIALLY, Publishing, publish_run, require_out_of_sample
from models.scoring.report import Predicted, Tally
from models.scoring.request import ScoringRequest, judged_notices, manifest_facts, run_notices
from models.scoring.run_key import model_version, run_folder, run_key
from models.scoring.scoring import score_block, score_clients
from models.scoring.tier_columns import earlier_tier_notices, tier_columns
from models.scoring.without_effect import policy_in_force_notices, settings_without_effect
from models.store.drafts import scratch_folder
from models.store.sealed import OF_SCORES, Published, publish_folder, write_manifest
from models.vocab import Progress, SilentProgress
from models.warnings.compute import DeteriorationReading, origins_to_read
from models.warnings.publishing import WARNING_MEMORY, previous_memory, raise_alarms
from models.warnings.quadrant import with_course
from models.warnings.report import STAKE_WEIGHT, WARNINGS
from models.warnings.text import rank_formula
from models.workers import Mapper, Processes

SCORES = "scores.parquet"
EXPLANATIONS = "explanations.parquet"
STANDING = "standing.parquet"
"""Where all clients stand, until the end of the run."""
SCORE_ORDER = (
    "client_id",
    "as_of",
    "value",
    "value_low",
    "value_high",
    "decline_probability",
    "stage",
    "segment",
    "segment_name",
    "relationship_type",
    "need_type",
    "tier",
    "tier_reason",
    "model_version",
    "run_key",
    "reasons",
)
"""What every reader of scores relies on, in its order; other columns stand behind them."""

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


def predict_book(
    book: Book,
    bundle: Bundle,
    config: Config,
    out: Path,
    as_of: date | None = None,
    *,
    how: Publishing = OFFICIALLY,
    mapper: Mapper | None = None,
    progress: Progress = SilentProgress(),
) -> Predicted:
    """Score all clients active before ``as_of`` (else the end of the book) into a new folder below ``out``.

    The ledger of publications then names it as the official run of its date, or as its shadow, and ``out/latest``
    leads to the official run of the greatest date; the index of its clients is built beside it. Settings of the bundle
    decide what is foreseen; ``config`` says where and how, and by which policy clients are graded. The official runs of
    earlier dates are built upon, see ``publications.past``: kinds of clients move from there only with reason.
    Raises ``InSampleError`` if the models learned from outcomes after ``as_of``, unless ``how`` admits it,
    ``TooLittleDataError`` if no client is active, ``AdditivityError`` before anything is published,
    ``DamagedBundleError`` if the earlier scores are not as they were published, ``UnlikeTrainingError`` if the section
    ``guard`` refuses the book beside that of training, or what is expected of it: then nothing is published.
    """
    settings = scoring_config(bundle, config)
    when = as_of or book.known_until
    require_in_book(book, when)
    require_out_of_sample(bundle.models.learned.until, when, admitted=how.in_sample)
    previous = under_ids_of(book, settled_scores(out, when, REMEMBERED, settings.time.period))
    key = run_key(book, bundle, settings, when, previous)
    folder = run_folder(out, when, key)
    require_place(out, folder)
    origins = origins_to_read(settings, first=PeriodGrid(settings.time.period, when).index_of(book.first_date))
    decision_context = DecisionContext(previous=previous, overrides=overrides_at(book, when))
    unlike = likeness_notices(book, bundle.profile, bundle.config, config.guard)
    policy = policy_in_force(book, bundle, config, when, progress=progress)
    bundle = policy.bundle
    decision_context = replace(decision_context, earlier=earlier_policy_of(previous, bundle))
    scale = bundle.models.policy.scale
    tiers = (*override_notices(decision_context.overrides, scale), *earlier_tier_notices(previous, scale))
    reported = (*bundle.models.learned.notices(when), *policy_in_force_notices(bundle))
    notices = (
        *book.notices,
        *consent_notices(book, settings.privacy),
        *arrears_notices(book, when),
        *unlike,
        *reported,
        *tiers,
    )
    refuse_unlike(book.name, notices)
    job = ScoringRequest(
        out,
        policy,
        settings,
        when,
        key,
        decision_context,
        overrides_written(book),
        origins,
        book.fingerprint,
        offer_success(book, settings, when),
        refused=refused_count(book) if settings.privacy.leaves_out else 0,
        notices=notices,
    )
    tally = Tally.of(bundle, settings)
    prepared = kept_book(book, settings, when, bundle.models.notes)
    blocks = scored_blocks(job.scoring(prepared), bundle, mapper or Processes.of(settings.run.threads))
    tracked = progress.track(blocks, total=len(prepared.block_numbers), title="Scoring and explaining")
    with scratch_folder(Path(settings.run.work_dir), "scores") as scratch:
        published = publish_folder(
            folder,
            lambda draft: _write_run(draft, scratch, book, prepared, job=job, tally=tally, blocks=tracked),
            remedies=OF_SCORES,
        )
    _require_as_written(folder, published)
    done = publish_run(out, how.deed(job.key, folder, bundle, when, book.fingerprint), settings.time.period)
    if not how.shadow:
        progress.stage("Indexing the clients")
        build_index(folder, SessionLimits.of(settings.run))
    reported = by_severity(
        [*run_notices(prepared, job, tally), *settings_without_effect(bundle, config), *done.notices]
    )
    return tally.summary(
        folder,
        run_key=key,
        as_of=when,
        model_version=model_version(bundle),
        policy=GradedBy.of(bundle),
        notices=reported,
        warnings_ranked=rank_formula(settings.warnings.stake_weight, scale.top),
    )


@dataclass
class _Waiting:
    """What the first pass leaves of each block for what spans the book: moves between tiers, alarms and work lists."""

    assessment: list[Assessment] = field(default_factory=list)
    redecided: list[tuple[Assessment, ...]] = field(default_factory=list)
    turned: list[DeteriorationReading] = field(default_factory=list)
    listed: list[ListInputs] = field(default_factory=list)
    counted: list[RunCounts] = field(default_factory=list)


def _write_run(
    draft: Path,
    scratch: Path,
    book: Book,
    prepared: PreparedBook,
    *,
    job: ScoringRequest,
    tally: Tally,
    blocks: Iterable[BlockResult],
) -> None:
    """Everything of a run, sealed by its manifest."""
    facts = _write_blocks(draft, scratch, job, tally, blocks)
    with ParquetFile(draft / CLIENTS) as clients:
        for rows in client_batches(book, scratch / STANDING, job.settings, job.as_of):
            clients.append(rows)
    write_manifest(draft, manifest_facts(prepared, job, tally) | facts)
    PublicationLedger(job.out).begin()  # so that a run that is killed in between counts as not published


def _write_blocks(
    draft: Path, scratch: Path, job: ScoringRequest, tally: Tally, blocks: Iterable[BlockResult]
) -> dict[str, object]:
    """Everything but tiers, alarms and lists block by block; these in a second pass: they are a share of the book.

    Returns facts of the manifest.
    """
    waiting = _Waiting()
    with (
        Spill(scratch / SCORES) as untiered,
        ParquetFile(draft / EXPLANATIONS, compact=True) as explanations,
        ParquetFile(draft / COLD_EXPLANATIONS, compact=True) as cold_explanations,
        ParquetFile(draft / CURVES, compact=True) as curves,
        ParquetFile(scratch / STANDING) as standing,
    ):
        for block in _scores(blocks, standing):
            untiered.append(block.untiered)
            (cold_explanations if block.cold_start else explanations).append(block.explanations)
            waiting.assessment.append(block.assessment)
            waiting.redecided.append(block.redecided)
            waiting.counted.append(block.counted)
            if block.curves is not None:
                curves.append(block.curves)
            if block.turned is not None:
                waiting.turned.append(block.turned)
            if block.listed is not None:
                waiting.listed.append(block.listed)
    limit = _move_limit(waiting.assessment, job)
    graded = [decide(alone, limit) for alone in waiting.assessment]
    with ParquetFile(draft / SCORES) as scores:
        for table, decided in zip(untiered, graded, strict=True):
            columns = _tiered(table, decided)
            tally.add_block(columns)
            scores.append(pa.table(columns))
    tally.overrides = override_facts(graded, job.decision_context.overrides, job.overrides_written)
    _require_clients(tally, job)
    counts = all_counted([*waiting.counted, tally.counted])
    (draft / RUN_COUNTS).write_text(counts.to_json(), encoding="utf-8")
    tally.notices += [*judged_notices(job, tally, counts, draft / SCORES), *_policy_notices(waiting.assessment, job)]
    refuse_unlike(job.settings.book.name, tally.notices)
    alarms = tally.alarms = _write_alarms(draft, waiting.turned, job, tally.scored)
    (draft / POLICY_FILE).write_text(job.bundle.models.policy.to_json() + "\n", encoding="utf-8")
    built_on = _built_on(waiting, job, refused_of(scratch / STANDING))
    moved = write_movers(draft, built_on, job.bundle.models.policy, as_of=job.as_of)
    lists = list_table(waiting.listed, job.settings, job.success, as_of=job.as_of)
    pq.write_table(lists.table, draft / LISTS, compression="zstd")
    weight = job.settings.warnings.stake_weight
    more = {MOVES: asdict(limit), "alarms": alarms, STAKE_WEIGHT: weight, "movers": moved, LISTS_FACT: lists.facts}
    return more | {IDLE_CAPS: _idle_caps(waiting.assessment, job)}


def _scores(blocks: Iterable[BlockResult], standing: ParquetFile) -> Iterator[BlockScores]:
    """The scores of all blocks, in order; where their clients stand is written down on the way."""
    for block in blocks:
        standing.append(block.standing)
        yield from block.scores


def _require_as_written(folder: Path, published: Published) -> None:
    """Only what stands there is reported of a run: nothing, where it differs from what its key held before."""
    if published.others:
        raise IrreproducibleError(folder=folder, files=published.others)


def _write_alarms(
    draft: Path, turned: Sequence[DeteriorationReading], job: ScoringRequest, clients: int
) -> dict[str, int]:
    """Choose the alarms of the book, write them and what the next run must know of them; returns their counts."""
    previous = job.decision_context.previous
    memory = None if previous is None else previous_memory(previous.alarms_in, job.settings, previous.as_of)
    raised = raise_alarms(turned, clients=clients, config=job.settings, as_of=job.as_of, memory=memory)
    published = with_course(raised.published, draft / SCORES, None if previous is None else previous.alarms_in)
    for name, table in ((WARNINGS, published), (WARNING_MEMORY, raised.memory)):
        pq.write_table(table, draft / name, compression="zstd")
    return raised.facts


def _policy_notices(waiting: Sequence[Assessment], job: ScoringRequest) -> list[Notice]:
    """What the policy goes without in this book."""
    coverage = Coverage.joined([alone.coverage for alone in waiting])
    return coverage_notices(job.bundle.models.policy.settings, coverage, tuple(job.settings.warnings.dimensions))


def _idle_caps(waiting: Sequence[Assessment], job: ScoringRequest) -> list[dict[str, str]]:
    """The caps that are not in force, since the book lacks what they look at."""
    coverage = Coverage.joined([alone.coverage for alone in waiting])
    caps = idle_caps(job.bundle.models.policy.settings, coverage)
    return [{"name": cap.name, "feature": cap.feature, "at_most": cap.at_most} for cap in caps]


def _built_on(waiting: _Waiting, job: ScoringRequest, refused: Sequence[str]) -> BuiltOn | None:
    """The run that this one builds on, with the present facts by each of its policies, within their limits on moves.

    Clients who ``refused`` since then move nowhere.
    """
    previous, earlier = job.decision_context.previous, job.decision_context.earlier
    if previous is None or earlier is None:
        return None
    decided = []
    for policy, parts in zip(earlier.policies, zip(*waiting.redecided, strict=True), strict=True):
        limit = limit_of([alone.moves for alone in parts], policy.settings.stability.max_changed_share)
        decided.append([decide(alone, limit) for alone in parts])
    return BuiltOn(scores=previous, earlier=earlier, decided=decided, refused=tuple(refused))


def _move_limit(waiting: Sequence[Assessment], job: ScoringRequest) -> MoveLimit:
    share = job.bundle.models.policy.settings.stability.max_changed_share
    return limit_of([alone.moves for alone in waiting], share)


def _tiered(table: pa.Table, decided: TierDecisions) -> dict[str, pa.Array]:
    """The columns of scores, those of the contract first, in its order."""
    columns = dict(zip(table.column_names, (column.combine_chunks() for column in table.columns), strict=True))
    columns |= tier_columns(decided, columns)
    return {name: columns.pop(name) for name in SCORE_ORDER} | columns


def _require_clients(tally: Tally, job: ScoringRequest) -> None:
    if not tally.clients:
        raise TooLittleDataError(
            rule=f"some clients must be active in the {job.settings.time.activity_periods} "
            f"{job.settings.time.period}s before {job.as_of}",
            got="none",
            remedy="choose another --as-of",
        )
