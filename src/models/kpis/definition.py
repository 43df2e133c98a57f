"""The definition of a figure: formula, unit, domain, source, and what it says when it is not known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from models.kpis.concentration import Concentration
from models.relations.reading import Reader, Window
from models.shell.units import KpiUnit
from models.text import Phrase, Text

_NOBODY = Text("nobody counts")
Better = Literal["up", "down", ""]
End = Literal["start", "end"]


class Form(StrEnum):
    """The way in which a figure comes about, which decides its interval."""

    SHARE = "share"
    RATIO = "ratio"
    CENSUS = "census"
    SCORE = "score"


class ShownIn(StrEnum):
    """A place where figures are shown side by side."""

    TILES = "tiles of the page of figures"
    TRENDS = "trend plots of the page of figures"
    GROUPS = "tables by group on the page of figures"
    OVERVIEW = "tiles of the overview"
    TERMINAL_GROUPS = "tables by group in the terminal"


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One figure.

    Attributes:
        formula: has places for settings of ``kpis``, e.g. ``{answer_hours:g}``.
        needs: tables without which it is not known; ``needs_scores``: so are published scores.
        nothing: why it is not known where nobody counts.
        scale: from the ratio of sums to the unit; ``least`` and ``most`` bound it in its unit.
        grouped_at: the end of the window at which a client's tier and type are taken: what happens within must not
            decide where it is counted.
        is_effect: it compares with doing nothing, so that an interval that holds 0 must be said.
        parts: what each client adds to it; ``scored_parts``: the same of a figure that looks at published scores, which
            come as a table with their as-of date; ``of_concentration``: the figure of a concentration.
        shown: place -> rank there, lowest first; ``short_title`` heads a column where the name is too long.
    """

    name: str
    title: Phrase
    formula: Phrase
    unit: KpiUnit
    form: Form
    needs: tuple[str, ...] = ()
    needs_scores: bool = False
    nothing: Phrase = _NOBODY
    scale: float = 1.0
    least: float = -math.inf
    most: float = math.inf
    grouped_at: End = "end"
    better: Better = "up"
    source: str = ""
    is_effect: bool = False
    parts: Callable[[Reader, Window], Any] | None = None
    scored_parts: Callable[[Reader, Window, Any, date], Any] | None = None
    of_concentration: Callable[[Concentration], float] | None = None
    shown: Mapping[ShownIn, int] = field(default_factory=dict)
    short_title: str = ""

    @property
    def head(self) -> str:
        """The title of a narrow column of a terminal."""
        return self.short_title or self.name
