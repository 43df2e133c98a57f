"""A monitoring report as one HTML page without scripts: alarms, small multiples over time, outcomes, inputs."""

from __future__ import annotations

from pathlib import Path

from models.config.monitor import MonitorConfig
from models.monitoring.plots import outcome_charts, publication_charts
from models.monitoring.report import MonitorReport
from models.monitoring.text import (
    GRAVE,
    alarm_head,
    elapsed_sentence,
    headline,
    range_of,
    shown_first,
    tier_name,
)
from models.notices import Severity
from models.shell.html import environment
from models.shell.small_plots import short_number
from models.shell.svg import percent
from models.store.drafts import publish_text

MONITOR_PAGE = "monitor.html"
STYLES = {Severity.REFUSED: "bad", Severity.WARNING: "fair", Severity.NOTE: "quiet"}


def write_monitor_page(report: MonitorReport, path: Path, limits: MonitorConfig) -> None:
    """Write the page, whole or not at all."""
    publish_text(path, monitor_page(report, limits))


def monitor_page(report: MonitorReport, limits: MonitorConfig) -> str:
    """The page of a report; ``limits`` are drawn where a figure comes near."""
    return str(
        environment(
            filters={"figure": short_number, "percent": percent},
            functions={
                "alarm_head": alarm_head,
                "grave": GRAVE.get,
                "style": STYLES.get,
                "elapsed_sentence": elapsed_sentence,
                "range_of": range_of,
                "tier_name": tier_name,
            },
        )
        .get_template("monitoring/page.html")
        .render(
            report=report,
            headline=headline(report),
            over_time=publication_charts(report, limits),
            by_tier=outcome_charts(report),
            shown=shown_first(report.outcomes),
            limits=_limits(limits),
        )
    )


def _limits(limits: MonitorConfig) -> list[tuple[str, str, str, str]]:
    """Name, where it warns, where it is grave, and why, of each limit that holds."""
    rows = []
    for name, field in MonitorConfig.model_fields.items():
        limit = getattr(limits, name)
        if hasattr(limit, "warning"):
            warning, refused = ("–" if each is None else f"{each:g}" for each in (limit.warning, limit.refused))
            rows.append((name, warning, refused, field.description or ""))
    return rows
