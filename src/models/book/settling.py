"""Settings that a config leaves open, as a book settles them: its kinds, what its tables hold, and how long it is.

Notices tell what was settled so, which travel with every result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date

from models.book.contract import CASHFLOW_KINDS, INTERACTION_KINDS, TABLES
from models.book.door import Book
from models.book.periods import calendar_of
from models.codec import from_plain, to_plain
from models.config.defaults import BookTraits, horizon_of
from models.config.root import Config
from models.engines.protocol import Session
from models.errors import UserError
from models.notices import Notice, Severity
from models.store.code import code_of
from models.store.entries import UNREADABLE, Notes
from models.store.keys import Key
from models.text import Text

_MANY_WORDS = 64
_DESCRIBED_BY = "models.book.settling"


def is_open(config: Config) -> bool:
    """Whether a config leaves anything to the book."""
    return bool(config.unset) or not config.origins.test


def traits_of(book: Book, config: Config, known: Notes) -> BookTraits:
    """What of a book decides defaults; as found before for the same book and period."""
    key = Key.of(
        book=book.fingerprint,
        until=book.known_until.isoformat(),
        period=config.time.period,
        engine=book.engine.version,
        code=code_of(_DESCRIBED_BY),
    )
    with suppress(*UNREADABLE, UserError):
        return from_plain(BookTraits, (known.read(key) or {})["traits"], subject="traits", remedy="read the book again")
    with book.engine.session() as session:
        found = _looked_at(session, book, config)
    known.write(key, {"traits": to_plain(found)})
    return found


def _looked_at(session: Session, book: Book, config: Config) -> BookTraits:
    calendar = calendar_of(config.time.period)
    flows, contacts = _words(session, book, "cashflows", "kind"), _words(session, book, "interactions", "kind")
    return BookTraits(
        first_date=book.first_date,
        known_until=book.known_until,
        periods=calendar.index_of(book.known_until) - calendar.index_of(book.first_date),
        flows=_in_order(flows, CASHFLOW_KINDS),
        contacts=_in_order(contacts, INTERACTION_KINDS),
        products=_words(session, book, "facilities", "product"),
        filled=dict(_filled(session, book)),
    )


def _words(session: Session, book: Book, table: str, column: str) -> tuple[str, ...]:
    """The values of a column in order, a bounded number of them."""
    if table not in book.tables:
        return ()
    rows = book.open(session, table)
    words = rows.filter(rows[column].notnull()).select(word=rows[column]).distinct().order_by("word")
    return tuple(words.limit(_MANY_WORDS).to_pyarrow()["word"].to_pylist())


def _in_order(found: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    return (*(word for word in known if word in found), *(word for word in found if word not in known))


def _filled(session: Session, book: Book) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each table of the contract that the book has, with its columns that hold any value."""
    for table in TABLES:
        if table in book.tables:
            rows = book.open(session, table)
            named = [column.name for column in TABLES[table].columns if column.name in rows.columns]
            counts = rows.aggregate(**{name: rows[name].count() for name in named}).to_pyarrow().to_pylist()[0]
            yield table, tuple(name for name in named if counts[name])


def settled(config: Config, book: Book) -> Config:
    """A config with everything that it leaves open as the book settles it; the same one where that is nothing.

    Raises ``UserError`` where no kind of cashflow tells value or activity.
    """
    if book.traits is None or not is_open(config):
        return config
    tests = config.origins.test or _latest_complete(config, book.traits)
    found = config.settled(book.traits, tests)
    for setting, kinds in (("value.kinds", found.value.kinds), ("activity.kinds", found.activity.kinds)):
        if not kinds:
            raise UserError(
                rule=f"{setting} must be given where no kind of cashflow tells it",
                got=f"cashflows of {', '.join(book.traits.flows) or 'no kind'}",
                remedy=f"set {setting}, or bring interest, fee, order or commitment",
            )
    return found


def _latest_complete(config: Config, traits: BookTraits) -> tuple[date, ...]:
    """The latest origins whose outcomes are complete, a spacing apart, the latest last."""
    calendar = calendar_of(config.time.period)
    given = "time.horizon_periods" not in config.unset
    horizon = config.time.horizon_periods if given else horizon_of(config.time.period, traits.periods)
    spacing = config.origins.spacing_periods if "origins.spacing_periods" not in config.unset else max(1, horizon // 4)
    latest, count = calendar.index_of(traits.known_until) - horizon, config.origins.latest or 1
    tests = [calendar.start_of(latest - number * spacing) for number in reversed(range(count))]
    return tuple(day for day in tests if day > traits.first_date) or (tests[-1],)  # whoever trains refuses that one


def settled_notices(config: Config, found: Config) -> tuple[Notice, ...]:
    """Tells what a book settled of a config that left it open."""
    return tuple(_settings_filled(config, found)) if is_open(config) else ()


def _settings_filled(config: Config, found: Config) -> Iterator[Notice]:
    if not config.origins.test:
        days = ", ".join(day.isoformat() for day in found.origins.test)
        yield _note("origins.test", _ORIGINS.filled(days=days, horizon=found.time.horizon_periods))
    if found.time.horizon_periods != config.time.horizon_periods:
        yield _note("time.horizon_periods", _HORIZON.filled(count=found.time.horizon_periods))
    if "value.kinds" in config.unset:
        yield _note("value.kinds", _VALUE.filled(kinds=", ".join(_signed(found.value.kinds))))
    if "activity.kinds" in config.unset:
        yield _note("activity.kinds", _ACTIVITY.filled(kinds=", ".join(found.activity.kinds)))
    if "features.measures" in config.unset:
        measures, attributes = len(found.features.measures), len(found.features.attributes)
        yield _note("features", _FEATURES.filled(measures=measures, attributes=attributes))


def _signed(kinds: Mapping[str, float]) -> list[str]:
    return [f"{kind} {weight:+g}" for kind, weight in kinds.items()]


def _note(setting: str, found: Text) -> Notice:
    return Notice.of("settled_by_the_book", Severity.NOTE, setting, found=found, remedy=_REMEDY.filled(setting=setting))


_REMEDY = Text("set {setting} if another is meant")
_ORIGINS = Text("judged at {days}, the latest origins whose {horizon} periods of outcomes the book holds")
_HORIZON = Text("{count} periods, since the book is too short for more")
_VALUE = Text("made of {kinds}, the kinds of income and cost that the book has")
_ACTIVITY = Text("shown by {kinds}, as the book has them")
_FEATURES = Text("made of what the tables hold: {measures} measures and {attributes} attributes of clients")
