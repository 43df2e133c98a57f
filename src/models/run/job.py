"""The main job as a function: train, score with the version just trained, and write the page of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.backtest.contents import BacktestHeadline
from models.backtest.headline import HEADLINE_FILE, JudgedDays, run_headline
from models.book.settling import settled
from models.codec import to_json_text
from models.config.places import work_dir
from models.config.root import Config
from models.overview.job import Overviewed, overview
from models.scoring.job import predict
from models.scoring.publication import Publishing
from models.scoring.report import Predicted
from models.store.drafts import publish_text
from models.tracking.names import CHAMPION
from models.training.job import train
from models.training.result import TrainDocument, TrainResult
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of, truth_file


@dataclass(frozen=True, kw_only=True)
class RunDocument:
    """What ``run --json`` prints: what was trained, what was predicted, and the page of both."""

    train: TrainDocument
    predict: Predicted
    overview: Path
    headline: BacktestHeadline


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What a whole run leaves: the trained version, the published scores, and the page of both."""

    trained: TrainResult
    predicted: Predicted
    overviewed: Overviewed
    headline: BacktestHeadline

    @property
    def document(self) -> RunDocument:
        """The result as a program reads it."""
        return RunDocument(
            train=self.trained.document,
            predict=self.predicted,
            overview=self.overviewed.page,
            headline=self.headline,
        )


def run(
    config: Settings,
    *,
    book: str | None = None,
    overrides: Sequence[str] = (),
    replace_champion: str = "",
    challenger: bool = False,
    progress: Progress = SilentProgress(),
) -> RunResult:
    """Train and register, score and explain every active client with the champion, and write the overview.

    What grades and work lists would have brought is reported of the test origins that the models were judged at.

    The first version is the champion; a later one scores only where ``challenger`` asks for it, as a shadow unless it
    became champion. Raises a ``UserError``, as ``train`` and ``predict`` do.
    """
    settings = settings_of(config, overrides)
    checked = open_book(settings, book, progress)
    settings = settled(settings, checked)
    judged = JudgedDays(settings)
    trained = train(
        settings, book=book, opened=checked, replace_champion=replace_champion, progress=progress, seen=judged
    )
    headline = _headline(judged, trained, settings, book, progress)
    how = Publishing(shadow=challenger and not trained.is_champion)
    bundle = trained.version if challenger else CHAMPION
    predicted = predict(settings, book=trained.book, bundle=bundle, how=how, progress=progress)
    overviewed = overview(settings, book=trained.book, scores=predicted.folder, progress=progress)
    return RunResult(trained=trained, predicted=predicted, overviewed=overviewed, headline=headline)


def _headline(
    judged: JudgedDays, trained: TrainResult, settings: Config, book: str | None, progress: Progress
) -> BacktestHeadline:
    """What grades and lists would have brought, kept beside the results for the overview."""
    progress.stage("Weighing grades and lists against what came")
    truth = truth_file(settings, book)
    found = run_headline(judged, trained.book, bundle=trained.bundle_key, truth=truth)
    publish_text(work_dir(settings) / HEADLINE_FILE, to_json_text(found, indent=1) + "\n")
    return found
