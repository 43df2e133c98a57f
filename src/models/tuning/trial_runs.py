"""Logs each trial of a search as an MLflow run below that of the search."""

from __future__ import annotations

from datetime import date

from models.tracking.mlflow import MlflowRecorder, Tracking
from models.tuning.search import StudyPlan
from models.tuning.study import TrialResult


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
