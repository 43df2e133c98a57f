"""Publishes the features of a book's active clients beside its scores."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.book.settling import settled
from models.config.places import work_dir
from models.features.compute import publish_features
from models.features.report import PublishedFeatures
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, settings_of
from models.workspace.published import PUBLISHED, speaking_bundle

FEATURES_FOLDER = "features"


def features(
    config: Settings,
    *,
    book: str | None = None,
    bundle: str = PUBLISHED,
    as_of: date | None = None,
    out: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> PublishedFeatures:
    """What the models of ``bundle`` look at: of those that made the published scores, unless others are named.

    The table stands in ``out`` (else ``<work_dir>/<book>/features``), where ``latest`` leads to the newest date.
    Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    models = speaking_bundle(settings, bundle)
    checked = open_book(settings, book, progress)
    settings = settled(settings, checked)
    place = out or work_dir(settings) / FEATURES_FOLDER
    return publish_features(checked, models, settings, place, as_of, progress=progress)
