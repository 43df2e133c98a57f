"""The main job as a function: train, score with the version just trained, and write the page of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.overview.job import Overviewed, overview
from models.scoring.job import predict
from models.scoring.report import Predicted
from models.training.job import train
from models.training.result import TrainDocument, TrainResult
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, settings_of


@dataclass(frozen=True, kw_only=True)
class RunDocument:
    """What ``run --json`` prints: what was trained, what was predicted, and the page of both."""

    train: TrainDocument
    predict: Predicted
    overview: Path


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What a whole run leaves: the trained version, the published scores, and the page of both."""

    trained: TrainResult
    predicted: Predicted
    overviewed: Overviewed

    @property
    def document(self) -> RunDocument:
        """The result as a program reads it."""
        return RunDocument(train=self.trained.document, predict=self.predicted, overview=self.overviewed.page)


def run(
    config: Settings,
    *,
    book: str | None = None,
    overrides: Sequence[str] = (),
    replace_champion: str = "",
    progress: Progress = SilentProgress(),
) -> RunResult:
    """Train and register, score and explain every active client with that version, and write the overview.

    The version scores whether or not it is the champion. Raises a ``UserError``, as ``train`` and ``predict`` do.
    """
    settings = settings_of(config, overrides)
    trained = train(settings, book=book, replace_champion=replace_champion, progress=progress)
    predicted = predict(settings, book=trained.book, bundle=trained.version, progress=progress)
    overviewed = overview(settings, book=trained.book, scores=predicted.folder, progress=progress)
    return RunResult(trained=trained, predicted=predicted, overviewed=overviewed)
