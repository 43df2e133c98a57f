"""Scores and explains every client of a book that is in reach, and publishes the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from models.book.door import Book
from models.book.settling import settled
from models.cluster.mapper import mapper_of
from models.config.places import SCORES_FOLDER, work_dir
from models.decisions.database import ReviewDatabase
from models.errors import UserError
from models.publications.anchors import anchor_of, anchored_entries
from models.scoring.compute import predict_book
from models.scoring.publication import OFFICIALLY, Publishing
from models.scoring.report import Predicted
from models.scoring.that_day import bundle_of_day
from models.tracking.names import CHAMPION
from models.vocab import Progress, SilentProgress
from models.workers import Processes
from models.workspace.opening import Settings, open_book, open_bundle, settings_of
from models.workspace.published import version_of


def predict(
    config: Settings,
    *,
    book: str | Book | None = None,
    bundle: str = CHAMPION,
    as_of: date | None = None,
    out: Path | None = None,
    how: Publishing = OFFICIALLY,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> Predicted:
    """Score and explain every client in reach; ``bundle`` is an alias, a version or the folder of a bundle.

    Results stand in ``out`` (else ``<work_dir>/<book>/scores``), where ``latest`` leads to the official run of the
    greatest date; ``how`` says whether this one is official. Raises a ``UserError``; ``AdditivityError`` before
    anything is published.
    """
    settings = settings_of(config, overrides)
    if how.of_that_day and bundle != CHAMPION:
        raise UserError(
            rule="--model-of-that-day chooses the models itself",
            got=f"--bundle {bundle} as well",
            remedy="name one of the two",
        )
    models = None if how.of_that_day else open_bundle(settings, bundle)
    checked = book if isinstance(book, Book) else open_book(settings, book, progress)
    settings = settled(settings, checked)
    place = out or work_dir(settings) / SCORES_FOLDER
    how = replace(
        how, evidence=anchor_of(anchored_entries(ReviewDatabase.of(settings.review, work_dir(settings)), place))
    )
    if models is None:
        here, day = Processes.of(settings.run.threads), as_of or checked.known_until
        found = bundle_of_day(settings, checked, day, mapper=here, progress=progress)
        models, recorded = found.bundle, replace(how, version=found.version, why=found.why)
    else:
        recorded = replace(how, version=version_of(settings, models.key) or "")
    mapper = mapper_of(settings)
    return predict_book(checked, models, settings, place, as_of, how=recorded, mapper=mapper, progress=progress)
