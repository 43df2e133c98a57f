"""A review database as the workbench leaves it: the table of entries in a SQLite file, appended as it appends."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from models.config.policy.tiers import DEFAULT_SCALE
from models.config.review import ReviewConfig
from models.decisions.database import COLUMNS, ENTRY_TABLE, ReviewDatabase
from models.decisions.entries import Draft, Entry, moment_text, sealed_after
from models.decisions.overrides import OverrideProposal
from models.decisions.rules import Decider, OverrideRules

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
TODAY, LATER = date(2023, 12, 31), date(2024, 6, 1)
MAKER, CHECKER = Decider(account="okafor", on=TODAY), Decider(account="wei", on=TODAY, limit=None)


DEFAULTS = ReviewConfig()


def asked(**changes: object) -> OverrideProposal:
    """A proposal that obeys every rule: A for a client that the rules call B, with 5 m of exposure."""
    given: dict[str, object] = {
        "tier": "A",
        "reason": "support",
        "text": "the sponsor guarantees the whole limit",
        "valid_until": LATER,
        "exposure": 5_000_000.0,
        "ruled": "B",
        "leaves": "AA",
        "as_of": date(2024, 1, 1),
        "run_key": "ab12",
    }
    return OverrideProposal(**{**given, **changes})  # type: ignore[arg-type]


def rules(entries: Sequence[Entry] = (), client: str = "C1", review: ReviewConfig = DEFAULTS) -> OverrideRules:
    """The rules for one client, with what the chain holds about it."""
    return OverrideRules(
        review=review, scale=DEFAULT_SCALE, client=client, entries=[each for each in entries if each.subject == client]
    )


def chained(entries: Sequence[Entry], draft: Draft, by: str) -> list[Entry]:
    """The chain with one more entry."""
    return [*entries, sealed_after(entries[-1] if entries else None, draft, by=by, at=AT)]


@dataclass(frozen=True)
class ChainFile:
    """A chain in a SQLite file."""

    path: Path

    @property
    def database(self) -> ReviewDatabase:
        """The same as a run opens it."""
        return ReviewDatabase(f"sqlite:///{self.path}")

    def append(self, draft: Draft, by: str) -> Entry:
        """Record a draft after what is there."""
        known = self.database.entries()
        entry = sealed_after(known[-1] if known else None, draft, by=by, at=AT)
        self.write([entry])
        return entry

    def write(self, entries: Sequence[Entry]) -> None:
        """Put entries into the table as they are, whole or not at all."""
        columns = ", ".join(f'"{name}"' for name in COLUMNS)
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(f"CREATE TABLE IF NOT EXISTS {ENTRY_TABLE} ({columns}, PRIMARY KEY (number))")
            for entry in entries:
                row = [moment_text(entry.at) if name == "at" else getattr(entry, name) for name in COLUMNS]
                marks = ", ".join("?" * len(COLUMNS))
                connection.execute(f"INSERT INTO {ENTRY_TABLE} ({columns}) VALUES ({marks})", row)  # noqa: S608

    def sql(self, statement: str) -> None:
        """What somebody with rights on the database may do."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            connection.execute(statement)

    def approve(self, client: str, **changes: object) -> int:
        """Propose and approve an override; returns the number of the approval."""
        made = self.append(rules(self.database.entries(), client).propose(MAKER, asked(**changes)), MAKER.account)
        draft = rules(self.database.entries(), client).approve(made.number, CHECKER, exposure=1.0, leaves="AA")
        return self.append(draft, CHECKER.account).number
