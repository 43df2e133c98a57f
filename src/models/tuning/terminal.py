"""A search for better settings as text of a terminal, and as JSON."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from models.tuning.outcome import Tuned, TuneResult

_TITLES = {"value": "Value", "decline": "Decline"}


def scores_table(tuned: Tuned) -> Table:
    """The config's own settings beside the best ones at each origin."""
    table = Table(
        title=f"{_TITLES[tuned.model]}: {tuned.objective} (more is better)",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("origin")
    for name in ("your settings", f"best, trial {tuned.best.number}", "difference"):
        table.add_column(name, justify="right")
    for day, own, best, gain in zip(tuned.dates, tuned.own.scores, tuned.best.scores, tuned.gains, strict=True):
        table.add_row(day.isoformat(), *_figures(own, best, gain))
    table.add_section()
    table.add_row("mean", *_figures(tuned.own.score or 0.0, tuned.best.score or 0.0, tuned.gain), style="bold")
    return table


def verdict(tuned: Tuned) -> str:
    """Whether the best settings should be taken, in one sentence."""
    tried = f"{tuned.model}: {len(tuned.trials)} trials, {_given_up(tuned)} given up early;"
    if tuned.is_better:
        return f"{tried} take trial {tuned.best.number}: its gain of {tuned.gain:+.4f} is more than {_noise(tuned)}"
    if tuned.best.number == tuned.own.number:
        return f"{tried} your settings stay: none did better"
    return f"{tried} your settings stay: a gain of {tuned.gain:+.4f} is not more than {_noise(tuned)}"


def result_lines(result: TuneResult) -> list[str]:
    """Verdicts, the lines for the config, and where to look next."""
    return [
        *map(verdict, result.tuned),
        "",
        *result.lines.splitlines(),
        "",
        f"lines    {result.path}",
        f"trials   {result.storage_uri}",
    ]


def result_facts(result: TuneResult) -> dict[str, Any]:
    """The same, and every trial, for programs."""
    return {
        "models": [_facts(tuned) for tuned in result.tuned],
        "path": str(result.path),
        "run_id": result.run_id,
        "storage_uri": result.storage_uri,
    }


def _facts(tuned: Tuned) -> dict[str, Any]:
    return {
        "model": tuned.model,
        "study": tuned.study,
        "objective": tuned.objective,
        "origins": [day.isoformat() for day in tuned.dates],
        "own": asdict(tuned.own),
        "best": asdict(tuned.best),
        "gain": tuned.gain,
        "noise": tuned.noise if math.isfinite(tuned.noise) else None,
        "is_better": tuned.is_better,
        "settings": tuned.settings,
        "trials": [asdict(trial) for trial in tuned.trials],
    }


def _figures(own: float, best: float, gain: float) -> tuple[str, str, str]:
    return f"{own:.4f}", f"{best:.4f}", f"{gain:+.4f}"


def _given_up(tuned: Tuned) -> int:
    return sum(trial.state == "pruned" for trial in tuned.trials)


def _noise(tuned: Tuned) -> str:
    if math.isinf(tuned.noise):
        return "the noise, which one origin cannot tell"
    return f"the noise, a standard error of {tuned.noise:.4f} over {len(tuned.dates)} origins"
