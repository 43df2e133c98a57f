"""Stability of a version: its inputs and scores at dates in a row beside training, and the same recipe fitted again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.comparison.changes import tier_switches
from models.comparison.scored import ScoredVersion, scored_version
from models.config.places import REFITS, work_dir
from models.config.root import Config
from models.config.validation import Refit
from models.errors import TooLittleDataError
from models.evaluation.report.explained import ranking_stability
from models.metrics.ranking import spearman
from models.panel.build import panel_of
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle, read_bundle
from models.pipeline.pipeline import grade_matrix
from models.pipeline.refit import models_of_day
from models.plausibility.compute import input_moves, moved_share
from models.plausibility.counts import RunCounts, input_counts, number_counts, word_counts
from models.plausibility.reference import TrainingReference
from models.plausibility.rules import shift
from models.text import Text, spoken
from models.validation.report import DateBesideTraining, LeftOut, RefitComparison, RefitReasons
from models.validation.rules import ANOTHER_SEED
from models.vocab import FloatArray, Progress
from models.workers import Mapper

SCORES = ("value", "decline_probability", "credit_loss", "tier")
_LEADING = 3
_EARLIER = {
    "week": Text("one week earlier", "refit"),
    "month": Text("one month earlier", "refit"),
    "quarter": Text("one quarter earlier", "refit"),
}
_LITTLE = Text("{rule}, got {got}", "why there is no refit")


def refit_title(refit: Refit, period: str) -> Text:
    """What a refit is called."""
    return ANOTHER_SEED if refit == "seed" else _EARLIER[period]


def replayed_dates(version: ScoredVersion, config: Config) -> tuple[date | None, list[DateBesideTraining]]:
    """Inputs and scores at the last dates in a row, and the date of the reference that they are held against.

    That is training, as the bundle remembers it; where it does not, the first of these dates. Dates at which nobody was
    active, or that the book does not reach, are left out. No outcome is looked at.
    """
    sizes, grid = config.validation, version.panel.grid
    origins = [-sizes.replay_periods * back for back in reversed(range(sizes.replays))]
    known = [origin for origin in origins if origin > version.prepared.first_period]
    whole = panel_of(version.prepared, version.settings, known, targets=False)
    counted = {origin: _counts(version, panel) for origin in known if len(panel := whole.at([origin]))}
    reference = version.bundle.reference
    if not reference.counts.clients:
        first = min(counted)
        reference = TrainingReference(counts=counted[first], as_of=grid.start_of(first))
    found = [_replayed(grid.start_of(origin), counts, reference, config) for origin, counts in counted.items()]
    return reference.as_of, found


def _counts(version: ScoredVersion, panel: Panel) -> RunCounts:
    """Inputs and scores of one date; tiers are of each client alone."""
    models = version.bundle.models
    matrix = models.contract.encode(panel.features)
    said = grade_matrix(models, matrix, panel)
    scores = {
        "value": number_counts(said.value),
        "decline_probability": number_counts(said.decline_probability),
        "credit_loss": number_counts(said.credit_loss),
        "tier": word_counts(pa.array(said.grades.tier.tolist(), type=pa.string())),
    }
    inputs = input_counts(matrix, panel.features, models.contract).inputs
    return RunCounts(clients=len(panel), inputs=inputs, scores={k: each for k, each in scores.items() if each.filled})


def _replayed(when: date, counts: RunCounts, reference: TrainingReference, config: Config) -> DateBesideTraining:
    before, line = reference.counts, config.monitor.moved_from
    moves = input_moves(reference, before, counts, reference.longer(when))
    leading = sorted((name for name, index in moves.items() if index >= line), key=lambda name: (-moves[name], name))
    return DateBesideTraining(
        as_of=when,
        clients=counts.clients,
        scores={
            name: shift(before.scores[name], counts.scores[name])
            for name in SCORES
            if name in before.scores and name in counts.scores
        },
        moved=moved_share(reference, moves, line),
        leading=tuple(leading[:_LEADING]),
    )


@dataclass(frozen=True, kw_only=True)
class Refitting:
    """Fits the recipe of a version again, and holds what comes of it against the version on the same clients."""

    book: Book
    version: ScoredVersion
    config: Config
    mapper: Mapper | None
    progress: Progress

    def compared(self, refits: Sequence[Refit]) -> tuple[list[RefitComparison], list[LeftOut]]:
        """Each refit beside the version; those for which there is too little to learn from are left out."""
        found, left_out = [], []
        for refit in refits:
            title = refit_title(refit, self.version.settings.time.period)
            try:
                found.append(self._compared(title, self._fitted(refit)))
            except TooLittleDataError as error:
                left_out.append(LeftOut.of(title, _LITTLE.filled(rule=error.rule, got=str(error.got))))
        return found, left_out

    def _fitted(self, refit: Refit) -> Bundle:
        """The recipe on what was known when the version had learned, or a period before; made once."""
        bundle = self.version.bundle
        until, seed = bundle.models.learned.until, bundle.config.run.seed + (refit == "seed")
        run = self.version.settings.run.model_copy(update={"seed": seed})
        settings = self.version.settings.model_copy(update={"run": run})
        day = PeriodGrid(settings.time.period, until).start_of(-1) if refit == "earlier" else until
        root = work_dir(self.config) / REFITS
        self.progress.stage(f"Fitting again: {refit_title(refit, settings.time.period).english}")
        folder: Path = models_of_day(self.book, settings, day, root, mapper=self.mapper, progress=self.progress)
        return read_bundle(folder, threads=self.config.run.threads)

    def _compared(self, title: Text, bundle: Bundle) -> RefitComparison:
        first, when = self.version, self.version.panel.grid.anchor
        second = scored_version(self.book, bundle, self.config, when)
        tiers = tier_switches(
            (first.tier, second.tier), first.bundle.models.policy.scale, value=first.said.value, exposure=None
        )
        pairs = {
            "value": (first.said.value, second.said.value),
            "decline": (first.said.decline_probability, second.said.decline_probability),
        }
        return RefitComparison(
            title=title.english,
            called=spoken(title),
            learned_until=bundle.models.learned.until,
            clients=tiers.clients,
            moved=tiers.moved,
            up=tiers.up,
            correlation={name: _correlation(*pair) for name, pair in pairs.items()},
            value=(float(first.said.value.sum()), float(second.said.value.sum())),
            declines=(float(pairs["decline"][0].sum()), float(pairs["decline"][1].sum())),
            reasons=tuple(_reasons(first, second)),
        )


def _correlation(one: FloatArray, other: FloatArray) -> float | None:
    return None if np.ptp(one) == 0 or np.ptp(other) == 0 else spearman(one, other)


def _reasons(first: ScoredVersion, second: ScoredVersion) -> Iterator[RefitReasons]:
    agreement = ranking_stability(("version", "refit"), (first.reason_sizes(), second.reason_sizes()))
    for model, (pair,) in agreement.items():
        yield RefitReasons(model=model, correlation=pair.spearman, top_shared=pair.top_shared)
