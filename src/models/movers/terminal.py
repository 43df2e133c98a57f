"""Moves between tiers in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text as RichText

from models.grading.fitted import GradingPolicy
from models.movers.report import MoveMatrix, MovesReport
from models.movers.text import cause_meaning, cause_name, matrix_sentences, matrix_title, moved_sentence, tier_name
from models.shell.small_plots import short_number
from models.text import Language, Text

_BEFORE: Final = Text("before", "movers")
_CLIENT, _MOVE = Text("client"), Text("move", "movers")
_VALUE: Final = Text("value in {currency}", "movers")
_WHAT, _WHO = Text("what moved", "movers"), Text("who did it", "movers")
_SHOWN: Final = Text("{shown:,} of {count:,} movers, the most valuable first", "movers")


def moves_summary(report: MovesReport, policy: GradingPolicy | None, language: Language) -> Iterator[Table | RichText]:
    """The matrix, what differs between the runs, and the clients that were asked for."""
    matrix = report.matrix
    if matrix.as_of_before is None:
        yield RichText(matrix_title(matrix, language))
        return
    labels = {} if policy is None else policy.scale.labels(language)
    yield _matrix(matrix, labels, language)
    for sentence in matrix_sentences(matrix, language):
        yield RichText(sentence)
    yield _clients(report, policy, labels, language)
    for cause in dict.fromkeys(each.cause for each in report.clients.rows):
        yield RichText(f"{cause_name(cause, language)}: {cause_meaning(cause, language)}", style="dim")


def _matrix(matrix: MoveMatrix, labels: dict[str, str], language: Language) -> Table:
    table = Table(title=matrix_title(matrix, language), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(_BEFORE.within(language))
    for tier in matrix.columns:
        table.add_column(tier_name(tier, labels, language), justify="right")
    for before in matrix.rows:
        cells = [matrix.cell(before, tier) for tier in matrix.columns]
        counts = ["." if each is None else f"{each.clients:,}" for each in cells]
        table.add_row(tier_name(before, labels, language), *counts)
    return table


def _clients(report: MovesReport, policy: GradingPolicy | None, labels: dict[str, str], language: Language) -> Table:
    found = report.clients
    title = _SHOWN.within(language, shown=len(found.rows), count=found.total)
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(_CLIENT.within(language), overflow="fold")
    table.add_column(_MOVE.within(language), no_wrap=True)
    table.add_column(_VALUE.within(language, currency=report.currency), justify="right")
    table.add_column(_WHAT.within(language), overflow="fold")
    table.add_column(_WHO.within(language))
    for each in found.rows:
        ends = (tier_name(tier, labels, language) for tier in (each.tier_before, each.tier))
        value = each.value if each.value is not None else each.value_before
        table.add_row(
            RichText(each.client_id),
            " > ".join(ends),
            "" if value is None else short_number(value),
            RichText(moved_sentence(each, policy, language)),
            cause_name(each.cause, language),
        )
    return table
