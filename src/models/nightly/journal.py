"""The journal of a night: one JSON line per step, with a level, through the logging of the standard library.

Lines hold dates, counts, keys and codes, never a client's id or value.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from models.codec import JsonValue, to_plain

_LOGGER = "clientvalue.nightly"
_FACTS = "facts"


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, step, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "step": record.getMessage()}
        return json.dumps({**line, **getattr(record, _FACTS, {})}, ensure_ascii=False)


@dataclass(frozen=True)
class NightJournal:
    """Where the steps of one night of a book are written to."""

    book: str

    def info(self, step: str, **facts: object) -> None:
        """A step that went as it should."""
        self._write(logging.INFO, step, facts)

    def warning(self, step: str, **facts: object) -> None:
        """A step of which somebody should know."""
        self._write(logging.WARNING, step, facts)

    def error(self, step: str, **facts: object) -> None:
        """A step that failed."""
        self._write(logging.ERROR, step, facts)

    def _write(self, level: int, step: str, facts: dict[str, object]) -> None:
        plain: dict[str, JsonValue] = {name: to_plain(fact) for name, fact in facts.items()}
        logging.getLogger(_LOGGER).log(level, step, extra={_FACTS: {"book": self.book, **plain}})


@contextmanager
def journal_of(book: str, *, file: Path | None = None, level: str = "info") -> Iterator[NightJournal]:
    """A journal on standard output, and in ``file`` if it is given, to which lines are added; from ``level`` on."""
    logger = logging.getLogger(_LOGGER)
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(file, encoding="utf-8"))
    logger.setLevel(level.upper())
    logger.propagate = False
    for handler in handlers:
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
    try:
        yield NightJournal(book)
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
