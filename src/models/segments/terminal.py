"""Profiles of a book as tables of a terminal, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.profiles.rescoring import MigrationReport
from models.segments.compute import ProfilesReport
from models.segments.contents import KindTotal, SegmentsReport
from models.segments.profile_report import RegionCell
from models.segments.text import kind_title, percent_or_dash
from models.shell.small_plots import short_number

_WIDEST_KIND = 15
"""Of the names that are one word: problem-solving."""
_SHOWN = ("stage", "relationship_type", "need_type", "tier", "value_class")


def summary(report: ProfilesReport) -> Iterator[Table | Text]:
    """Segments first, then stages and types, moves between stages, and regions."""
    yield _segments(report)
    yield _verdict(report.segments)
    yield _kinds(report.segments.kinds)
    yield _moves(report.kinds.migrations["stage"], report.period)
    yield _regions(report.kinds.regions, report.currency)


def _segments(report: ProfilesReport) -> Table:
    segments = report.segments
    title = f"Segments of {segments.clients:,} clients at {report.as_of}, value in {report.currency}"
    table = _table(title, ("", "segment"), ("clients", "share", "value", "share", "decline", "margin"))
    for each in segments.segments:
        table.add_row(
            str(each.number),
            Text(each.name),
            f"{each.clients:,}",
            percent_or_dash(each.share),
            short_number(each.value),
            percent_or_dash(each.value_share),
            percent_or_dash(each.decline_mean),
            "–" if each.margin_mean is None else f"{each.margin_mean:.2f}",
        )
    return table


def _verdict(segments: SegmentsReport) -> Text:
    served, test = segments.served, segments.structure_test
    said = f"{served.method}, {served.clusters} clusters: refits agree at {served.stability:.2f}. "
    if segments.structure == "found":
        return Text(f"{said}Clients lie farther apart than in all {test.draws} books drawn without clusters.")
    return Text(f"{said}{_no_structure(segments)} The segments only cut clients into groups.", style="yellow")


def _no_structure(segments: SegmentsReport) -> str:
    test, there = segments.structure_test, segments.structure_served
    if test.beaten < test.draws or there is None:
        return (
            f"There is no structure: as clear clusters were found in {test.draws - test.beaten} of "
            f"{test.draws} books drawn without any."
        )
    return (
        f"There is no structure in so many clusters: their silhouette is {there.separation:.2f}, the best of "
        f"{test.draws} books drawn without any reaches {there.highest:.2f}."
    )


def _kinds(kinds: Mapping[str, Sequence[KindTotal]]) -> Table:
    table = _table("Stages, types and classes", ("", "kind"), ("clients", "share", "value", "share", "decline"))
    table.columns[1].min_width = _WIDEST_KIND
    for name in (name for name in _SHOWN if name in kinds):
        for row, each in enumerate(kinds[name]):
            table.add_row(
                "" if row else kind_title(name),
                Text(each.name),
                f"{each.clients:,}",
                percent_or_dash(each.share),
                short_number(each.value),
                percent_or_dash(each.value_share),
                percent_or_dash(each.decline_mean),
                end_section=row == len(kinds[name]) - 1,
            )
    return table


def _moves(moved: MigrationReport, period: str) -> Table:
    title = f"Moves between stages in {moved.step_periods} {period}s; expected stay in {period}s"
    table = _table(title, ("from",), (*(_short(kind) for kind in moved.kinds), "stay"))
    for kind, shares in zip(moved.kinds, moved.shares, strict=True):
        stay = moved.expected_periods[kind]
        table.add_row(kind, *map(percent_or_dash, shares), "–" if stay is None else f"{stay:,.0f}")
    return table


def _regions(rows: Sequence[RegionCell], currency: str) -> Table:
    table = _table(
        f"Regions by potential, value in {currency}",
        ("region", "potential"),
        ("clients", "value", "value at risk", "decline"),
    )
    for each in rows:
        table.add_row(
            each.region_class,
            each.potential,
            f"{each.clients:,}",
            short_number(each.value),
            short_number(each.value_at_risk),
            percent_or_dash(each.decline),
        )
    return table


def _short(kind: str) -> str:
    """A stage as the head of a narrow column.

    >>> _short("acquisition"), _short("decline")
    ('acquis.', 'decline')
    """
    longest = 8
    return kind if len(kind) <= longest else f"{kind[: longest - 2]}."


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in words:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table
