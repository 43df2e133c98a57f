"""Looks at the official publications of a book: figures over time, inputs and scores, outcomes so far, alarms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from models.book.door import Book
from models.book.periods import PeriodGrid
from models.config.places import work_dir
from models.config.root import Config
from models.decisions.database import ReviewDatabase
from models.decisions.worked import WarningCase, warning_cases
from models.errors import TooLittleDataError
from models.monitoring.alarming import outcome_readings
from models.monitoring.official_runs import MonitoredRun
from models.monitoring.report import InputFigures, MonitorReport, PublicationFigures, PublicationOutcomes
from models.monitoring.since import OutcomeJudge
from models.notices import Notice, Severity
from models.panel.definitions import spoken_definitions
from models.pipeline.bundle import Bundle
from models.plausibility.alarms import Alarm, Reading, alarms_of, ranked
from models.plausibility.compute import TRAINING, input_moves
from models.plausibility.counts import FIRST_REASON, RunCounts
from models.plausibility.reference import NO_REFERENCE, TrainingReference
from models.plausibility.rules import median_size, shift
from models.publications.previous import SCORES
from models.scoring.policy_in_force import scoring_config
from models.scoring.run_counts import near, plausibility_of, rank_agreement
from models.text import Text
from models.vocab import Progress, SilentProgress

Bundles = Callable[[str], Bundle | None]
"""The bundle of a key; None where it cannot be found any more."""
_MOST_INPUTS = 40
_GONE = Text("models {models} cannot be read any more, so that neither inputs nor outcomes are judged")
_RESTORE = Text("restore their version, or its files, in the registry")


@dataclass(frozen=True, kw_only=True)
class Monitor:
    """What monitoring looks at: a book, its config, and where the bundles of its publications are."""

    book: Book
    config: Config
    bundles: Bundles

    def report(
        self, runs: Sequence[MonitoredRun], known_until: date, *, progress: Progress = SilentProgress()
    ) -> MonitorReport:
        """All that is found of runs, the earliest first, with what the book knows before ``known_until``.

        Raises ``TooLittleDataError`` where nothing was published.
        """
        if not runs:
            raise TooLittleDataError(
                rule="monitor looks at official publications", got="none so far", remedy="predict first"
            )
        figures: list[PublicationFigures] = []
        alarms: tuple[Alarm, ...] = ()
        for run, before in zip(runs, [None, *runs[:-1]], strict=True):
            readings = list(self._readings(run, before))
            alarms = alarms_of(readings, self.config.monitor, run.as_of)
            figures.append(self._figures(run, before, readings, alarms))
        outcomes = list(progress.track(self._outcomes(runs, known_until), total=len(runs), title="Looking at outcomes"))
        known = tuple(each for each in outcomes if each is not None)
        newest = runs[-1]
        return MonitorReport(
            book=self.config.book.name,
            currency=self.config.book.currency,
            period=self.config.time.period,
            as_of=newest.as_of,
            known_until=known_until,
            run_key=newest.run_key,
            bundle=newest.bundle,
            alarms=ranked([*alarms, *self._of_outcomes(known)]),
            notices=(*self.book.notices, *self._models_gone(runs)),
            publications=tuple(figures),
            inputs=tuple(self._inputs(newest)),
            outcomes=known,
            terms=spoken_definitions(self.config),
        )

    def _models_gone(self, runs: Sequence[MonitoredRun]) -> Iterator[Notice]:
        """Models that cannot be read any more: what they remember of training, and outcomes, are not judged."""
        for key in dict.fromkeys(run.bundle for run in runs):
            if self.bundles(key) is None:
                dates = [run.as_of for run in runs if run.bundle == key]
                yield Notice.of(
                    "models_gone",
                    Severity.WARNING,
                    f"publications of {dates[0]}" + (f" to {dates[-1]}" if len(dates) > 1 else ""),
                    found=_GONE.filled(models=key[:12]),
                    remedy=_RESTORE,
                    count=len(dates),
                )

    def _reference(self, run: MonitoredRun) -> TrainingReference:
        bundle = self.bundles(run.bundle)
        return NO_REFERENCE if bundle is None else bundle.reference

    def _readings(self, run: MonitoredRun, before: MonitoredRun | None) -> Iterator[Reading]:
        earlier = None if before is None else before.earlier
        held = plausibility_of(self._reference(run), earlier, run.as_of, self.config)
        agreement = {}
        if before is not None and held.earlier is not None:
            agreement = rank_agreement(before.folder / SCORES, run.folder / SCORES)
        yield from held.readings(run.counts, agreement)

    def _figures(
        self, run: MonitoredRun, before: MonitoredRun | None, readings: Sequence[Reading], alarms: Sequence[Alarm]
    ) -> PublicationFigures:
        scores, reference = run.scores(), self._reference(run)
        comparable = before is not None and near(run.as_of, before.as_of, self.config)
        moves = dict(_score_shifts(before.counts if before is not None and comparable else None, run.counts))
        loss = scores["credit_loss"].sum(min_count=1) if "credit_loss" in scores else None
        tiers = scores["tier"].value_counts(normalize=True)
        return PublicationFigures(
            as_of=run.as_of,
            run_key=run.run_key,
            bundle=run.bundle,
            clients=len(scores),
            value=float(scores["value"].sum()),
            credit_loss=None if loss is None or loss != loss else float(loss),  # noqa: PLR0124 - NaN is not itself
            decline=float(scores["decline_probability"].mean()),
            tiers={name: float(tiers.get(name, 0.0)) for name in run.scale.names},
            missing=_weighted(run.counts, reference, "missing_share"),
            unseen=_weighted(run.counts, reference, "unseen_share"),
            moved_inputs=next((r.figure for r in readings if (r.code, r.beside) == ("moved_inputs", TRAINING)), None),
            value_shift=moves.get("value"),
            decline_shift=moves.get("decline_probability"),
            tier_shift=moves.get("tier"),
            reason_shift=moves.get(FIRST_REASON),
            warnings=len(run.shown),
            overrides=len(run.overridden),
            alarms=dict(Counter(alarm.severity.value for alarm in alarms)),
        )

    def _inputs(self, run: MonitoredRun) -> list[InputFigures]:
        """The inputs of a run beside training, those first whose move matters most."""
        reference = self._reference(run)
        moves = input_moves(reference, reference.counts, run.counts, reference.longer(run.as_of))
        found = [
            InputFigures(
                name=name,
                weight=reference.weight.get(name, 0.0),
                shift=moves.get(name),
                missing=now.missing_share,
                missing_before=before.missing_share,
                size=median_size(now.bins),
                size_before=median_size(before.bins),
            )
            for name, before in reference.counts.inputs.items()
            if (now := run.counts.inputs.get(name)) is not None
        ]
        ranked_inputs = sorted(found, key=lambda each: (-(each.shift or 0.0) * each.weight, -each.weight, each.name))
        return ranked_inputs[:_MOST_INPUTS]

    def _outcomes(self, runs: Sequence[MonitoredRun], known_until: date) -> Iterator[PublicationOutcomes | None]:
        chosen = {run.as_of for run in one_per_period(runs, self.config)}
        known = PeriodGrid(self.config.time.period, known_until)
        for run in runs:
            bundle = self.bundles(run.bundle) if run.as_of in chosen else None
            yield None if bundle is None else self._judge(bundle).outcomes(run, known)

    def _judge(self, bundle: Bundle) -> OutcomeJudge:
        settings = scoring_config(bundle, self.config)
        return OutcomeJudge(
            book=self.book,
            config=settings,
            notes=bundle.models.notes,
            limits=self.config.monitor,
            worked=self._worked,
        )

    @cached_property
    def _worked(self) -> Mapping[tuple[str, date], WarningCase]:
        """Warnings as people worked on them in the workbench; nothing where nobody did."""
        return warning_cases(ReviewDatabase.of(self.config.review, work_dir(self.config)).entries())

    def _of_outcomes(self, outcomes: Sequence[PublicationOutcomes]) -> Iterator[Alarm]:
        """Of the newest publication whose horizon is over, and of those on their way the oldest and the newest."""
        on_way = [each for each in outcomes if not each.is_over]
        for each in [*[each for each in outcomes if each.is_over][-1:], *on_way[:1], *on_way[1:][-1:]]:
            yield from alarms_of(outcome_readings(each), self.config.monitor, each.as_of)


def one_per_period(runs: Sequence[MonitoredRun], config: Config) -> list[MonitoredRun]:
    """The first run of each period, counted from the date of the newest: nights in between tell the same again."""
    grid = PeriodGrid(config.time.period, runs[-1].as_of)
    firsts: dict[int, MonitoredRun] = {}
    for run in runs:
        firsts.setdefault(grid.index_of(run.as_of), run)
    return list(firsts.values())


def _score_shifts(before: RunCounts | None, now: RunCounts) -> Iterator[tuple[str, float]]:
    for name, counts in now.scores.items():
        if before is not None and name in before.scores:
            yield name, shift(before.scores[name], counts)


def _weighted(counts: RunCounts, reference: TrainingReference, share: str) -> float | None:
    """A share of clients over all inputs, each by how much it moves the models."""
    weights: Mapping[str, float] = {name: reference.weight.get(name, 0.0) for name in counts.inputs}
    total = sum(weights.values())
    if not total:
        return None
    return sum(weight * float(getattr(counts.inputs[name], share)) for name, weight in weights.items()) / total
