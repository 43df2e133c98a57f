"""The figures of one as-of date, in all and by group, from the book and the scores published by then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from models.book.periods import WHOLE_PERIODS_PER_YEAR, PeriodGrid
from models.codec import NOT_WRITTEN
from models.config.kpis import ScorePart
from models.config.policy.tiers import TierScale
from models.errors import InternalError
from models.kpis.campaign_effect import CampaignResult, pooled_roi
from models.kpis.campaigns import campaigns_within
from models.kpis.catalogue import CATALOGUE
from models.kpis.concentration import Concentration, concentration
from models.kpis.definition import Definition, Form
from models.kpis.estimates import KpiEstimate, figures_by_group, shown, unknown
from models.kpis.groups import Groups, PublishedGroups, group_order, overridden
from models.kpis.reasons import no_scores_until, no_tables
from models.kpis.relationship_score import relationship_score
from models.kpis.tier_moves import tier_moves
from models.relations.reading import Reader, Window
from models.text import Text
from models.vocab import IntArray

ALL = "all"
_ROI, _SCORE = "campaign_roi", "relationship_score"


@dataclass(frozen=True, kw_only=True)
class KpiRow:
    """One figure of one group, as in ``KpiEstimate``; ``dimension`` and ``group`` are ``all`` for the whole book.

    ``missing`` is ``why`` in English.
    """

    as_of: date
    dimension: str
    group: str
    figure: str
    estimate: float | None
    low: float | None
    high: float | None
    clients: int
    count: int | float
    missing: str
    why: Annotated[Text | None, NOT_WRITTEN] = None

    @classmethod
    def of(cls, name: str, found: KpiEstimate, *, as_of: date, dimension: str = ALL, group: str = ALL) -> KpiRow:
        """The figure ``name`` as it was found for a group."""
        return cls(
            as_of=as_of,
            dimension=dimension,
            group=group,
            figure=name,
            estimate=found.estimate,
            low=found.low,
            high=found.high,
            clients=found.clients,
            count=found.count,
            missing=found.missing,
            why=found.why,
        )

    @property
    def found(self) -> KpiEstimate:
        """The figure alone."""
        return KpiEstimate(
            estimate=self.estimate,
            low=self.low,
            high=self.high,
            clients=self.clients,
            count=self.count,
            why=self.why,
        )

    def shown(self, *, fewest: int) -> KpiRow:
        """The same, but for a figure that stands on fewer than ``fewest`` clients."""
        found = shown(self.found, fewest=fewest)
        return KpiRow.of(self.figure, found, as_of=self.as_of, dimension=self.dimension, group=self.group)


@dataclass(frozen=True, kw_only=True)
class At:
    """One as-of date: its window, and who belongs where at either end of it."""

    window: Window
    at_start: Groups
    at_end: Groups

    def groups(self, definition: Definition) -> Groups:
        """The groups in which a figure counts clients."""
        return self.at_start if definition.grouped_at == "start" else self.at_end


@dataclass(frozen=True)
class Counting:
    """Counts a book's figures at any date of its grid, by number of the period that begins there."""

    reader: Reader
    grid: PeriodGrid
    published: PublishedGroups
    regions: pd.Series
    catalogue: Mapping[str, Definition] = field(default_factory=lambda: CATALOGUE)

    def covers(self, number: int) -> bool:
        """Whether the book had begun before the window that ends there."""
        return self.at(number).window.start >= self.reader.book.first_date

    def at(self, number: int) -> At:
        """The window that ends where a period begins, and its groups."""
        config = self.reader.config
        window = Window.ending(
            self.grid,
            number=number,
            periods=config.kpis.window_periods or WHOLE_PERIODS_PER_YEAR[config.time.period],
            activity_periods=config.time.activity_periods,
        )
        return At(window=window, at_start=self._groups(window.start), at_end=self._groups(window.end))

    def rows(
        self, number: int, *, dimensions: tuple[str, ...] = (), campaigns: Sequence[CampaignResult] | None = None
    ) -> list[KpiRow]:
        """Every figure at one date, in the order of the catalogue: the whole book first, then group by group.

        Returns of campaigns are reported where ``campaigns`` of the window are given.
        """
        at = self.at(number)
        rows = [row for name in self.catalogue for row in self._rows(name, at, dimensions)]
        if campaigns is not None:
            rows.append(KpiRow.of(_ROI, _roi(campaigns, at), as_of=at.window.end))
        fewest = self.reader.config.kpis.min_clients
        rows = [row.shown(fewest=fewest) for row in rows]
        rows += _scores(rows, self.reader.config.kpis.score, at.window.end, at.at_end.scale)
        places = {name: place for place, name in enumerate((*self.catalogue, ALL, *dimensions))}
        return sorted(rows, key=lambda row: (places[row.figure], places[row.dimension]))

    def campaigns(self, number: int) -> tuple[CampaignResult, ...]:
        """Campaigns that began within the window that ends there, or whose outcomes became complete in it."""
        return campaigns_within(self.reader, self.at(number).window)

    def _groups(self, until: date) -> Groups:
        return Groups(until=until, scores=self.published.until(until), regions=self.regions)

    def _rows(self, name: str, at: At, dimensions: tuple[str, ...]) -> list[KpiRow]:
        definition = self.catalogue[name]
        missing = self._missing(definition, at)
        if definition.form is Form.SCORE or name == _ROI:
            return []
        if missing:
            return [KpiRow.of(name, unknown(missing), as_of=at.window.end)]
        if name in _WHOLE_BOOK:
            return [KpiRow.of(name, _WHOLE_BOOK[name](self, at), as_of=at.window.end)]
        if definition.of_concentration is not None:
            return self._concentration(definition, at, dimensions)
        return _grouped(definition, self._parts(definition, at), at, dimensions)

    def _missing(self, definition: Definition, at: At) -> Text | None:
        absent = [table for table in definition.needs if not self.reader.has(table)]
        if absent:
            return no_tables(absent)
        if definition.needs_scores and at.at_end.scores is None:
            return no_scores_until(at.window.end)
        return None

    def _parts(self, definition: Definition, at: At) -> pd.DataFrame:
        scores = at.at_end.scores
        if definition.parts is not None:
            return self.reader.frame(definition.parts(self.reader, at.window))
        if definition.scored_parts is None or scores is None:
            raise InternalError(f"nothing says what each client adds to {definition.name}")
        clients = scores.columns.index.to_numpy(dtype=object)
        values = pa.table(
            {"client_id": clients, "value": scores.columns["value"].to_numpy(), "is_active": at.at_end.active}
        )
        return self.reader.frame(definition.scored_parts(self.reader, at.window, ibis.memtable(values), scores.as_of))

    def _concentration(self, definition: Definition, at: At, dimensions: tuple[str, ...]) -> list[KpiRow]:
        margin = self.reader.frame(self.reader.margin(at.window.start, at.window.end))
        amounts = margin["margin"].to_numpy(dtype=np.float64)
        rows = []
        for dimension, names, places in _cuts(margin["client_id"], at.groups(definition), dimensions):
            for number, group in enumerate(names):
                found = concentration(amounts[places == number], top=self.reader.config.kpis.top_clients)
                figure = _census(definition, found)
                rows.append(KpiRow.of(definition.name, figure, as_of=at.window.end, dimension=dimension, group=group))
        return rows


def _roi(campaigns: Sequence[CampaignResult], at: At) -> KpiEstimate:
    found = [each for each in campaigns if at.window.start < each.complete_on]
    return pooled_roi(found, CATALOGUE[_ROI].nothing)


_WHOLE_BOOK: dict[str, Callable[[Counting, At], KpiEstimate]] = {
    "upgraded": lambda counting, at: tier_moves(counting.published, at.window.end).upgraded,
    "downgraded": lambda counting, at: tier_moves(counting.published, at.window.end).downgraded,
    "overridden": lambda _, at: overridden(at.at_end.scores).share,
    "overridden_up": lambda _, at: overridden(at.at_end.scores).up,
    "overridden_down": lambda _, at: overridden(at.at_end.scores).down,
}
"""Figures of the whole book only."""


def _grouped(definition: Definition, parts: pd.DataFrame, at: At, dimensions: tuple[str, ...]) -> list[KpiRow]:
    top, bottom = (parts[name].to_numpy(dtype=np.float64) for name in ("top", "bottom"))
    rows = []
    for dimension, names, places in _cuts(parts["client_id"], at.groups(definition), dimensions):
        figures = figures_by_group(definition, top, bottom, places, groups=len(names))
        rows += [
            KpiRow.of(definition.name, figure, as_of=at.window.end, dimension=dimension, group=group)
            for group, figure in zip(names, figures, strict=True)
        ]
    return rows


def _cuts(
    clients: pd.Series, groups: Groups, dimensions: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], IntArray]]:
    """Dimension, names of its groups and place of each client: the whole first, then each dimension that is known."""
    yield ALL, (ALL,), np.zeros(len(clients), dtype=np.int64)
    for dimension in dimensions:
        if not groups.missing(dimension):
            places, names = groups.places(dimension, clients)
            yield dimension, names, places


def _census(definition: Definition, found: Concentration | None) -> KpiEstimate:
    if found is None or definition.of_concentration is None:
        return unknown(definition.nothing)
    return KpiEstimate(estimate=definition.of_concentration(found), clients=found.clients, count=found.clients)


def _scores(rows: Sequence[KpiRow], weights: Mapping[ScorePart, float], as_of: date, scale: TierScale) -> list[KpiRow]:
    """The relationship score of each group, from the figures of that group."""
    by_group: dict[tuple[str, str], dict[str, KpiEstimate]] = {}
    for row in rows:
        by_group.setdefault((row.dimension, row.group), {})[row.figure] = row.found
    whole = by_group[ALL, ALL]
    return [
        KpiRow.of(
            _SCORE,
            relationship_score(figures, dict(weights), whole=whole),
            as_of=as_of,
            dimension=dimension,
            group=group,
        )
        for (dimension, group), figures in sorted(by_group.items(), key=lambda each: group_order(each[0][1], scale))
    ]
