"""The jobs behind ``clientvalue publish``: every sink of a book level with its ledger of publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from models.config.places import SCORES_FOLDER, work_dir
from models.config.plugins import PluginsConfig
from models.config.publish import PublishConfig
from models.config.root import Config
from models.errors import UserError
from models.plugins import PluginGroup, load_plugin
from models.publications.ledger import PublicationLedger, official_of
from models.sinks.catalogue import described
from models.sinks.compute import WHAT_IS_DUE, PublishedBook, Wish, bring_level
from models.sinks.records import RECORDS
from models.sinks.report import SinkProblem, SinkReport, SinksReport, TableNote
from models.sinks.tables import run_tables
from models.sinks.targets.addresses import SinkPlace
from models.sinks.targets.delta import DeltaSink
from models.sinks.targets.duckdb import DuckDbSink
from models.sinks.targets.protocol import SinkPlugin, TableSink
from models.sinks.targets.sql import SqlSink
from models.store.locks import exclusive
from models.vocab import Progress, SilentProgress
from models.workspace.opening import Settings, settings_of

_LOCK = ".sinks.lock"
_BY_SCHEME: Mapping[str, Callable[[SinkPlace], TableSink]] = {"duckdb": DuckDbSink, "delta": DeltaSink}
"""Every other scheme is that of a plug-in, or SQLAlchemy's."""


def publish_due(config: Settings, *, wait_seconds: float = 60.0, progress: Progress = SilentProgress()) -> SinksReport:
    """Write into each sink of a config every official run that it does not hold; nothing where no sink is named.

    Safe to call twice at once: the second waits, and finds nothing to do. What could not be written is in the
    ``problems`` of the report. Raises ``LockedError`` if the first is still at work after ``wait_seconds``.
    """
    return publish(config, wait_seconds=wait_seconds, progress=progress)


def publish(
    config: Settings,
    wish: Wish = WHAT_IS_DUE,
    *,
    overrides: Sequence[str] = (),
    wait_seconds: float = 60.0,
    progress: Progress = SilentProgress(),
) -> SinksReport:
    """The same for what is wished. Raises a ``UserError`` if nothing official has the as-of date that is wished."""
    settings = settings_of(config, overrides)
    scores = work_dir(settings) / SCORES_FOLDER
    if not settings.publish.sink:
        return SinksReport(book=settings.book.name, sinks=())
    with exclusive(scores / _LOCK, what="publishing into sinks", wait_seconds=wait_seconds):
        book = PublishedBook(name=settings.book.name, scores=scores, entries=PublicationLedger(scores).entries())
        _require_official(book, wish.as_of)
        reports = [_brought_level(place, book, settings, wish, progress) for place in _places(settings.publish)]
    return SinksReport(book=book.name, sinks=tuple(reports))


def sink_tables(config: Settings, *, overrides: Sequence[str] = ()) -> tuple[TableNote, ...]:
    """Every table and column of a sink with its meaning, those of the newest official run by the names that it has."""
    settings = settings_of(config, overrides)
    scores = work_dir(settings) / SCORES_FOLDER
    official = [*official_of(PublicationLedger(scores).entries()).values()]
    folder = scores / official[-1].folder if official else None
    shapes = [table.shape for table in run_tables(folder)] if folder is not None and folder.is_dir() else []
    return described([*shapes, *RECORDS])


def _brought_level(
    place: SinkPlace, book: PublishedBook, settings: Config, wish: Wish, progress: Progress
) -> SinkReport:
    try:
        return bring_level(_opened(place, settings.plugins), book, settings.publish, wish, progress=progress)
    except UserError as error:
        return SinkReport(sink=place.label, problems=(SinkProblem.of(error, place.label),))


def _require_official(book: PublishedBook, as_of: date | None) -> None:
    official = official_of(book.entries)
    if as_of is not None and as_of not in official:
        raise UserError(
            rule=f"an official run of {book.name} must have the as-of date",
            got=as_of,
            remedy=f"there are {', '.join(map(str, list(official)[-3:])) or 'none'}; predict it first",
        )


def _places(settings: PublishConfig) -> tuple[SinkPlace, ...]:
    """The addresses of a config with how tables are called there."""
    return tuple(SinkPlace(address, settings.database_schema, settings.prefix) for address in settings.sink)


def _opened(place: SinkPlace, plugins: PluginsConfig) -> TableSink:
    """The sink at an address; nothing is connected to yet. Raises ``UserError`` where it can be none."""
    if place.scheme in plugins.sinks:
        plugin: SinkPlugin = load_plugin(PluginGroup.SINKS, place.scheme)
        return plugin(place, settings=plugins.sinks[place.scheme])
    return _BY_SCHEME.get(place.scheme, SqlSink)(place)
