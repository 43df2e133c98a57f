"""The verbs whose results hand out frames, explanations and figures; all others are jobs as they are, see ``typed``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.api.opening import Asked, settings_in
from models.api.results import Evaluated, ExplainedClient, ScoredBook, Training
from models.book.door import Book
from models.evaluation import job as evaluation
from models.explanation import job as explanation
from models.scoring import job as scoring
from models.scoring.publication import OFFICIALLY, Publishing
from models.tracking.names import CHAMPION
from models.training import job as training
from models.vocab import Progress, SilentProgress
from models.workspace.opening import settings_of
from models.workspace.published import PUBLISHED

__all__ = ["evaluate", "explain", "predict", "train"]


def train(
    config: Asked,
    *,
    book: str | None = None,
    overrides: Sequence[str] = (),
    replace_champion: str = "",
    progress: Progress = SilentProgress(),
) -> Training:
    """Check a book, judge models at past origins, fit and register them; see ``models.training.job.train``.

    ``trained.metrics()`` is a frame of one row per origin, target, model and metric, ``trained.figure()`` draws one.
    Raises a ``UserError`` with rule, value got and remedy for whatever is wrong with config or book.
    """
    settings = settings_in(config)
    found = training.train(
        settings, book=book, overrides=overrides, replace_champion=replace_champion, progress=progress
    )
    return Training(**vars(found))


def evaluate(
    config: Asked,
    *,
    book: str | None = None,
    tests: Sequence[date] = (),
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Evaluated:
    """Judge the pipeline of a config at chosen origins (else its own); see ``models.evaluation.job.evaluate``."""
    settings = settings_in(config)
    return Evaluated(
        *evaluation.evaluate(settings, book=book, tests=tests, out=out, overrides=overrides, progress=progress)
    )


def predict(
    config: Asked,
    *,
    book: str | Book | None = None,
    bundle: str = CHAMPION,
    as_of: date | None = None,
    out: Path | None = None,
    how: Publishing = OFFICIALLY,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> ScoredBook:
    """Score and explain every client in reach and publish it; see ``models.scoring.job.predict``.

    ``scored.frame()`` are the scores, ``scored.explanation()`` the reasons of all clients as shap has them.
    """
    settings = settings_of(settings_in(config), overrides)
    found = scoring.predict(settings, book=book, bundle=bundle, as_of=as_of, out=out, how=how, progress=progress)
    place = book if isinstance(book, str) else None
    return ScoredBook(**vars(found), settings=settings, speaker=bundle, place=place)


def explain(
    config: Asked,
    client: str,
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> ExplainedClient:
    """Score and explain one client, the same as it is in the whole book. Raises ``UnknownClientError``.

    ``explained.frame()`` are the parts of its probability of decline, the largest first; ``explanation()`` is the same
    as shap has it, ``figure()`` draws it. ``client_story`` tells it in words.
    """
    settings = settings_in(config)
    return ExplainedClient(
        *explanation.explain(
            settings, client, book=book, bundle=bundle, as_of=as_of, overrides=overrides, progress=progress
        )
    )
