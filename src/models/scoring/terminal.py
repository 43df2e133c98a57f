"""A prediction in a terminal: its tiers as a table, and where its files stand."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table

from models.grading.override_text import overrides_sentence
from models.publications.previous import COLD_EXPLANATIONS
from models.scoring.report import Predicted, TierSummary
from models.shell.notices import hanging
from models.shell.small_plots import short_number
from models.warnings.text import warnings_sentence


def tiers_table(predicted: Predicted, currency: str) -> Table:
    """How many active clients each tier holds, what they are worth and how likely they decline."""
    return _table(f"Tiers at {predicted.as_of}", predicted, currency)


def cold_start_tables(predicted: Predicted, currency: str) -> list[Table]:
    """The same of clients without activity; no table where none were scored."""
    if not predicted.cold_start.clients:
        return []
    title = "Cold start: clients without activity, by what came of those who began alike"
    return [_table(title, predicted.cold_start, currency)]


def _table(title: str, summary: TierSummary | Predicted, currency: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in (
        "tier",
        "clients",
        "share",
        f"expected value, {currency}",
        "between",
        "share of value",
        "mean decline",
    ):
        table.add_column(name, justify="left" if name == "tier" else "right")
    for row in _rows(summary):
        table.add_row(*row)
    return table


def _rows(summary: TierSummary | Predicted) -> Iterator[tuple[str, ...]]:
    total = sum(summary.value_by_tier.values())
    for tier, clients in summary.tiers.items():
        value = summary.value_by_tier[tier]
        yield (
            tier,
            f"{clients:,}",
            f"{clients / summary.clients:.0%}",
            short_number(float(value)),
            between(summary.value_between.get(tier)),
            f"{value / total:.0%}" if total else "–",
            f"{summary.decline_by_tier[tier]:.0%}",
        )
    bounds = between(summary.value_between.get(""))
    yield ("all", f"{summary.clients:,}", "", short_number(float(total)), bounds, "", "")


def between(bounds: tuple[float, float] | None) -> str:
    """Low and high of a total; a dash where they are not known.

    >>> between((1_200.0, 3_400.0)), between(None)
    ('1,200 to 3,400', '–')
    """
    return "–" if bounds is None else f"{short_number(bounds[0])} to {short_number(bounds[1])}"


def prediction_lines(predicted: Predicted) -> list[str]:
    """Which policy graded, what became of overrides, how many warn, and where the results stand."""
    names = (
        "scores.parquet", "clients.parquet", "explanations.parquet", "curves.parquet", "warnings.parquet",
        "lists.parquet", "movers.parquet", "manifest.json",
    )  # fmt: skip
    cold = [f"{'cold start':<21}{predicted.cold_start.clients:,} clients, apart: {COLD_EXPLANATIONS}"]
    overrides, alarms = predicted.overrides, predicted.alarms
    warned = (*_told("warnings", warnings_sentence(alarms)), *_told("", predicted.warnings_ranked)) if alarms else ()
    return [
        *_told("graded by", predicted.policy.sentence),
        *(_told("overrides", overrides_sentence(overrides)) if any(overrides.values()) else []),
        *warned,
        *(cold if predicted.cold_start.clients else []),
        *(f"{name:<21}{predicted.folder / name}" for name in names),
        f"{'newest, always':<21}{predicted.folder.parent / 'latest'}",
    ]


def _told(label: str, sentence: str) -> list[str]:
    """A sentence beside its label, in as many lines as it takes."""
    return hanging(f"{label:<21}", sentence)
