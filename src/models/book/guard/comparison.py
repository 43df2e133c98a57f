"""Compares a book's profile with the profile of the training book and yields findings."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from models.book.columns import Kind, TableSchema
from models.book.guard.findings import Finding, factor, times
from models.book.guard.histograms import (
    BINS_PER_DECADE,
    Bins,
    code_at,
    distance,
    median_error,
    noise,
    share_below_zero,
    size_of,
    sizes,
    total,
)
from models.book.guard.profile import LAG, BookProfile, ColumnProfile, TableProfile, dated_column
from models.lazy import lazy
from models.text import ENGLISH

if TYPE_CHECKING:
    from models.book.plausibility import all_checks
else:
    all_checks = lazy("models.book.plausibility.all_checks")

MIN_ROWS = 20
MIN_FILLED = 0.005
"""Columns filled less tell little, and their absence less."""
_SIGMAS = 3.0
_REMEDY = "compare the column at the source with what it held at training, its unit first"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Two books: the one learned from and the one to be scored.

    ``learned`` are the columns that features are made of; ``strangers`` what stands in the tables of the new book
    beside the contract's columns; ``contract`` is that of the book learned from.
    """

    before: BookProfile
    now: BookProfile
    learned: Mapping[str, frozenset[str]]
    strangers: Mapping[str, tuple[str, ...]]
    contract: Mapping[str, TableSchema]

    def of_kind(self, table: str, *kinds: Kind) -> set[str]:
        """The columns of a table that are of one of these kinds."""
        return {column.name for column in self.contract[table].columns if column.kind in kinds}

    def unshaped(self, table: str) -> set[str]:
        """Columns whose distribution says little: ids and names, and the day on which rows became known."""
        return {dated_column(table) or "", *self.of_kind(table, Kind.TEXT, Kind.TRUTH)}

    def matters(self, table: str, *columns: str) -> bool:
        """Whether features are made of one of these columns; without any, of the table."""
        known = self.learned.get(table, frozenset())
        return bool(known.intersection(columns)) if columns else bool(known)


def training_findings(beside: Beside) -> Iterator[Finding]:
    """Every figure by which the new book is held against that of training, table by table."""
    for name, before in beside.before.tables.items():
        if not before.rows:
            continue
        now = beside.now.tables.get(name)
        if now is None or not now.rows:
            yield _absent_table(beside, name, before, now)
            continue
        yield from _volume(beside, name, before, now)
        yield from _columns(beside, name, before, now)
        yield from _kinds(beside, name, before, now)
        yield from _exchanged_columns(beside, name, before, now)
        yield from _orders(beside, name, before, now)
    yield from _rules(beside)


def _absent_table(beside: Beside, name: str, before: TableProfile, now: TableProfile | None) -> Finding:
    got = "no such table" if now is None else "no rows"
    return Finding(
        setting="absent",
        figure=1.0,
        subject=name,
        found=f"the models learned from {before.rows:,} rows of {name}, got {got}",
        remedy=f"add the table {name} to the book, or train without it",
        matters=beside.matters(name),
    )


def _volume(beside: Beside, name: str, before: TableProfile, now: TableProfile) -> Iterator[Finding]:
    """Rows per period, and per client where a table is of clients, where it tells when its rows became known."""
    rates = [_rate(table, book) for table, book in ((before, beside.before), (now, beside.now))]
    if not all(rates) or min(before.rows, now.rows) < MIN_ROWS:
        return
    yield Finding(
        setting="volume",
        figure=factor(rates[1], rates[0]) / (1 + _SIGMAS / math.sqrt(min(before.rows, now.rows))),
        subject=name,
        found="rows per client and period must be about as many as at training, "
        f"got {times(rates[1], rates[0])} as many",
        remedy="look whether the table is whole and came once",
        matters=beside.matters(name),
    )


def _rate(table: TableProfile, book: BookProfile) -> float:
    if table.rhythm is None:
        return 0.0
    periods = max(table.rhythm.periods) - min(table.rhythm.periods) + 1
    clients = book.clients if "client_id" in table.columns else 1
    return table.rows / max(clients, 1) / periods


def _columns(beside: Beside, table: str, before: TableProfile, now: TableProfile) -> Iterator[Finding]:
    for name, column in before.columns.items():
        if LAG not in name and column.filled >= max(MIN_FILLED * before.rows, MIN_ROWS):
            yield from _filled(beside, table, name, (column.filled / before.rows, now.columns[name].filled / now.rows))
        matters = beside.matters(table, *name.split(LAG))
        if not now.columns[name].filled or not column.filled:
            continue
        subject = f"{table}.{name}"
        if column.words:
            yield from _words(subject, column, now.columns[name], matters=matters)
        elif name not in beside.unshaped(table):
            sized = LAG in name or name not in beside.of_kind(table, Kind.DATE)
            yield from _number(subject, column.bins, now.columns[name].bins, matters=matters, sized=sized)


def _filled(beside: Beside, table: str, name: str, shares: tuple[float, float]) -> Iterator[Finding]:
    near = difflib.get_close_matches(name, beside.strangers.get(table, ()), n=1, cutoff=0.5)
    hint = f"is {near[0]!r} what is meant? rename it, or map it with book.columns.{table}" if near else ""
    yield Finding(
        setting="absent",
        figure=1.0 - shares[1] / shares[0],
        subject=f"{table}.{name}",
        found=f"the models learned from this column, filled in {shares[0]:.0%} of the rows, got {shares[1]:.0%}",
        remedy=hint or "add the column at the source, or train without it",
        matters=beside.matters(table, name),
    )


def _number(subject: str, before: Bins, now: Bins, *, matters: bool, sized: bool = True) -> Iterator[Finding]:
    if min(total(before), total(now)) < MIN_ROWS:
        return
    apart = distance(before, now) - noise(before, now)
    yield Finding(
        setting="shape",
        figure=apart,
        subject=subject,
        found=f"values must be spread about as at training, got distributions that lie {apart:.0%} apart beyond chance",
        remedy=_REMEDY,
        matters=matters,
    )
    sides = [share_below_zero(bins) for bins in (before, now)]
    yield Finding(
        setting="sign",
        figure=abs(sides[1] - sides[0]),
        subject=subject,
        found=f"{sides[0]:.0%} of the values were below zero at training, got {sides[1]:.0%}",
        remedy="turn the sign at the source",
        matters=matters,
    )
    if sized:
        yield from _level(subject, sizes(before), sizes(now), matters=matters)


def _level(subject: str, before: Bins, now: Bins, *, matters: bool) -> Iterator[Finding]:
    """The ratio of two medians, less what chance does."""
    if min(total(before), total(now)) < MIN_ROWS:
        return
    medians = [code_at(bins, 0.5) for bins in (before, now)]
    error = _SIGMAS * math.hypot(median_error(before), median_error(now))
    sure = max(abs(medians[1] - medians[0]) - error, 0.0)
    ratio = times(size_of(medians[1]), size_of(medians[0]))
    yield Finding(
        setting="level",
        figure=10.0 ** (sure / BINS_PER_DECADE),
        subject=subject,
        found=f"the median must be about that of training, got {ratio} as much",
        remedy=_REMEDY,
        matters=matters,
    )


def _words(subject: str, before: ColumnProfile, now: ColumnProfile, *, matters: bool) -> Iterator[Finding]:
    rows = now.filled
    strange = rows - sum(count for word, count in now.words.items() if word in before.words)
    yield Finding(
        setting="unseen",
        figure=strange / rows - _SIGMAS * math.sqrt(1 / rows) / 2,
        subject=subject,
        found=f"words must be those of training, got {strange / rows:.0%} of the rows with others",
        remedy="spell them as at training, or train again",
        count=strange,
        matters=matters,
    )
    yield from _mix(subject, before.words, now.words, matters=matters)


def _mix(subject: str, before: Mapping[str, int], now: Mapping[str, int], *, matters: bool) -> Iterator[Finding]:
    """The word whose share of the rows changed most."""
    sums = [max(sum(words.values()), 1) for words in (before, now)]
    changes = {word: now.get(word, 0) / sums[1] - count / sums[0] for word, count in before.items()}
    word = max(changes, key=lambda each: (abs(changes[each]), each))
    yield Finding(
        setting="mix",
        figure=abs(changes[word]) - _SIGMAS * math.sqrt(1 / sums[0] + 1 / sums[1]) / 2,
        subject=subject,
        found=f"{before[word] / sums[0]:.0%} of the rows were {word!r} at training, "
        f"got {now.get(word, 0) / sums[1]:.0%}",
        remedy="look whether the words still mean the same",
        matters=matters,
    )


def _kinds(beside: Beside, table: str, before: TableProfile, now: TableProfile) -> Iterator[Finding]:
    matters = beside.matters(table)
    if not before.kinds:
        return
    yield from _mix(f"{table}.kind", *_kind_rows(before, now), matters=matters)
    for kind, profile in before.kinds.items():
        held = now.kinds.get(kind)
        if profile.rows < MIN_ROWS:
            continue
        rates = profile.rows / before.rows, (held.rows if held else 0) / now.rows
        yield Finding(
            setting="absent",
            figure=1.0 - (rates[1] + _SIGMAS * math.sqrt(profile.rows) / before.rows) / rates[0] if held else 1.0,
            subject=f"{table} of kind {kind}",
            found=f"{rates[0]:.1%} of the rows of {table} were of kind {kind} at training, got {rates[1]:.1%}",
            remedy="look whether the kind is named otherwise now",
            matters=matters,
        )
        for column, bins in profile.bins.items():
            values = held.bins[column] if held else {}
            yield from _number(f"{table}.{column} of {kind}", bins, values, matters=beside.matters(table, column))
    yield from _exchanged_kinds(table, before, now, matters=matters)


def _kind_rows(before: TableProfile, now: TableProfile) -> tuple[dict[str, int], dict[str, int]]:
    first, second = ({kind: each.rows for kind, each in table.kinds.items()} for table in (before, now))
    return first, second


def _exchanged_kinds(table: str, before: TableProfile, now: TableProfile, *, matters: bool) -> Iterator[Finding]:
    """Pairs of kinds by how often they come and by how large their numbers are."""
    common = [kind for kind, each in before.kinds.items() if kind in now.kinds and each.rows >= MIN_ROWS]
    for first, second in combinations(common, 2):
        then, held = before.kinds, now.kinds
        columns = then[first].bins
        gains = [
            _gain(then[first].bins[c], then[second].bins[c], held[first].bins[c], held[second].bins[c]) for c in columns
        ]
        rates = [each.rows / of.rows for of in (before, now) for each in (of.kinds[first], of.kinds[second])]
        often = [abs(math.log(rates[i] / rates[j])) for i, j in ((2, 0), (3, 1), (2, 1), (3, 0))]
        gain = max(gains, default=0.0) + min((often[0] + often[1] - often[2] - often[3]) / 4, 0.5)
        yield Finding(
            setting="exchanged",
            figure=gain / 2,
            subject=f"{table} of kind {first} and {second}",
            found="each must be like itself at training, got rows of each that are like the other's",
            remedy="look whether the two kinds are exchanged",
            matters=matters,
        )


def _gain(first: Bins, second: Bins, first_now: Bins, second_now: Bins) -> float:
    """How much closer, on the mean of the two, each lies to the other of training than to itself."""
    if min(total(first), total(second), total(first_now), total(second_now)) < MIN_ROWS:
        return 0.0
    own = distance(first, first_now) + distance(second, second_now)
    return (own - distance(first, second_now) - distance(second, first_now)) / 2


def _exchanged_columns(beside: Beside, table: str, before: TableProfile, now: TableProfile) -> Iterator[Finding]:
    kinds = {column.name: column.kind for column in beside.contract[table].columns}
    for first, second in combinations([name for name in before.columns if name in kinds], 2):
        if kinds[first] is not kinds[second]:
            continue
        gain = _column_gain(before.columns, now.columns, first, second)
        yield Finding(
            setting="exchanged",
            figure=gain,
            subject=f"{table}.{first} and {table}.{second}",
            found="each must be like itself at training, got values of each that are like the other's",
            remedy="look whether the two columns are exchanged",
            matters=beside.matters(table, first, second),
        )


def _column_gain(
    before: Mapping[str, ColumnProfile], now: Mapping[str, ColumnProfile], first: str, second: str
) -> float:
    columns = before[first], before[second], now[first], now[second]
    if before[first].words and before[second].words:
        shares = [
            _known(now[a], before[b]) for a, b in ((first, second), (second, first), (first, first), (second, second))
        ]
        return (shares[0] + shares[1] - shares[2] - shares[3]) / 2
    return _gain(*(column.bins for column in columns))


def _known(now: ColumnProfile, before: ColumnProfile) -> float:
    """Share of the rows whose word stood in the other column."""
    return sum(count for word, count in now.words.items() if word in before.words) / max(now.filled, 1)


def _orders(beside: Beside, table: str, before: TableProfile, now: TableProfile) -> Iterator[Finding]:
    for pair, order in before.orders.items():
        held = now.orders[pair]
        rows = min(order.below + order.above, held.below + held.above)
        if rows < MIN_ROWS:
            continue
        first, second = pair.split("<")
        change = abs(held.share_below - order.share_below)
        yield Finding(
            setting="order",
            figure=change
            - _SIGMAS * math.sqrt(0.5 / rows) * math.sqrt(order.share_below * (1 - order.share_below)) * 2,
            subject=f"{table}.{first} and {table}.{second}",
            found=f"{first} lay below {second} in {order.share_below:.0%} of the rows at training, "
            f"got {held.share_below:.0%}",
            remedy="look whether the two columns are exchanged, or one is in another unit",
            matters=beside.matters(table, first, second),
        )


def _rules(beside: Beside) -> Iterator[Finding]:
    for check in all_checks.ALL_CHECKS:
        rule, held = beside.before.rules.get(check.name), beside.now.rules.get(check.name)
        if rule is None or held is None or min(rule.looked_at, held.looked_at) < MIN_ROWS:
            continue
        chance = _SIGMAS * math.sqrt(max(rule.share, 1 / rule.looked_at) / held.looked_at)
        broken = check.rule.within(ENGLISH).rstrip(".")
        yield Finding(
            setting="drifted_rule",
            figure=held.share - rule.share - chance,
            subject=check.table,
            found=f"{broken}; {rule.share:.1%} broke this at training, got {held.share:.1%}",
            remedy=f"compare {' and '.join(check.needs)}: units, signs, dates and what columns mean",
            count=held.failing,
        )
