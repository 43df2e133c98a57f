"""Whatever people write into a table of overrides: what passes the door counts to the day, and lifts no cap."""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from models.book.door import Book
from models.book.loading import load_book
from models.config.loading import parse_config
from models.config.policy.policy import PolicyConfig
from models.grading.decision import assess, decide
from models.grading.fitted import fit_policy
from models.grading.known_overrides import override_facts, overrides_at
from models.grading.stability import limit_of
from models.scoring.tier_columns import tier_columns
from models.vocab import SilentProgress
from property.test_policy_laws import TIERS, clients, policies
from support.graded import AS_OF

CONFIG = """
book: {name: kept, source: files, currency: EUR, known_until: 2024-01-01, max_quarantine_share: 1.0}
time: {period: month, horizon_periods: 6, activity_periods: 12}
activity: {kinds: [interest]}
value: {kinds: {interest: 1.0}}
decline: {rule: lapse}
features: {windows: [3, 6], measures: {}}
origins: {test: [2023-01-01], spacing_periods: 3, min_history_periods: 12}
learners: {segments: {features: [value_sum_6p]}}
stages: {acquisition_max_periods: 6, churned_after_periods: 6, trend_window_periods: 3, decline_probability: 0.7}
"""
COLUMNS = ("client_id", "tier", "reason", "decided_by", "decided_on", "valid_until")


@dataclass(frozen=True)
class Row:
    """A line of the table as a person typed it."""

    client: str
    tier: str
    reason: str
    by: str
    on: date
    until: date

    @property
    def is_good(self) -> bool:
        """Whether the contract lets it in, as a person would read it."""
        return self.tier in TIERS and bool(self.reason.strip()) and bool(self.by.strip()) and self.on <= self.until


def days(first: int, last: int) -> st.SearchStrategy[date]:
    return st.integers(first, last).map(lambda number: AS_OF + timedelta(days=number))


rows = st.builds(
    Row,
    client=st.integers(0, 14).map(lambda number: f"c{number}"),  # the last ones are of no client of the book
    tier=st.sampled_from([*TIERS, *TIERS, "AAA", "aa", ""]),
    reason=st.sampled_from(["new project, signed", 'said "yes"', "  ", "新项目"]),
    by=st.sampled_from(["L. Chen", "陈", ""]),
    on=days(-3, 2),
    until=days(-2, 3),
)


def kept(folder: Path, number: int, written: list[Row]) -> Book:
    """A book of that many clients with the table, through the door."""
    tables: dict[str, list[Any]] = {
        "clients": [("client_id",), *((f"c{row}",) for row in range(number))],
        "cashflows": [("client_id", "date", "kind", "amount"), ("c0", "2023-05-01", "interest", 1.0)],
        "overrides": [COLUMNS, *((row.client, row.tier, row.reason, row.by, row.on, row.until) for row in written)],
    }
    for name, lines in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
    return load_book(parse_config(CONFIG), str(folder), folder / "work", SilentProgress())


def expected(written: list[Row], number: int) -> dict[str, Row]:
    """Client -> the decision that counts at the as-of date, by the contract; of one day the first by content."""
    found: dict[str, Row] = {}
    known = [
        row for row in written if row.is_good and row.on < AS_OF and row.client in {f"c{n}" for n in range(number)}
    ]
    for row in sorted(known, key=lambda row: (row.on, row.tier, row.reason, row.by, row.until)):
        if row.client not in found or found[row.client].on < row.on:
            found[row.client] = row
    return {client: row for client, row in found.items() if row.until > AS_OF}


@given(policies(), clients(), st.lists(rows, max_size=15))
@settings(max_examples=30, deadline=None)
def test_no_table_of_overrides_lifts_a_cap(policy: dict[str, Any], facts: Any, written: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = kept(Path(folder), len(facts), written)
        overrides = overrides_at(book, AS_OF)
        count = next(each for each in book.counts if each.table == "overrides")
    assert count.rows_in == len(written)
    assert len(overrides) <= count.rows_used <= sum(row.is_good for row in written)
    fitted = fit_policy(PolicyConfig.model_validate(policy), facts, "USD")
    asked = facts.__class__(**{**vars(facts), "overrides": overrides})
    blocks = [assess(fitted, asked.where(part)) for part in np.array_split(np.arange(len(facts)), 3) if len(part)]
    limit = limit_of([block.moves for block in blocks], policy["stability"]["max_changed_share"])
    decided = [decide(block.without_evidence(), limit) for block in blocks]
    reported = pa.concat_tables([pa.table(tier_columns(part, {})) for part in decided]).to_pandas()
    check_tiers(reported, policy, facts, expected(written, len(facts)))
    counts = override_facts(decided, overrides, count.rows_used)
    assert sum(number for name, number in counts.items() if name not in {"up", "down"}) == count.rows_used


def check_tiers(reported: Any, policy: dict[str, Any], facts: Any, counting: dict[str, Row]) -> None:
    """Each client's tier is what its decision asks, else what the rules say, and never above what its caps leave."""
    days_late = np.asarray(facts.features["arrears_days"])
    for place, client in enumerate(facts.client_id.tolist()):
        asked = counting[client].tier if client in counting else reported["tier_by_rule"][place]
        best = max(
            [TIERS.index(cap["at_most"]) for cap in policy["caps"] if days_late[place] > cap["above"]], default=0
        )
        assert reported["tier"][place] == TIERS[max(TIERS.index(asked), best)]
        if client in counting:
            shown = reported["override"][place]
            row = counting[client]
            assert (shown["by"], shown["reason"], shown["on"], shown["until"]) == (
                row.by,
                row.reason,
                row.on,
                row.until,
            )
            assert shown["state"] in {"applied", "agrees with the rules", "held down by a cap"}
