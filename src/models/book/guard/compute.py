"""Plausibility of a checked book, by itself and against the training book."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from models.book.guard.comparison import Beside, training_findings
from models.book.guard.door import Span, door_findings
from models.book.guard.findings import Finding
from models.book.guard.profile import BookProfile
from models.book.guard.strangers import stray_columns, stray_files
from models.book.measures import known_on
from models.book.names import kind_column
from models.book.own import contract_of
from models.book.sections import CheckedSections
from models.book.side_tables import SIDE_TABLES
from models.config.guard import GuardConfig
from models.config.root import Config
from models.lazy import lazy
from models.notices import Notice

if TYPE_CHECKING:
    from models.book.sources import located
else:
    located = lazy("models.book.sources.located")  # what reads files loads slowly, and training looks at none


def door_notices(
    profile: BookProfile, config: CheckedSections, known_until: date, *, ignored: Mapping[str, Sequence[str]]
) -> tuple[Notice, ...]:
    """What is implausible about a book by itself; ``ignored`` are columns that no contract takes."""
    span = Span(known_until=known_until, period=config.time.period)
    return _told([*door_findings(profile, span), *stray_columns(profile, ignored)], config.guard)


def stray_notices(folder: Path, taken: Collection[str], config: CheckedSections) -> tuple[Notice, ...]:
    """Files of a book's folder that none of the tables ``taken`` is read from, and nothing beside them."""
    read = _read(taken, config)
    beside = located.Located(config=config.book, place=folder).read_beside(read)
    return _told(stray_files(folder, read, list(contract_of(config.book.own)), read=beside), config.guard)


def _read(taken: Collection[str], config: CheckedSections) -> frozenset[str]:
    """The names without their endings of the files that tables, and what a mapping draws on, are read from."""
    files = (Path(file).name.split(".")[0] for options in config.book.read.values() for file in options.files)
    return frozenset((*taken, *SIDE_TABLES, *config.book.drawn_on, *files))


def training_notices(
    before: BookProfile,
    now: BookProfile,
    *,
    learned_with: Config,
    ignored: Mapping[str, Sequence[str]],
    guard: GuardConfig,
) -> tuple[Notice, ...]:
    """What is implausible about a book beside the one that models learned from, with the config of these."""
    strangers = {table: tuple(names) for table, names in ignored.items()}
    beside = Beside(
        before=before,
        now=now,
        learned=learned_columns(learned_with),
        strangers=strangers,
        contract=contract_of(learned_with.book.own),
    )
    return _told(training_findings(beside), guard)


def _told(findings: Iterable[Finding], guard: GuardConfig) -> tuple[Notice, ...]:
    notices = [finding.notice(getattr(guard, finding.setting)) for finding in findings]
    return tuple(notice for notice in notices if notice is not None)


_ALWAYS = {
    "clients": ("client_id", "group_id"),
    "cashflows": ("client_id", "facility_id", "date", "kind", "amount"),
    "facilities": (
        "facility_id",
        "client_id",
        "limit",
        "signed",
        "maturity",
        "closed",
        "exit_cause",
        "spread_bp",
        "collateral_cover",
    ),
    "opportunities": ("opportunity_id", "client_id", "stage", "entered", "closed", "outcome", "amount"),
}
"""What features look at in whatever book has the table."""


def learned_columns(config: Config) -> dict[str, frozenset[str]]:
    """Table -> columns of it that features, activity or value are made of; other columns change no score."""
    features = config.features
    found: dict[str, set[str]] = {table: set(columns) for table, columns in _ALWAYS.items()}
    found["clients"] |= {*features.attributes, *features.context, *(("country",) if features.macro else ())}
    for count in features.facility_counts.values():
        found["facilities"] |= set(count.columns)
    found["facilities"] |= set(features.facility_means)
    for measure in features.measures.values():
        columns = found.setdefault(measure.table, {"client_id", known_on(measure.table)})
        columns |= {measure.column} if measure.column else set()
        of_kind = kind_column(measure.table, config.book.own)
        columns |= {of_kind} if of_kind else set()
        found["facilities"] |= {"product"} if measure.products else set()
    if config.learners.cold_start.serve:
        found["clients"] |= {"relationship_start", "acquisition_cost"}  # by which it is known who has not begun yet
    if features.macro:
        found["macro"] = {"country", "date", "published", *features.macro}
    if features.text_components:
        found.setdefault("interactions", {"client_id", "date"}).add("text")
    return {table: frozenset(columns) for table, columns in found.items()}
