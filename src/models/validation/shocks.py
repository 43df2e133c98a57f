"""Shocks of inputs: which features of a panel each moves, by how much, and what is assumed; nothing is scored here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models.config.root import Config
from models.config.validation import ValidationConfig
from models.panel.macro import Macro
from models.validation.report import LeftOut, ShockKind
from models.vocab import FloatArray

Change = Callable[[FloatArray], FloatArray]
"""The numbers of a feature (n,), NaN where not known -> the same after a shock."""
ARREARS = "arrears"
"""The kind of cashflow, and the beginning of features that tell how long something is overdue."""
_MOST_GRADES = 40
"""A rating scale has so many grades or fewer; more distinct numbers are probabilities without grades."""
_USUAL_NOTCH = 1.6
"""Where a book shows no grades: about the step between neighbours of a scale of 17 grades from 0.03% to 50%."""
_AMOUNTS = ("_sum_", "_count_")


@dataclass(frozen=True, kw_only=True)
class InputShock:
    """A shock: feature -> its change; all at once, whatever else they would bring with them."""

    key: str
    title: str
    assumption: str
    kind: ShockKind
    changes: Mapping[str, Change]

    def applied(self, features: pd.DataFrame) -> pd.DataFrame:
        """The features after it; what is not known stays so. (n_clients, n_features)."""
        moved = {name: change(features[name].to_numpy(dtype=np.float64)) for name, change in self.changes.items()}
        return features.assign(**moved)


@dataclass(frozen=True, kw_only=True)
class ShockPlan:
    """The shocks of a book: ``features`` of its clients, ``weight`` of inputs, and its ``macro`` figures if it has any.

    ``known`` are the names that the models look at.
    """

    features: pd.DataFrame
    known: Sequence[str]
    weight: Mapping[str, float]
    config: Config
    macro: Macro | None

    @property
    def _sizes(self) -> ValidationConfig:
        return self.config.validation

    def shocks(self) -> Iterator[InputShock]:
        """All that the book allows: inputs one by one, events, and the economy last."""
        for name in self.leading:
            yield from self._of_input(name)
        yield from self.scenarios
        yield from self.of_economy

    def left_out(self) -> Iterator[LeftOut]:
        """Shocks for which the models look at nothing."""
        there = {shock.key for shock in self.scenarios}
        for key, title in (("arrears", "Arrears"), ("limits", "Limits cut"), ("ratings", "Ratings one notch worse")):
            if key not in there:
                yield LeftOut(title=title, why="the models look at no input that tells of it")
        if not self.of_economy:
            yield LeftOut(
                title="Macro stress",
                why="the models look at no figure of the economy; the scenario downturn stands for it",
            )

    @cached_property
    def leading(self) -> list[str]:
        """The numeric inputs that move the models most and differ between clients."""
        numbers = [name for name in self.known if pd.api.types.is_numeric_dtype(self.features[name])]
        spread = [name for name in numbers if self.features[name].std() > 0 and self.weight.get(name, 0.0) > 0]
        return sorted(spread, key=lambda name: (-self.weight[name], name))[: self._sizes.shocked_inputs]

    def _of_input(self, name: str) -> Iterator[InputShock]:
        """Both ways, within what is seen of any client: beyond, trees say what they say at the edge."""
        column, sizes = self.features[name], self._sizes
        low, high, spread = float(column.min()), float(column.max()), float(column.std())
        for sign, word, mark in ((1, "up", "+"), (-1, "down", "-")):
            step = sign * sizes.deviations * spread
            yield InputShock(
                key=f"{name}-{word}-deviation",
                title=f"{name} {mark}{sizes.deviations:g} sd",
                assumption=f"{name} {word} by {abs(step):.4g} ({sizes.deviations:g} standard deviations of the "
                "clients), within the range that is seen",
                kind=ShockKind.INPUT,
                changes={name: _plus(step, low, high)},
            )
            factor = 1 + sign * sizes.relative
            yield InputShock(
                key=f"{name}-{word}-share",
                title=f"{name} {mark}{sizes.relative:.0%}",
                assumption=f"{name} {word} by {sizes.relative:.0%} of itself, within the range that is seen",
                kind=ShockKind.INPUT,
                changes={name: _times(factor, low, high)},
            )

    @cached_property
    def scenarios(self) -> tuple[InputShock, ...]:
        """Arrears, limits, ratings and business, and all of these but limits, which we cut ourselves, at once."""
        sizes, cut = self._sizes, 1 - self._sizes.business_cut
        found = [
            self._scenario(
                "arrears",
                f"Arrears times {sizes.arrears_factor:g}",
                f"what is overdue is {sizes.arrears_factor:g} times as much, as often and as long; who is not in "
                "arrears stays so",
                {name: _times(sizes.arrears_factor) for name in self._arrears()},
            ),
            self._scenario(
                "limits",
                f"Limits cut by {sizes.limit_cut:.0%}",
                f"every limit is cut by {sizes.limit_cut:.0%} today; what is drawn, and the exposure, stays",
                dict(self._limits()),
            ),
            self._scenario(
                "ratings",
                "Ratings one notch worse",
                f"every rating of a client and its group has {self.notch:.3g} times its probability of default, "
                "since today",
                dict(self._ratings()),
            ),
            self._scenario(
                "business",
                f"Business less by {sizes.business_cut:.0%}",
                f"clients brought and did {sizes.business_cut:.0%} less in every window of the past; a decline is "
                "counted against that smaller past",
                {name: _times(cut) for name in self._business()},
            ),
        ]
        known = [each for each in found if each is not None]
        together = self._scenario(
            "downturn",
            "Downturn: all but limits",
            "; ".join(each.title.lower() for each in known if each.key != "limits"),
            {name: change for each in known if each.key != "limits" for name, change in each.changes.items()},
        )
        return tuple([*known, together] if together is not None and len(known) > 1 else known)

    def _scenario(self, key: str, title: str, assumption: str, changes: Mapping[str, Change]) -> InputShock | None:
        if not changes:
            return None
        return InputShock(key=key, title=title, assumption=assumption, kind=ShockKind.SCENARIO, changes=changes)

    def _arrears(self) -> list[str]:
        measures = [name for name, each in self.config.features.measures.items() if set(each.kinds) == {ARREARS}]
        starts = tuple(f"{name}{part}" for name in measures for part in _AMOUNTS)
        return [name for name in self.known if name.startswith(starts) or name == f"{ARREARS}_days"]

    def _limits(self) -> Iterator[tuple[str, Change]]:
        left = 1 - self._sizes.limit_cut
        for name in self.known:
            if name in {"facility_open_limit", "facility_limit_mean"}:
                yield name, _times(left)
            elif name in {"facility_utilisation", "funnel_open_per_limit"}:
                yield name, _times(1 / left)
            elif name.startswith("facility_limit_growth_"):
                yield name, lambda growth: np.asarray((1 + growth) * left - 1)

    def _ratings(self) -> Iterator[tuple[str, Change]]:
        for state in self._rating_states():
            now = self.features[f"{state}_last"].to_numpy(dtype=np.float64)
            worse = np.minimum(now * self.notch, 1.0)
            for name in self.known:
                if name == f"{state}_last":
                    yield name, _instead(worse)
                elif name == f"group_{state}_mean":
                    yield name, _times(self.notch, -np.inf, 1.0)
                elif name.startswith((f"{state}_change_", f"{state}_movement_")):
                    yield name, _plus(worse - now)

    @cached_property
    def notch(self) -> float:
        """How many times the probability of default of a grade is that of the next better one."""
        if self._sizes.notch is not None:
            return self._sizes.notch
        seen = [self.features[f"{state}_last"].dropna().unique() for state in self._rating_states()]
        grades = np.sort(np.concatenate([each[each > 0] for each in seen])) if seen else np.empty(0)
        if not 1 < len(grades) <= _MOST_GRADES:
            return _USUAL_NOTCH
        return float(np.median(grades[1:] / grades[:-1]))

    def _rating_states(self) -> list[str]:
        """States that hold the probability of default of a rating."""
        measures = self.config.features.measures.items()
        rated = [name for name, each in measures if each.table == "ratings" and each.column == "pd"]
        return [name for name in rated if f"{name}_last" in self.known]

    def _business(self) -> list[str]:
        """Amounts and counts of all that is business: not of arrears, write-offs and what clients complain of."""
        bad = {ARREARS, "write_off", "recovery", "complaint"}
        measures = self.config.features.measures.items()
        flows = [name for name, each in measures if each.table == "cashflows" and not set(each.kinds) & bad]
        starts = tuple(f"{name}{part}" for name in ("value", "activity", *flows) for part in _AMOUNTS)
        return [name for name in self.known if name.startswith(starts)]

    @cached_property
    def of_economy(self) -> tuple[InputShock, ...]:
        """Each figure of the economy up and down, by as much as it rarely moves, or by what the config names."""
        if self.macro is None:
            return ()
        return tuple(
            shock
            for column in self.macro.values
            if f"macro_{column}_last" in self.known and _deviation(self.macro.values[column]) > 0
            for shock in self._economy(column, self.macro)
        )

    def _economy(self, column: str, macro: Macro) -> Iterator[InputShock]:
        given = self._sizes.macro.get(column)
        usual = self._sizes.macro_deviations * _deviation(macro.values[column])
        for step in [given] if given is not None else [usual, -usual]:
            word = "up" if step > 0 else "down"
            source = "as the config says" if given is not None else f"{self._sizes.macro_deviations:g} sd of its past"
            names = [
                name for name in self.known if name.startswith((f"macro_{column}_last", f"macro_{column}_change_"))
            ]
            yield InputShock(
                key=f"macro-{column}-{word}",
                title=f"{column} {word} by {abs(step):.3g}",
                assumption=f"{column} of every country {word} by {abs(step):.3g} today ({source})",
                kind=ShockKind.MACRO,
                changes=dict.fromkeys(names, _plus(step)),
            )


def _times(factor: float, low: float = -np.inf, high: float = np.inf) -> Change:
    return lambda values: np.clip(values * factor, low, high)


def _plus(step: float | FloatArray, low: float = -np.inf, high: float = np.inf) -> Change:
    return lambda values: np.clip(values + step, low, high)


def _instead(others: FloatArray) -> Change:
    return lambda _: others


def _deviation(values: FloatArray) -> float:
    """Standard deviation over time within countries, over all of them; (periods, countries), NaN where not known."""
    known = values[:, ~np.isnan(values).all(axis=0)]
    centred = known - np.nanmean(known, axis=0, keepdims=True)
    return float(np.sqrt(np.nanmean(np.square(centred)))) if known.size else 0.0
