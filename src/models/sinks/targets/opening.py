"""The sinks that a config names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from models.config.publish import PublishConfig
from models.sinks.targets.addresses import SinkPlace
from models.sinks.targets.delta import DeltaSink
from models.sinks.targets.duckdb import DuckDbSink
from models.sinks.targets.protocol import TableSink
from models.sinks.targets.sql import SqlSink

_BY_SCHEME: Mapping[str, Callable[[SinkPlace], TableSink]] = {"duckdb": DuckDbSink, "delta": DeltaSink}
"""Every other scheme is SQLAlchemy's."""


def sink_places(settings: PublishConfig) -> tuple[SinkPlace, ...]:
    """The addresses of a config with how tables are called there."""
    return tuple(SinkPlace(address, settings.database_schema, settings.prefix) for address in settings.sink)


def open_sink(place: SinkPlace) -> TableSink:
    """The sink at an address; nothing is connected to yet. Raises ``UserError`` where it can be none."""
    return _BY_SCHEME.get(place.scheme, SqlSink)(place)
