"""A monitoring report as one HTML page without scripts: alarms, small multiples over time, outcomes, inputs."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from models.config.monitor import LIMIT_REASONS, MonitorConfig
from models.monitoring.plots import outcome_charts, publication_charts
from models.monitoring.report import MonitorReport
from models.monitoring.text import (
    GRAVE,
    alarm_head,
    elapsed_sentence,
    headline,
    outcome_sentences,
    range_of,
    shown_first,
    tier_name,
)
from models.notices import Severity
from models.shell.editions import ALONE, Edition, publish_page
from models.shell.html import environment, mono
from models.shell.json_files import json_file
from models.shell.svg import percent
from models.store.drafts import publish_text

MONITOR_PAGE = "monitor.html"
STYLES = {Severity.REFUSED: "bad", Severity.WARNING: "fair", Severity.NOTE: "quiet"}


def write_monitor_page(report: MonitorReport, path: Path, limits: MonitorConfig) -> None:
    """Write the page in every language and its report as JSON beside it, each whole or not at all."""
    publish_text(path.with_suffix(".json"), json_file(report))
    publish_page(path, partial(monitor_page, report, limits))


def monitor_page(report: MonitorReport, limits: MonitorConfig, edition: Edition = ALONE) -> str:
    """The page of a report; ``limits`` are drawn where a figure comes near."""
    language = edition.language
    return str(
        environment(
            edition,
            filters={"percent": percent},
            functions={
                "alarm_head": partial(alarm_head, language=language),
                "grave": GRAVE.get,
                "style": STYLES.get,
                "mono": mono,
                "elapsed_sentence": partial(elapsed_sentence, language=language),
                "outcome_sentences": partial(outcome_sentences, language=language),
                "range_of": partial(range_of, language=language),
                "tier_name": partial(tier_name, language=language),
            },
        )
        .get_template("monitoring/page.html")
        .render(
            report=report,
            headline=headline(report, language),
            over_time=publication_charts(report, limits, language),
            by_tier=outcome_charts(report, language),
            shown=shown_first(report.outcomes),
            limits=_limits(limits),
            reasons=LIMIT_REASONS,
        )
    )


def _limits(limits: MonitorConfig) -> list[tuple[str, str, str]]:
    """Name, where it warns and where it is grave, of each limit that holds."""
    rows = []
    for name in LIMIT_REASONS:
        limit = getattr(limits, name)
        warning, refused = ("–" if each is None else f"{each:g}" for each in (limit.warning, limit.refused))
        rows.append((name, warning, refused))
    return rows
