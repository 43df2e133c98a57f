"""The gate and what became of it in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.comparison.terminal import notices as compared_notices
from models.notices import Notice
from models.promotion.report import GateVerdict, PromotionReport, RollbackReport
from models.promotion.text import CALLED, cards_sentence, next_steps, outcome_sentence, rollback_sentence, verdict_of
from models.shell.notices import hanging

_STYLES = {GateVerdict.PASSED: "green", GateVerdict.FAILED: "bold red", GateVerdict.NOT_JUDGED: "yellow"}


def notices(report: PromotionReport) -> list[Notice]:
    """What must be known of the comparison that the gate rests on; why nothing could be judged, the advice says."""
    return [] if report.comparison is None else compared_notices(report.comparison)


def gate_table(report: PromotionReport) -> Iterator[Table]:
    """Each line with what it asks for, what was found, and the verdict; none where nothing was compared."""
    if not report.lines:
        return
    serves = f"version {report.champion}"
    table = Table(
        title=f"The gate: version {report.version} in the place of {serves}", title_justify="left", box=SIMPLE_HEAD
    )
    for column in ("", "asks for", "found", "verdict"):
        table.add_column(column)
    for line in report.lines:
        verdict = Text(verdict_of(line), style=_STYLES[line.verdict])
        table.add_row(CALLED[line.rule].english, Text(line.asks), Text(line.found), verdict)
    yield table


def promotion_lines(report: PromotionReport) -> list[str]:
    """What became of it, what to do next, and where to look."""
    mended = hanging("first    ", report.mended) if report.mended else []
    sentences = [outcome_sentence(report), *cards_sentence(report), *next_steps(report)]
    page = [f"page     {report.page}"] if report.page else []
    return [*mended, *(line for each in sentences for line in hanging("", each)), *page]


def rollback_lines(report: RollbackReport) -> list[str]:
    """Who serves again."""
    sentences = [rollback_sentence(report), *cards_sentence(report)]
    return [line for each in sentences for line in hanging("", each)]
