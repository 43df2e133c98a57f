"""A monitoring report on a terminal: alarms, publications over time, and what came since."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from models.monitoring.report import MonitorReport, PublicationFigures, PublicationOutcomes
from models.monitoring.text import (
    GRAVE,
    alarm_head,
    alarm_sentence,
    elapsed_sentence,
    headline,
    range_of,
    shown_first,
    tier_name,
)
from models.shell.notices import hanging, notice_lines
from models.shell.small_plots import short_number

_SHOWN = 6
_LATEST = 6


def alarm_lines(report: MonitorReport) -> Iterator[str]:
    """Whether somebody must look, and at what first."""
    yield f"{report.book} as of {report.as_of}, known until {report.known_until}: {headline(report)}"
    for alarm in report.alarms[:_SHOWN]:
        yield from hanging(f"{GRAVE[alarm.severity].english + ':':<9}", f"{alarm_head(alarm)}. {alarm_sentence(alarm)}")
    more = len(report.alarms) - _SHOWN
    if more > 0:
        yield f"{'':<9}and {more} more: see the page"


def publications_table(report: MonitorReport) -> Table:
    """The latest publications, the newest last."""
    table = Table(title="Publications", title_justify="left", box=None, pad_edge=False, collapse_padding=True)
    heads = ("clients", "value", "decline", "moved", "missing", "PSI value", "PSI tiers", "PSI reasons", "alarms")
    table.add_column("as of", no_wrap=True, min_width=len("2024-01-01"))
    for name in heads:
        table.add_column(name, justify="right")
    for each in report.publications[-_LATEST:]:
        table.add_row(*_cells(each))
    table.caption = (
        f"value in {report.currency}; moved: share of what moves the models that is unlike training; PSI: population "
        "stability index beside the publication before, beyond chance"
    )
    table.caption_justify = "left"
    return table


def _cells(each: PublicationFigures) -> list[str]:
    return [
        str(each.as_of),
        f"{each.clients:,}",
        short_number(each.value),
        f"{each.decline:.1%}",
        _share(each.moved_inputs),
        _share(each.missing),
        *(_index(index) for index in (each.value_shift, each.tier_shift, each.reason_shift)),
        str(sum(count for severity, count in each.alarms.items() if severity != "note")),
    ]


def outcome_tables(report: MonitorReport) -> Iterator[tuple[list[str], Table]]:
    """What came since the publications that tell most, each below the lines that say since which."""
    for outcomes in shown_first(report.outcomes):
        yield hanging("since ", elapsed_sentence(outcomes, report.period)), _outcomes(outcomes)


def outcome_lines(report: MonitorReport) -> Iterator[str]:
    """Values, warnings and overrides of the same publications."""
    if not report.outcomes:
        yield "outcomes none yet: too little of a horizon has passed, or the book is too young to tell"
    for outcomes in shown_first(report.outcomes):
        yield from _more(outcomes, report.currency)


def notices(report: MonitorReport) -> list[str]:
    """What is left out, not judged or implausible about the book."""
    return notice_lines(report.notices)


def _outcomes(outcomes: PublicationOutcomes) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("tier", "clients", f"{outcomes.event}s foreseen", "came"):
        table.add_column(name, justify="left" if name == "tier" else "right")
    for each in outcomes.tiers:
        table.add_row(tier_name(each.tier), f"{each.clients:,}", f"{each.foreseen:.1f}", range_of(each.came))
    return table


def _more(outcomes: PublicationOutcomes, currency: str) -> Iterator[str]:
    value = outcomes.value
    whole = f"of {short_number(value.foreseen)} {currency} foreseen {short_number(value.came)} came"
    if value.heading is not None:
        whole += f", heading for {short_number(value.heading)} by how fast it came at past dates"
    if value.ratio is not None:
        whole += f": {range_of(value.ratio, '{:.2f}')} times"
    if value.coverage is not None:
        whole += f"; within their intervals {range_of(value.coverage, '{:.0%}')} of {value.level:.0%}"
    yield from hanging("value     ", f"{outcomes.as_of}: {whole}")
    if outcomes.calibration is not None:
        yield from hanging("slope     ", f"{outcomes.as_of}: {range_of(outcomes.calibration, '{:.2f}')}; 1 is right")
    if outcomes.warnings is not None:
        counted = outcomes.warnings
        yield from hanging(
            "warnings  ",
            f"{outcomes.as_of}: {range_of(counted.precision, '{:.0%}')} of {counted.shown} shown clients declined or "
            f"defaulted since, {counted.base_rate:.0%} of all",
        )
        if counted.people is not None:
            people = counted.people
            found = f"of {people.closed} that people closed {range_of(people.right, '{:.0%}')} had warned of something"
            yield from hanging("by people ", f"{outcomes.as_of}: {found}")
    for each in outcomes.overrides:
        ruled, asked = ("not known" if share is None else f"{share:.0%}" for share in (each.by_rule, each.as_asked))
        yield from hanging(
            "overrides ",
            f"{outcomes.as_of}: {each.clients} {each.way}, {range_of(each.declined, '{:.0%}')} of them declined or "
            f"defaulted since; in the tiers by rule {ruled}, in those asked for {asked}",
        )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"


def _index(index: float | None) -> str:
    return "–" if index is None else f"{index:.2f}"
