"""The job behind ``clientvalue compare``: opens two versions and the book, compares them, and writes the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from models.book.settling import settled
from models.comparison.compute import Candidate, compare_versions
from models.comparison.page import PAGE, write_comparison_page
from models.comparison.report import VersionComparison
from models.config.places import work_dir
from models.config.root import Config
from models.lazy import lazy
from models.tracking.names import CHALLENGER, CHAMPION, model_name
from models.tracking.registry_notes import RegistryFile
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, open_book, open_bundle, settings_of

if TYPE_CHECKING:
    from models.tracking import mlflow
else:
    mlflow = lazy("models.tracking.mlflow")


@dataclass(frozen=True, kw_only=True)
class WrittenComparison:
    """A comparison, and the page that shows it."""

    report: VersionComparison
    page: Path


def compare(  # noqa: PLR0913 - what is asked of two versions is named by who asks
    config: Settings,
    first: str = CHAMPION,
    second: str = CHALLENGER,
    *,
    at: date | None = None,
    book: str | None = None,
    in_sample: bool = False,
    page: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> WrittenComparison:
    """Judge two versions (numbers, aliases or folders of bundles) by what came since, and tell what would change.

    ``at`` is an as-of date that neither learned from, by default the newest whose outcomes are complete, else the one
    with the most of them. Writes ``<work_dir>/<book>/comparison.html``, or ``page``. Raises a ``UserError``.
    """
    settings = settings_of(config, overrides)
    old, new = (candidate_of(settings, which) for which in (first, second))
    opened = open_book(settings, book, progress)
    settings = settled(settings, opened)
    report = compare_versions(opened, old, new, settings, at, in_sample=in_sample, progress=progress)
    place = page or work_dir(settings) / PAGE
    write_comparison_page(report, place)
    return WrittenComparison(report=report, page=place)


def candidate_of(settings: Config, which: str) -> Candidate:
    """A version number, alias or folder with its models, all files proved."""
    bundle = open_bundle(settings, which)
    return Candidate(asked=which, version=_version_of(settings, which), bundle=bundle)


def _version_of(settings: Config, which: str) -> str:
    """The number of a version in the registry; none of a folder."""
    if which.isdecimal():
        return which
    if which != CHAMPION and Path(which).is_dir():
        return ""
    found = RegistryFile(settings.run.tracking_uri, model_name(settings)).number_of(which)
    return found or mlflow.Tracking(settings).succession.aliases.get(which, "")
