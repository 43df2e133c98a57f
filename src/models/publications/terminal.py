"""The ledger of publications in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table

from models.publications.ledger import Act, Publication
from models.publications.report import LedgerReport

_DIGITS = 8


def ledger_table(report: LedgerReport, last: int | None = None) -> Table:
    """One row per entry, the last ``last`` of them: what was done, by whom, and whether it holds."""
    table = Table(title="Publications", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("no.", "done (UTC)", "by", "what", "as of", "version", "models", "holds"):
        table.add_column(name, justify="right" if name == "no." else "left")
    shown = report.entries if last is None else report.entries[max(0, len(report.entries) - last) :]
    for entry in shown:
        table.add_row(*_cells(entry, report))
    return table


def _cells(entry: Publication, report: LedgerReport) -> Iterator[str]:
    yield str(entry.number)
    yield f"{entry.at:%Y-%m-%d %H:%M}"
    yield entry.by
    yield entry.act.value
    yield "" if entry.as_of is None else entry.as_of.isoformat()
    yield entry.version or "–"
    yield entry.bundle[:_DIGITS]
    yield _holds(entry, report)


def _holds(entry: Publication, report: LedgerReport) -> str:
    if entry.act not in (Act.OFFICIAL, Act.SHADOW):
        return ""
    gone = ", moved away" if entry.number in report.missing else ""
    if entry.act is Act.SHADOW:
        return f"no{gone}"
    return f"{'yes' if entry.number in report.official else 'replaced'}{gone}"


def ledger_lines(report: LedgerReport) -> list[str]:
    """Why an entry out of the ordinary was made, and where the ledger stands."""
    reasons = [f"{entry.number}: {entry.why}" for entry in report.entries if entry.why]
    return [*reasons, f"{'ledger':<8}{report.file} (each line holds the hash of the one before)"]
