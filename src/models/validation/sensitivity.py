"""Effects of shocks: the clients of a date scored and graded again with shocked inputs, all at once per shock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from models.book.door import Book
from models.comparison.scored import ScoredVersion
from models.config.validation import ValidationConfig
from models.grading.compute import Forecast, facts_of
from models.grading.decision import grade_book
from models.grading.known_overrides import overrides_at
from models.pipeline.pipeline import grade_matrix
from models.text import ENGLISH, Text, spoken
from models.validation.report import LeftOut, Sensitivity, ShockedTotals, ShockEffect, TierEffect
from models.validation.shocks import InputShock, ShockPlan
from models.vocab import BoolArray, IntArray, Progress, SilentProgress

_NOT_ACTIVE = Text("Clients without activity")
_ONLY_ACTIVE = Text("only active clients are shocked, counted and fitted again")


@dataclass(frozen=True, kw_only=True)
class ShockedBook:
    """The clients of a version at a date, to be shocked; tiers are ranks, 0 the best."""

    book: Book
    version: ScoredVersion
    sizes: ValidationConfig

    @cached_property
    def plan(self) -> ShockPlan:
        """The shocks that there are; figures of the economy are those published before the date."""
        version, models = self.version, self.version.bundle.models
        return ShockPlan(
            features=version.panel.features,
            known=models.contract.names,
            weight=self.weight,
            config=version.settings.model_copy(update={"validation": self.sizes}),
            macro=version.prepared.macro(0),
        )

    @cached_property
    def weight(self) -> dict[str, float]:
        """Input -> its share of what moves the models, as the bundle remembers it, else by what splits save."""
        models = self.version.bundle.models
        found = dict(self.version.bundle.reference.weight)
        if found:
            return found
        shares = np.maximum(models.value.importance(), models.decline.importance())
        return dict(zip(models.contract.names, shares.tolist(), strict=True))

    def sensitivity(self, progress: Progress = SilentProgress()) -> Sensitivity:
        """The effects of all shocks."""
        shocks = list(self.plan.shocks())
        tracked = progress.track(shocks, total=len(shocks), title="Shocking inputs")
        return Sensitivity(
            as_of=self._as_of,
            effects=tuple(self.effect(shock) for shock in tracked),
            left_out=(*self.plan.left_out(), *self._not_shocked()),
        )

    def _not_shocked(self) -> Iterator[LeftOut]:
        if self.version.bundle.models.cold is not None:
            yield LeftOut.of(_NOT_ACTIVE, _ONLY_ACTIVE)

    def effect(self, shock: InputShock) -> ShockEffect:
        """What one shock does: models, intervals and policy look at the shocked inputs alone."""
        version, models = self.version, self.version.bundle.models
        features = shock.applied(version.panel.features)
        panel = replace(version.panel, features=features)
        after = grade_matrix(models, models.contract.encode(features), panel)
        facts = replace(facts_of(after, panel), overrides=overrides_at(self.book, self._as_of))
        ranks = models.policy.scale.ranks(grade_book(models.policy, facts).tier, len(panel))
        everybody = np.ones(len(panel), dtype=np.bool_)
        return ShockEffect(
            key=shock.key,
            title=shock.title.within(ENGLISH),
            assumption=shock.assumption.within(ENGLISH),
            called=spoken(shock.title),
            assumed=spoken(shock.assumption),
            kind=shock.kind,
            inputs=tuple(shock.changes),
            touched=self._touched(shock, features[list(shock.changes)].to_numpy(dtype=np.float64)),
            before=_totals(version.said, everybody),
            after=_totals(after, everybody),
            up=int((ranks < self._ranks).sum()),
            down=int((ranks > self._ranks).sum()),
            tiers=tuple(self._by_tier(after, ranks)),
        )

    @property
    def _as_of(self) -> date:
        return self.version.panel.grid.anchor

    @cached_property
    def _ranks(self) -> IntArray:
        return self.version.bundle.models.policy.scale.ranks(self.version.tier, len(self.version.panel))

    def _touched(self, shock: InputShock, moved: np.ndarray) -> int:
        before = self.version.panel.features[list(shock.changes)].to_numpy(dtype=np.float64)
        return int((~np.isclose(before, moved, equal_nan=True)).any(axis=1).sum())

    def _by_tier(self, after: Forecast, ranks: IntArray) -> Iterator[TierEffect]:
        for place, name in enumerate(self.version.bundle.models.policy.scale.names):
            inside = self._ranks == place
            if inside.any():
                yield TierEffect(
                    tier=name,
                    before=_totals(self.version.said, inside),
                    after=_totals(after, inside),
                    moved=int((ranks[inside] != place).sum()),
                )


def _totals(forecast: Forecast, inside: BoolArray) -> ShockedTotals:
    loss = forecast.credit_loss[inside]
    return ShockedTotals(
        clients=int(inside.sum()),
        value=float(forecast.value[inside].sum()),
        decline=float(forecast.decline_probability[inside].mean()),
        credit_loss=None if np.isnan(loss).all() else float(np.nansum(loss)),
    )
