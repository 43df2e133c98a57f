"""A lender's book for notebooks and programs: where its tables are, and the settings by which every verb reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from models.book.contract import NAMELESS, TABLES
from models.codec import to_json_text
from models.config.loading import load_config, parse_config
from models.config.root import Config
from models.errors import UserError
from models.init.words import column_words, matched
from models.store.drafts import put_in_place, scratch_folder
from models.vocab import SilentProgress
from models.workspace.opening import open_book

NO_CURRENCY = "XXX"
"""The code of ISO 4217 for amounts without a currency."""
_FOLDER = Path("data/raw")
_NEEDED = ("client_id", "date", "amount")


@dataclass(frozen=True, repr=False)
class LenderBook:
    """A book and its settings; every verb takes it in the place of a config.

    >>> import tempfile
    >>> flows = pd.DataFrame({"customer": ["a", "b"], "date": ["2024-01-02", "2024-02-03"], "amount": [5.0, 7.0]})
    >>> book = LenderBook.from_frames(flows, folder=tempfile.mkdtemp())
    >>> book.frame("cashflows").columns.tolist()
    ['client_id', 'date', 'kind', 'amount']
    """

    settings: Config

    def __repr__(self) -> str:
        book = self.settings.book
        return f"Book({book.name!r}, source={book.source!r}, path={book.path!r}, currency={book.currency!r})"

    @classmethod
    def of(cls, config: Config | Path | str, overrides: Sequence[str] = ()) -> LenderBook:
        """The book of a config, or of its file with other values for ``section.key=value``."""
        return cls(config if isinstance(config, Config) else load_config(Path(config), overrides))

    @classmethod
    def from_frames(  # noqa: PLR0913 - each option is a question that frames leave open
        cls,
        cashflows: pd.DataFrame,
        clients: pd.DataFrame | None = None,
        *,
        currency: str = NO_CURRENCY,
        name: str = "frames",
        columns: Mapping[str, str] | None = None,
        kind: str = "order",
        folder: Path | str | None = None,
        tables: Mapping[str, pd.DataFrame] | None = None,
        overrides: Sequence[str] = (),
    ) -> LenderBook:
        """The book of frames, which are written as Parquet into ``folder`` (else ``data/raw/<name>``).

        ``cashflows`` has the columns of the contract, or a client, a date and an amount alone: their columns are found
        by their names, or given as ``columns`` (ours -> the frame's), and ``kind`` is what each row is. Without
        ``clients`` they are those of the cashflows; ``tables`` are further tables of the contract by name.
        ``overrides`` are settings, as ``time.horizon_periods=6``. The book ends with its last cashflow, unless
        ``book.known_until`` is among them. Raises a ``UserError`` for a frame without what is needed.
        """
        flows = _flows_of(cashflows, columns or {}, kind)
        people = flows[["client_id"]].drop_duplicates() if clients is None else clients
        frames = {"clients": people, "cashflows": flows, **(tables or {})}
        _require_known(frames)
        until = _day_after(flows)
        place = Path(folder) if folder is not None else _FOLDER / name
        _write(frames, place)
        book = {"name": name, "path": str(place), "currency": currency, "known_until": until.isoformat()}
        return cls(parse_config(to_json_text({"book": book}), overrides, subject="the settings of the frames"))

    def frame(self, table: str) -> pd.DataFrame:
        """A checked table, with every column of the contract that holds anything.

        Raises ``KeyError`` if the book has no such table.
        """
        checked = open_book(self.settings, None, SilentProgress())
        return pd.read_parquet(checked.tables[table]).dropna(axis="columns", how="all")

    def notices(self) -> tuple[str, ...]:
        """What the door left out, assumed or found implausible, a sentence each."""
        return tuple(map(str, open_book(self.settings, None, SilentProgress()).notices))


def _flows_of(frame: pd.DataFrame, columns: Mapping[str, str], kind: str) -> pd.DataFrame:
    """Cashflows with the columns of the contract, and no others."""
    strange = [name for name in columns.values() if name not in frame.columns]
    if strange:
        raise UserError(
            rule="columns must name columns of the frame", got=", ".join(strange), remedy=f"it has {_listed(frame)}"
        )
    wanted = {ours: column_words("cashflows", ours) for ours in _NEEDED if ours not in columns}
    found = {
        **matched(list(map(str, frame.columns)), wanted),
        **{ours: columns[ours] for ours in _NEEDED if ours in columns},
    }
    missing = [ours for ours in _NEEDED if ours not in found]
    if missing:
        raise UserError(
            rule="a frame of cashflows must have a client, a date and an amount",
            got=f"no {' and no '.join(missing)} among {_listed(frame)}",
            remedy=f"say which they are, as columns={{{missing[0]!r}: ...}}",
        )
    others = {name: frame[name] for name in ("facility_id", "kind") if name in frame.columns}
    made = pd.DataFrame({ours: frame[name] for ours, name in found.items()} | others)
    made = made if "kind" in made else made.assign(kind=kind)
    return made[[column.name for column in TABLES["cashflows"].columns if column.name in made]]


def _listed(frame: pd.DataFrame) -> str:
    return ", ".join(str(name) or NAMELESS.format(place) for place, name in enumerate(frame.columns, 1))


def _require_known(frames: Mapping[str, pd.DataFrame]) -> None:
    strange = sorted(set(frames) - set(TABLES))
    if strange:
        raise UserError(
            rule="tables must be those of the contract", got=", ".join(strange), remedy=f"known are {', '.join(TABLES)}"
        )


def _write(frames: Mapping[str, pd.DataFrame], place: Path) -> None:
    """Each frame as one Parquet file; the folder appears whole, in the place of what an earlier call left there."""
    with scratch_folder(place.parent, "draft") as scratch:
        draft = scratch / "book"
        draft.mkdir()
        for name, frame in frames.items():
            ids = {column: _as_text(frame[column]) for column in frame.columns if str(column).endswith("_id")}
            frame.assign(**ids).to_parquet(draft / f"{name}.parquet", index=False)
        put_in_place(draft, place, is_whole=lambda _: False)


def _as_text(ids: pd.Series) -> pd.Series:
    """Ids as they are written; whole numbers that pandas keeps as fractions, since some are missing, without them."""
    if pd.api.types.is_float_dtype(ids) and (ids.dropna() % 1 == 0).all():
        ids = ids.astype("Int64")
    return ids.astype("string")


def _day_after(flows: pd.DataFrame) -> date:
    days = pd.to_datetime(flows["date"], errors="coerce", format="ISO8601").dropna()
    if days.empty:
        raise UserError(rule="the dates of cashflows must be dates", got="none that is", remedy="give YYYY-MM-DD")
    last: date = days.max().date()
    return last + timedelta(days=1)
