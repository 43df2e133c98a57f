"""An audit in a terminal of 80 columns, bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.audit.checkup import Checkup
from models.audit.compute import Criteria
from models.audit.profiles import AuditedTable
from models.audit.quarantine import BadRow, BadRows
from models.audit.relevance import DECLINE, VALUE, Relevance
from models.audit.rules import AuditedFeature
from models.book.counts import TableCount
from models.book.plausibility.checks import CheckResult
from models.shell.small_plots import short_number
from models.text import ENGLISH, heard

MAX_ROWS = 20
MAX_EMPTY = 10
MOSTLY_FILLED = 0.9
MAX_EXAMPLE = 60


def summary(found: Checkup) -> Iterator[Table | Text]:
    """What a check found: the rows of the book first, its recommended criteria last."""
    audit = found.audit
    if audit is not None:
        yield counts_table(found.counts)
        yield _tables(audit.tables)
        yield Text(f"The book covers {audit.first_date} until before {audit.known_until}.")
        yield from _empty_columns(audit.tables)
    if found.bad.total:
        yield _bad_rows(found.bad)
    if audit is not None:
        yield from _checks(audit.checks)
        yield from _criteria(audit.criteria)


def places(found: Checkup) -> list[str]:
    """Where to look further."""
    lines = [f"quarantine  {found.quarantine}"]
    return lines if found.page is None else [*lines, f"page        {found.page}"]


def counts_table(counts: Iterable[TableCount]) -> Table:
    """Rows in, used and quarantined of each table, with the reasons, and how many values count as missing."""
    table = Table(title="Rows of the book", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("rows in", "used", "quarantined"):
        if name == "rows in":
            table.add_column("table")
        table.add_column(name, justify="right")
    table.add_column("why")
    for count in counts:
        reasons = [f"{reason}: {number:,}" for reason, number in count.reasons.items()]
        reasons += [f"{found.reason}: {found.values:,} values missing" for found in count.unreadable]
        table.add_row(
            count.table,
            f"{count.rows_in:,}",
            f"{count.rows_used:,}",
            f"{count.rows_quarantined:,}",
            Text("; ".join(reasons)),
        )
    return table


def _bad_rows(bad: BadRows) -> Table:
    """The first quarantined rows, one by one."""
    shown = _first_of_each_reason(bad.listed)
    table = _table(f"Quarantined rows, {len(shown)} of {bad.total:,}")
    for name in ("table", "row", "column", "what stood there"):
        table.add_column(name, justify="right" if name == "row" else "left", overflow="fold")
    for row in shown:
        said = Text(row.value or "nothing")
        said.append(f" {row.meaning}", style="dim")
        table.add_row(Text(row.table), f"{row.source_row:,}", Text(row.column), said)
    return table


def _first_of_each_reason(rows: Sequence[BadRow]) -> list[BadRow]:
    """At most ``MAX_ROWS``, from every reason as many as from the others while there are."""
    seen: Counter[tuple[str, str, str]] = Counter()
    placed: list[tuple[int, int]] = []
    for row in rows:
        reason = (row.table, row.column, row.rule)
        placed.append((seen[reason], len(placed)))
        seen[reason] += 1
    chosen = sorted(sorted(placed)[:MAX_ROWS], key=lambda place: place[1])
    return [rows[place] for _, place in chosen]


def _tables(tables: Sequence[AuditedTable]) -> Table:
    table = _table("Dates, days behind the book's end, median days until published, coverage")
    for name in ("table", "first", "last", "behind", "lag", "repeated", "filled"):
        table.add_column(name, justify="left" if name in ("table", "first", "last") else "right", no_wrap=True)
    for each in tables:
        filled = sum(column.filled_share for column in each.columns) / len(each.columns)
        table.add_row(
            each.name,
            "" if each.first_date is None else f"{each.first_date}",
            "" if each.last_date is None else f"{each.last_date}",
            Text(_count(each.days_behind), style="yellow" if each.is_behind else ""),
            _count(each.lag_median_days),
            f"{each.repeats:,}",
            f"{filled:.0%}",
        )
    return table


def _count(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _empty_columns(tables: Sequence[AuditedTable]) -> Iterator[Text]:
    gaps = [(each.name, column) for each in tables for column in each.columns]
    absent = Counter(name for name, column in gaps if not column.filled_share)
    sparse = [(name, column) for name, column in gaps if 0 < column.filled_share < MOSTLY_FILLED]
    sparse.sort(key=lambda gap: gap[1].filled_share)
    if absent:
        said = ", ".join(f"{name} {count}" for name, count in absent.items())
        yield Text(f"Columns without any value: {said}.")
    if sparse:
        said = ", ".join(f"{name}.{column.name} {column.filled_share:.0%}" for name, column in sparse[:MAX_EMPTY])
        yield Text(f"Columns filled least: {said}.")


def _checks(checks: Sequence[CheckResult]) -> Iterator[Table | Text]:
    run = [check for check in checks if not check.skipped]
    failing = sorted((check for check in run if check.failing), key=lambda check: -check.failing_share)
    if failing:
        table = _table("Checks that find something")
        table.add_column("rule, and a row that breaks it", overflow="fold")
        table.add_column("failing", justify="right")
        table.add_column("looked at", justify="right")
        for check in failing:
            example = check.examples[0]
            said = Text(f"{check.table}: {check.rule}\n")
            said.append(f"{example.row}: {example.found}"[: 2 * MAX_EXAMPLE], style="dim")
            table.add_row(said, f"{check.failing:,}", f"{check.looked_at:,}")
        yield table
    skipped = len(checks) - len(run)
    yield Text(f"{len(run) - len(failing)} of {len(run)} checks hold; {skipped} lack the tables or columns to be run.")


def _criteria(criteria: Criteria) -> Iterator[Table | Text]:
    for sentence in criteria.left_out:
        yield Text(f"Left out: {heard(sentence, ENGLISH)}.", style="yellow")
    if not criteria.features:
        return
    verdicts = Counter(feature.verdict.value for feature in criteria.features)
    said = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    yield Text(f"{len(criteria.features)} features of {criteria.clients:,} clients at {criteria.as_of}: {said}.")
    if criteria.short_list:
        yield _short_list(criteria.short_list)
        yield Text("Decline: AUC. Value: rank correlation. ↑: higher means more of it. PSI: since the earlier date.")


def _short_list(features: Sequence[AuditedFeature]) -> Table:
    table = _table("Recommended criteria")
    for name in ("", "feature", "known", "median", "decline", "value", "PSI"):
        table.add_column(name, justify="left" if name == "feature" else "right", overflow="fold")
    for feature in features:
        decline, value = (feature.relevance.get(name) for name in (DECLINE, VALUE))
        spread = feature.distribution
        middle = spread.levels[0] if spread.levels else short_number(spread.median)
        psi = "" if feature.psi is None else f"{feature.psi:.2f}"
        table.add_row(
            str(feature.place),
            Text(feature.name),
            f"{feature.coverage:.0%}",
            Text(middle),
            _strength(decline, 0.5, is_category=spread.is_category),
            _strength(value, 0.0, is_category=spread.is_category),
            Text(psi, style="yellow" if feature.has_moved else ""),
        )
    return table


def _strength(found: Relevance | None, nothing: float, *, is_category: bool) -> Text:
    """The figure of the better direction; an arrow up where higher means more, dim where it may be noise."""
    if found is None:
        return Text("")
    arrow = " " if is_category else "↑" if found.strength > 0 else "↓"
    return Text(f"{nothing + abs(found.strength):.2f} {arrow}", style="" if found.is_relevant else "dim")


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=SIMPLE_HEAD)
