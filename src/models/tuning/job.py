"""Searches better hyperparameters of a book's models, and writes the lines to put into its config."""

from __future__ import annotations

from collections.abc import Sequence

from models.config.places import work_dir
from models.showable import without_secrets
from models.store.drafts import publish_text
from models.tracking.mlflow import Tracking
from models.tuning.outcome import TuneResult, config_lines
from models.tuning.search import plan_tuning, tune_book
from models.tuning.trial_runs import TrialRuns
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of


def tune(
    config: Settings, *, book: str | None = None, overrides: Sequence[str] = (), progress: Progress = SilentProgress()
) -> TuneResult:
    """Search better hyperparameters, as the section ``tune`` of the config asks, before any test origin.

    A search that was stopped or killed is taken up where it was, in the same MLflow run. The lines for the config stand
    in ``<work_dir>/<book>/tuned.yaml``. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    plan = plan_tuning(checked, settings)
    tracking, path = Tracking(settings), work_dir(settings) / "tuned.yaml"
    with tracking.run("tune", key=" ".join(study.name for study in plan.studies)) as recorder:
        recorder.params(plan.meaning | {"data": checked.fingerprint})
        reported = TrialRuns(tracking, recorder).note
        tuned = tune_book(checked, settings, plan, reported=reported, progress=progress)
        lines = config_lines(tuned)
        publish_text(path, lines)
        recorder.artifact(path)
    place = without_secrets(plan.storage_uri)
    return TuneResult(tuned=tuned, lines=lines, path=path, run_id=recorder.run_id, storage_uri=place)
