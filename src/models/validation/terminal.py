"""A validation file in a terminal of 80 columns: open findings first, then what shocks do, and where the page is."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.shell.notices import hanging
from models.shell.small_plots import short_number
from models.validation.report import ShockKind, ValidationReport
from models.validation.text import headline

_MOST = 12


def finding_lines(report: ValidationReport) -> Iterator[str]:
    """Of which version, and its findings, the gravest first."""
    version = report.card.version
    yield f"{version.model} version {version.version} on the {report.card.book} book as of {report.as_of}"
    yield headline(report)
    for each in report.findings[:_MOST]:
        yield from hanging(f"{each.gravity.value:<8}", f"{each.part}: {each.found}")
    more = len(report.findings) - _MOST
    if more > 0:
        yield f"{'':<8}and {more} more: see the page"


def shocks_table(report: ValidationReport) -> Table:
    """Events and the economy: what they do to value, decline, credit loss and tiers."""
    table = Table(title="Sensitivity and stress", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("shock")
    for name in ("value", "decline", "credit loss", "other tier"):
        table.add_column(name, justify="right")
    for each in report.sensitivity.effects:
        if each.kind is not ShockKind.INPUT:
            before, after = each.before, each.after
            loss = (
                None
                if after.credit_loss is None or before.credit_loss is None
                else after.credit_loss - before.credit_loss
            )
            table.add_row(
                Text(each.title),
                _signed(after.value - before.value),
                f"{100 * (after.decline - before.decline):+.2f} pt",
                "–" if loss is None else _signed(loss),
                f"{each.moved:.1%}",
            )
    table.caption = f"change in {report.card.currency}; decline in points of the mean chance"
    table.caption_justify = "left"
    return table


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{short_number(value)}"
