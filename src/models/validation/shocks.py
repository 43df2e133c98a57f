"""Shocks of inputs: which features of a panel each moves, by how much, and what is assumed; nothing is scored here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import pandas as pd

from models.config.root import Config
from models.config.validation import ValidationConfig
from models.panel.macro import Macro
from models.text import SENTENCES, Phrase, Text
from models.validation.report import LeftOut, ShockKind
from models.vocab import FloatArray

Change = Callable[[FloatArray], FloatArray]
"""The numbers of a feature (n,), NaN where not known -> the same after a shock."""
ARREARS = "arrears"
_REPORTED_ARREARS = {f"{ARREARS}_days", f"{ARREARS}_amount_last"}
"""The kind of cashflow, and the beginning of features that tell how long something is overdue."""
_SEVERAL = 2
_MOST_GRADES = 40
"""A rating scale has so many grades or fewer; more distinct numbers are probabilities without grades."""
_USUAL_NOTCH = 1.6
"""Where a book shows no grades: about the step between neighbours of a scale of 17 grades from 0.03% to 50%."""
_AMOUNTS = ("_sum_", "_count_")
_NO_INPUT = Text("the models look at no input that tells of it")
_LEFT_OUT = {
    "arrears": Text("Arrears", "shock"),
    "limits": Text("Limits cut", "shock"),
    "ratings": Text("Ratings one notch worse", "shock"),
}
_MACRO = Text("Macro stress", "shock")
_NO_ECONOMY = Text("the models look at no figure of the economy; the scenario downturn stands for it")
_DEVIATIONS = Text("{name} {mark}{size:g} sd", "shock")
_UP_BY = Text("{name} up by {step:.4g} ({size:g} standard deviations of the clients), within the range that is seen")
_DOWN_BY = Text(
    "{name} down by {step:.4g} ({size:g} standard deviations of the clients), within the range that is seen"
)
_RELATIVE = Text("{name} {mark}{size:.0%}", "shock")
_UP_SHARE = Text("{name} up by {size:.0%} of itself, within the range that is seen")
_DOWN_SHARE = Text("{name} down by {size:.0%} of itself, within the range that is seen")
_ARREARS = (
    Text("Arrears times {factor:g}", "shock"),
    Text("what is overdue is {factor:g} times as much, as often and as long; who is not in arrears stays so"),
)
_LIMITS = (
    Text("Limits cut by {share:.0%}", "shock"),
    Text("every limit is cut by {share:.0%} today; what is drawn, and the exposure, stays"),
)
_RATINGS = Text("every rating of a client and its group has {notch:.3g} times its probability of default, since today")
_BUSINESS = (
    Text("Business less by {share:.0%}", "shock"),
    Text(
        "clients brought and did {share:.0%} less in every window of the past; a decline is counted against that "
        "smaller past"
    ),
)
_DOWNTURN = Text("Downturn: all but limits", "shock")
_TOGETHER = {
    "arrears": Text("arrears times {factor:g}", "part of a downturn"),
    "ratings": Text("ratings one notch worse", "part of a downturn"),
    "business": Text("business less by {share:.0%}", "part of a downturn"),
}
_ECONOMY_UP = (
    Text("{figure} up by {step:.3g}", "shock"),
    Text("{figure} of every country up by {step:.3g} today ({source})"),
)
_ECONOMY_DOWN = (
    Text("{figure} down by {step:.3g}", "shock"),
    Text("{figure} of every country down by {step:.3g} today ({source})"),
)
_GIVEN = Text("as the config says")
_USUAL = Text("{size:g} sd of its past")


@dataclass(frozen=True, kw_only=True)
class InputShock:
    """A shock: feature -> its change; all at once, whatever else they would bring with them."""

    key: str
    title: Text
    assumption: Phrase
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
        for key, title in _LEFT_OUT.items():
            if key not in there:
                yield LeftOut.of(title, _NO_INPUT)
        if not self.of_economy:
            yield LeftOut.of(_MACRO, _NO_ECONOMY)

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
        ways = ((1, "up", "+", _UP_BY, _UP_SHARE), (-1, "down", "-", _DOWN_BY, _DOWN_SHARE))
        for sign, word, mark, by_step, by_share in ways:
            step = sign * sizes.deviations * spread
            yield InputShock(
                key=f"{name}-{word}-deviation",
                title=_DEVIATIONS.filled(name=name, mark=mark, size=sizes.deviations),
                assumption=by_step.filled(name=name, step=abs(step), size=sizes.deviations),
                kind=ShockKind.INPUT,
                changes={name: _plus(step, low, high)},
            )
            factor = 1 + sign * sizes.relative
            yield InputShock(
                key=f"{name}-{word}-share",
                title=_RELATIVE.filled(name=name, mark=mark, size=sizes.relative),
                assumption=by_share.filled(name=name, size=sizes.relative),
                kind=ShockKind.INPUT,
                changes={name: _times(factor, low, high)},
            )

    @cached_property
    def scenarios(self) -> tuple[InputShock, ...]:
        """Arrears, limits, ratings and business, and all of these but limits, which we cut ourselves, at once."""
        sizes, cut = self._sizes, 1 - self._sizes.business_cut
        arrears, limits, business = (
            [each.filled(factor=sizes.arrears_factor, share=share) for each in texts]
            for texts, share in ((_ARREARS, 0.0), (_LIMITS, sizes.limit_cut), (_BUSINESS, sizes.business_cut))
        )
        by_arrears = {name: _times(sizes.arrears_factor) for name in self._arrears()}
        notch = _RATINGS.filled(notch=self.notch)
        found = [
            self._scenario("arrears", arrears[0], arrears[1], by_arrears),
            self._scenario("limits", limits[0], limits[1], dict(self._limits())),
            self._scenario("ratings", _LEFT_OUT["ratings"], notch, dict(self._ratings())),
            self._scenario("business", business[0], business[1], {name: _times(cut) for name in self._business()}),
        ]
        return self._with_downturn([each for each in found if each is not None])

    def _with_downturn(self, known: Sequence[InputShock]) -> tuple[InputShock, ...]:
        """The scenarios, and those of them that come together in a downturn, where there are several."""
        ours, sizes = [each for each in known if each.key != "limits"], self._sizes
        if not ours or len(known) < _SEVERAL:
            return tuple(known)
        parts = [_TOGETHER[each.key].filled(factor=sizes.arrears_factor, share=sizes.business_cut) for each in ours]
        together = InputShock(
            key="downturn",
            title=_DOWNTURN,
            assumption=reduce(lambda said, each: SENTENCES.filled(first=said, next=each), parts),
            kind=ShockKind.SCENARIO,
            changes={name: change for each in ours for name, change in each.changes.items()},
        )
        return (*known, together)

    def _scenario(self, key: str, title: Text, assumption: Text, changes: Mapping[str, Change]) -> InputShock | None:
        if not changes:
            return None
        return InputShock(key=key, title=title, assumption=assumption, kind=ShockKind.SCENARIO, changes=changes)

    def _arrears(self) -> list[str]:
        measures = [name for name, each in self.config.features.measures.items() if set(each.kinds) == {ARREARS}]
        starts = tuple(f"{name}{part}" for name in measures for part in _AMOUNTS)
        reported = (*starts, f"{ARREARS}_days_max_")
        return [name for name in self.known if name.startswith(reported) or name in _REPORTED_ARREARS]

    def _limits(self) -> Iterator[tuple[str, Change]]:
        left = 1 - self._sizes.limit_cut
        for name in self.known:
            if name in {"facility_open_limit", "facility_limit_mean", "balance_limit_last"}:
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
            title, assumption = _ECONOMY_UP if step > 0 else _ECONOMY_DOWN
            source = _GIVEN if given is not None else _USUAL.filled(size=self._sizes.macro_deviations)
            names = [
                name for name in self.known if name.startswith((f"macro_{column}_last", f"macro_{column}_change_"))
            ]
            yield InputShock(
                key=f"macro-{column}-{'up' if step > 0 else 'down'}",
                title=title.filled(figure=column, step=abs(step)),
                assumption=assumption.filled(figure=column, step=abs(step), source=source),
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
