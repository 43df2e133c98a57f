"""One client's explanation: first as facts that a program can read, then as what a reviewer reads in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from models.workflows.bundle import Bundle
from models.workflows.decide import score_columns
from models.workflows.predict import DECLINE, VALUE, ScoredBlock

_SHOWN = 12
_BAR = 10
_MANY = 100


def explanation_facts(bundle: Bundle, block: ScoredBlock) -> dict[str, Any]:
    """Everything said of the first client of a block; contributions in probability points and in currency."""
    columns = score_columns(bundle.models, block.panel, block.predictions, bundle.config)
    decline, value = block.served[DECLINE], block.served[VALUE]
    features = block.panel.features.iloc[0]
    parts = [
        {
            "feature": name,
            "unit": bundle.models.contract.units[name],
            "observed": _plain(features[name]),
            "decline_points": float(decline.values[0, place] * 100),
            "value": float(value.values[0, place]),
        }
        for place, name in enumerate(bundle.models.contract.names)
    ]
    return {
        **{name: column[0].as_py() for name, column in columns.items()},
        "as_of": block.panel.grid.start_of(int(block.panel.origin[0])).isoformat(),
        "currency": bundle.config.book.currency,
        "decline_base_points": decline.base * 100,
        "value_base": value.base,
        "contributions": sorted(parts, key=lambda part: -abs(part["decline_points"])),
    }


def show(console: Console, facts: Mapping[str, Any]) -> None:
    """Print the explanation; readable at 80 columns."""
    currency = facts["currency"]
    console.print(Text(f"{facts['client_id']}  at {facts['as_of']}", style="bold"))
    interval = f"{_amount(facts['value_low'])} to {_amount(facts['value_high'])}"
    for name, text in (
        ("value", f"{_amount(facts['value'])} {currency} expected ({interval})"),
        ("decline", f"{facts['decline_probability']:.1%} probable"),
        ("tier", facts["tier_reason"]),
        ("stage", facts["stage"]),
        ("types", f"{facts['relationship_type']}, {facts['need_type']}"),
        ("segment", f"{facts['segment']}: {facts['segment_name']}"),
    ):
        console.print(Text(f"{name:<9}{text}"))
    console.print(_table(facts))
    rest = sum(part["decline_points"] for part in facts["contributions"][_SHOWN:])
    console.print(
        Text(
            f"Unknown client {facts['decline_base_points']:.1f}%, the rows above, all other features {rest:+.1f} "
            f"points: together {facts['decline_probability']:.1%}."
        )
    )


def _table(facts: Mapping[str, Any]) -> Table:
    shown = facts["contributions"][:_SHOWN]
    widest = max((abs(part["decline_points"]) for part in shown), default=0.0) or 1.0
    table = Table(title="What moves it most", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("feature", overflow="fold")
    table.add_column("observed", justify="right", max_width=16)
    table.add_column("decline,\npoints", justify="right", no_wrap=True)
    table.add_column("")
    table.add_column(f"value,\n{facts['currency']}", justify="right", no_wrap=True)
    for part in shown:
        points = part["decline_points"]
        bar = "█" * max(round(abs(points) / widest * _BAR), 1)
        table.add_row(
            Text(part["feature"]),
            Text(_observed(part["observed"])),
            f"{points:+.1f}",
            Text(bar, style="red" if points > 0 else "green"),
            f"{_amount(part['value'], signed=True)}",
        )
    return table


def _plain(value: Any) -> float | str | None:
    if isinstance(value, str):
        return value
    return None if value is None or np.isnan(value) else float(value)


def _observed(value: float | str | None) -> str:
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    return _amount(value) if abs(value) >= _MANY else f"{value:.2f}"


def _amount(value: float, *, signed: bool = False) -> str:
    """An amount as a person says it.

    >>> _amount(12_345_678.0), _amount(950.0, signed=True)
    ('12.3m', '+950')
    """
    sign = "+" if signed else ""
    for limit, unit in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(value) >= limit:
            return f"{value / (1e3 if unit == 'k' else limit):{sign},.1f}{unit}"
    return f"{value:{sign},.0f}"
