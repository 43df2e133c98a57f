"""A comparison of two versions in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.comparison.compute import NOT_JUDGED
from models.comparison.report import JudgedVersions, PairVerdict, TierSwitches, VersionComparison
from models.comparison.text import (
    VERDICTS,
    closing,
    figure_name,
    judged_sentence,
    method_sentences,
    names_of,
    ranged,
    written,
)
from models.notices import Notice
from models.shell.notices import hanging
from models.shell.small_plots import short_number

_STYLES = {PairVerdict.BETTER: "green", PairVerdict.WORSE: "red", PairVerdict.OPEN: "dim"}
_REASONS = 4


def notices(report: VersionComparison) -> list[Notice]:
    """Those that the summary does not say itself."""
    return [each for each in report.notices if each.code != NOT_JUDGED]


def summary(report: VersionComparison) -> Iterator[Table | Text]:
    """Figures side by side, tiers and regions, who would change tier, and which reasons changed."""
    names = names_of(report)
    judged = report.judged
    yield Text(judged_sentence(report), style="bold red" if judged is None or judged.in_sample else "")
    if judged is not None:
        if judged.in_sample:
            yield Text("IN SAMPLE: a version learned from these outcomes; nothing here is proof.", style="bold red")
        for sentence in method_sentences(judged):
            yield Text(sentence, style="dim")
        for target in ("decline", "value"):
            yield _figures(judged, target, names, report.currency)
        if judged.slices:
            yield _slices(judged, names)
    yield _switches(report.change.tiers, names)
    yield _reasons(report, names)


def closing_lines(report: VersionComparison) -> list[str]:
    """What it comes to."""
    return [line for sentence in closing(report) for line in hanging("", sentence)]


def _figures(judged: JudgedVersions, target: str, names: tuple[str, str], currency: str) -> Table:
    table = _table(target.capitalize(), [*names, "difference (95%)", ""])
    for each in judged.figures:
        if each.target == target:
            table.add_row(
                figure_name(each, currency),
                written(each.metric, each.first.estimate),
                written(each.metric, each.second.estimate),
                ranged(each.metric, each.difference, signed=True),
                Text(VERDICTS[each.standing].english, style=_STYLES[each.standing]),
            )
            for name, reached in each.baselines.items():
                table.add_row(f"  {name}", Text(written(each.metric, reached.estimate), style="dim"), "", "", "")
    return table


def _slices(judged: JudgedVersions, names: tuple[str, str]) -> Table:
    first, second = names
    title = "By tier and region: what came, and what each version expected"
    table = _table(title, ["clients", "declines", first, second, "value", first, second])
    by = ""
    for each in judged.slices:
        if by and by != each.by:
            table.add_section()
        by = each.by
        table.add_row(
            each.name,
            f"{each.clients:,}",
            f"{each.declined:,}",
            *(f"{expected:,.0f}" for expected in each.expected_declines),
            short_number(each.value),
            *(short_number(expected) for expected in each.expected_value),
        )
    return table


def _switches(tiers: TierSwitches, names: tuple[str, str]) -> Table:
    table = _table(f"Tiers by {names[0]}, and by {names[1]}", [f"then {tier}" for tier in tiers.tiers])
    for tier, row, amounts in zip(tiers.tiers, tiers.counts, tiers.value, strict=True):
        cells = (f"{count:,}\n{short_number(amount)}" for count, amount in zip(row, amounts, strict=True))
        table.add_row(tier, *cells)
    return table


def _reasons(report: VersionComparison, names: tuple[str, str]) -> Table:
    table = _table("Reasons that changed most, share of all that moves a model", [*names, "rank"])
    for each in report.change.reasons:
        alike = "–" if each.correlation is None else f"{each.correlation:.2f}"
        table.add_row(Text(f"{each.model}: rank correlation {alike}", style="bold"), "", "", "")
        for shift in each.shifts[:_REASONS]:
            shares = (f"{share:.1%}" for share in shift.shares)
            table.add_row(f"  {shift.title}", *shares, f"{shift.ranks[0]} to {shift.ranks[1]}")
    return table


def _table(title: str, columns: list[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table
