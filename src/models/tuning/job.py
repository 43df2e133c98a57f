"""Searches better hyperparameters of a book's models, and writes the lines to put into its config."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from models.book.settling import settled
from models.config.places import work_dir
from models.showable import without_secrets
from models.store.drafts import publish_text
from models.tracking.mlflow import Tracking
from models.tracking.recorder import MlflowRecorder
from models.tuning.outcome import TuneResult, config_lines
from models.tuning.search import StudyPlan, plan_tuning, tune_book
from models.tuning.study import TrialResult
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of


class TrialRuns:
    """One run per trial, with what was tried and how it did; a trial that has its run already gets no second one."""

    def __init__(self, tracking: Tracking, parent: MlflowRecorder) -> None:
        self._tracking = tracking
        self._parent = parent
        self._noted = tracking.finished_keys(parent)

    def note(self, study: StudyPlan, dates: tuple[date, ...], trial: TrialResult) -> None:
        """Write the run of a finished trial, or end one that a process left behind when it died."""
        key = f"{study.name} {trial.number}"
        if key in self._noted:
            return
        with self._tracking.run(f"{study.objective.model} {trial.number}", key=key, parent=self._parent) as run:
            facts = {"objective": study.objective.title, "study": study.name, "state": trial.state}
            run.params({**trial.settings, **facts})
            for day, score in zip(dates, trial.scores, strict=False):
                run.metrics({"score": score}, step=int(f"{day:%Y%m%d}"))
            if trial.score is not None:
                run.metrics({"mean_score": trial.score})


def tune(
    config: Settings, *, book: str | None = None, overrides: Sequence[str] = (), progress: Progress = SilentProgress()
) -> TuneResult:
    """Search better hyperparameters, as the section ``tune`` of the config asks, before any test origin.

    A search that was stopped or killed is taken up where it was, in the same MLflow run. The lines for the config stand
    in ``<work_dir>/<book>/tuned.yaml``. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    settings = settled(settings, checked)
    plan = plan_tuning(checked, settings)
    tracking, path = Tracking(settings), work_dir(settings) / "tuned.yaml"
    with tracking.run("tune", key=" ".join(study.name for study in plan.studies)) as recorder:
        recorder.params(plan.meaning | {"data": checked.fingerprint})
        recorder.dataset(checked, book or settings.book.path)
        reported = TrialRuns(tracking, recorder).note
        tuned = tune_book(checked, settings, plan, reported=reported, progress=progress)
        lines = config_lines(tuned, settings)
        publish_text(path, lines)
        recorder.artifact(path)
    place = without_secrets(plan.storage_uri)
    return TuneResult(tuned=tuned, lines=lines, path=path, run_id=recorder.run_id, storage_uri=place)
