"""Figures of a monitoring report in the text format of Prometheus, for the textfile collector of its node exporter.

Source: Prometheus, exposition formats, version 0.0.4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from models.monitoring.report import MonitorReport, PublicationOutcomes
from models.notices import Severity
from models.store.drafts import publish_text

PROMETHEUS_FILE = "monitor.prom"
_PREFIX = "clientvalue_"


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """One metric: its name, help and samples, each with labels."""

    name: str
    meaning: str
    samples: tuple[tuple[Mapping[str, str], float], ...]

    def lines(self, book: str) -> Iterator[str]:
        """As Prometheus reads it; nothing where there are no samples."""
        if not self.samples:
            return
        name = _PREFIX + self.name
        yield f"# HELP {name} {_escaped(self.meaning, quotes=False)}"
        yield f"# TYPE {name} gauge"
        for labels, value in self.samples:
            inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in {"book": book, **labels}.items())
            yield f"{name}{{{inside}}} {value!r}"


def write_prometheus(report: MonitorReport, path: Path) -> None:
    """Write the file, whole or not at all: whoever collects it never sees a part."""
    publish_text(path, prometheus_text(report))


def prometheus_text(report: MonitorReport) -> str:
    """All gauges of a report, one line per sample."""
    lines = [line for gauge in gauges_of(report) for line in gauge.lines(report.book)]
    return "\n".join(lines) + "\n"


def gauges_of(report: MonitorReport) -> Iterator[Gauge]:
    """The figures of the latest publication, the alarms, and what came since the publications judged last."""
    yield _one(
        "monitor_as_of_seconds", "As-of date of the latest publication, in seconds since 1970.", _at(report.as_of)
    )
    yield _one("monitor_known_until_seconds", "Day before which the book is known.", _at(report.known_until))
    yield Gauge(
        name="monitor_alarms",
        meaning="Alarms by severity; notes raise none.",
        samples=tuple(
            ({"severity": level.value}, float(sum(alarm.severity is level for alarm in report.alarms)))
            for level in reversed(Severity)
        ),
    )
    yield Gauge(
        name="monitor_alarm",
        meaning="The figure of each alarm, beside the limit that it reached.",
        samples=tuple(
            (
                {"code": each.code, "severity": each.severity.value, "beside": each.beside, "of": str(each.as_of)},
                each.figure,
            )
            for each in report.alarms
        ),
    )
    yield from _of_latest(report)
    for outcomes in _judged_last(report):
        yield from _of_outcomes(outcomes)


def _of_latest(report: MonitorReport) -> Iterator[Gauge]:
    latest = report.publications[-1]
    money = f"of the latest publication, in {report.currency}."
    yield _one("clients", "Active clients of the latest publication.", float(latest.clients))
    yield _one("value", f"Expected value {money}", latest.value)
    if latest.credit_loss is not None:
        yield _one("credit_loss", f"Expected credit loss {money}", latest.credit_loss)
    yield _one("decline_probability", "Mean chance of decline of the latest publication.", latest.decline)
    yield _one("warnings", "Clients that are shown as warned of.", float(latest.warnings))
    yield _one("overrides", "Clients whose tier a person decided.", float(latest.overrides))
    yield Gauge(
        name="tier_share",
        meaning="Share of the clients by tier.",
        samples=tuple(({"tier": tier}, share) for tier, share in latest.tiers.items()),
    )
    shares = {"missing": latest.missing, "unseen": latest.unseen, "moved": latest.moved_inputs}
    yield Gauge(
        name="inputs_share",
        meaning="What is missing, unseen or unlike training of what moves the models.",
        samples=tuple(({"what": name}, share) for name, share in shares.items() if share is not None),
    )
    moves = {
        "value": latest.value_shift,
        "decline_probability": latest.decline_shift,
        "tier": latest.tier_shift,
        "reason": latest.reason_shift,
    }
    yield Gauge(
        name="stability_index",
        meaning="Population stability index beside the publication before, beyond chance.",
        samples=tuple(({"what": name}, index) for name, index in moves.items() if index is not None),
    )


def _judged_last(report: MonitorReport) -> list[PublicationOutcomes]:
    """Of publications whose horizon is over the newest, and of those of which a part has passed the oldest."""
    over = [each for each in report.outcomes if each.is_over][-1:]
    return over or [each for each in report.outcomes if not each.is_over][:1]


def _of_outcomes(outcomes: PublicationOutcomes) -> Iterator[Gauge]:
    yield Gauge(
        name="outcome_events",
        meaning=f"{outcomes.event.capitalize()}s since a publication beside those foreseen until now.",
        samples=tuple(
            ({"of": str(outcomes.as_of), "tier": tier.tier or "all", "what": name}, value)
            for tier in outcomes.tiers
            for name, value in {
                "foreseen": tier.foreseen,
                "came": tier.came.estimate,
                "low": tier.came.low,
                "high": tier.came.high,
            }.items()
        ),
    )
    yield _one("outcome_elapsed_periods", "Periods that have passed since that publication.", float(outcomes.elapsed))
    if outcomes.warnings is not None:
        yield _one(
            "warning_precision", "Share of warned clients that turned bad.", outcomes.warnings.precision.estimate
        )
        yield _one("warning_base_rate", "Share of all clients that did.", outcomes.warnings.base_rate)


def _one(name: str, meaning: str, value: float) -> Gauge:
    return Gauge(name=name, meaning=meaning, samples=(({}, value),))


def _at(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _escaped(text: str, *, quotes: bool = True) -> str:
    r"""Text as the format asks for it.

    >>> _escaped('a "b" \\ c')
    'a \\"b\\" \\\\ c'
    """
    plain = text.replace("\\", "\\\\").replace("\n", "\\n")
    return plain.replace('"', '\\"') if quotes else plain
