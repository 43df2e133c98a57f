"""Value over a longer horizon than outcomes cover: learned over a shorter one, extended in closed form.

Where a book is too young for outcomes of the whole horizon, no model can learn them; only "buy till you die" models
look further ahead than they have seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import scipy

from models.errors import InternalError
from models.learners.contributions import Contributions
from models.learners.value.calibration import ValueCalibration
from models.learners.value.candidate import CandidateInputs, ValueCandidate, log_parts
from models.learners.value.candidates import candidate_from_texts
from models.learners.value.purchases import PurchaseCandidate
from models.vocab import BoolArray, FloatArray, IntArray

_LEARNED, _CLOSED = "learned", "closed"
_SHORT = "short_periods"
_GROUPS = 200
_LEAST_SLOPE = 0.05
"""As calibration has it: amounts that are equal keep a trace of the ranking."""
_NEAREST = 1e-9
"""Points of a line that lie nearer than this, in logarithms, are one."""


@dataclass(frozen=True, kw_only=True)
class Extension:
    """Geometric mean of two ways to foretell a long horizon: the closed form, and what was learned, stretched by it.

    Stretched = ``learned`` * ``closed`` over its own horizon / ``closed`` over ``short_periods``, the horizon that
    ``learned`` knows. In logarithms, in which all parts add up: learned / 2 + closed(long) - closed(short) / 2.
    """

    name: ClassVar[str] = "extension"

    learned: ValueCandidate
    closed: PurchaseCandidate
    short_periods: int

    @classmethod
    def fit(
        cls, learned: ValueCandidate, inputs: CandidateInputs, matrix: FloatArray, *, horizon_periods: int
    ) -> Extension:
        """Extend ``learned``, fitted on ``inputs``, from their horizon to ``horizon_periods``.

        The closed form needs no outcomes: its parameters are those of the past of ``matrix`` (n, n_features), the
        clients as of the date from which is predicted. Raises what ``PurchaseCandidate`` raises.
        """
        if horizon_periods < inputs.horizon_periods:
            raise InternalError(f"{inputs.horizon_periods} periods cannot be extended to {horizon_periods}")
        rows: BoolArray = np.ones(len(matrix), dtype=np.bool_)
        now = replace(inputs, matrix=matrix, value=np.zeros(len(matrix)), latest=rows, weight=None)
        closed = PurchaseCandidate.fit(replace(now, horizon_periods=horizon_periods))
        return cls(learned=learned, closed=closed, short_periods=inputs.horizon_periods)

    @property
    def tree_count(self) -> int:
        """How many trees."""
        return self.learned.tree_count

    def log_value(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of the value over the long horizon, in currency. (n, n_features) -> (n,)."""
        learned, long, short = (model.log_value(matrix) for model in self._models())
        return learned / 2 + long - short / 2

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of ``log_value``: those of the three terms, added."""
        learned, long, short = (model.explain(matrix) for model in self._models())
        return log_parts(
            base=learned.base / 2 + long.base - short.base / 2,
            values=learned.values / 2 + long.values - short.values / 2,
            prediction=learned.prediction / 2 + long.prediction - short.prediction / 2,
        )

    def importance(self) -> FloatArray:
        """Share of the gain of what was learned, (n_features,)."""
        return self.learned.importance()

    def amounts(self, matrix: FloatArray) -> ValueCalibration:
        """Gives the ranking of this model amounts, as they are over the clients of ``matrix``, who must be many.

        The shape is that of the closed form, whose largest amounts are shrunk towards the mean as trees do not shrink
        them: the first client gets the largest amount, and so on. Then the level is put right by size on what was
        learned, stretched: of a tenth of the clients outcomes tell how much they bring, of the few largest they do not.
        """
        logs = self.log_value(matrix)
        shape = _same_distribution(logs, np.sort(np.exp(self.closed.log_value(matrix))))
        level = ValueCalibration.fit(shape.log_value(logs), np.exp(self.stretched(matrix)))
        return composed(shape, level)

    def stretched(self, matrix: FloatArray) -> FloatArray:
        """Logarithm of what was learned, stretched to the long horizon. (n, n_features) -> (n,)."""
        learned, long, short = (model.log_value(matrix) for model in self._models())
        return learned + long - short

    def to_texts(self) -> dict[str, str]:
        """The texts of both models, each file under its part, and the short horizon."""
        facts = json.dumps({_SHORT: self.short_periods, _LEARNED: self.learned.name})
        parts = {_LEARNED: self.learned, _CLOSED: self.closed}
        return {"settings.json": facts} | {
            f"{part}.{file}": text for part, model in parts.items() for file, text in model.to_texts().items()
        }

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, threads: int) -> Extension:
        """Read what ``to_texts`` wrote."""
        facts = json.loads(texts["settings.json"])
        closed = PurchaseCandidate.from_texts(_under(_CLOSED, texts), threads=threads)
        learned = candidate_from_texts(facts[_LEARNED], _under(_LEARNED, texts), threads=threads)
        return cls(learned=learned, closed=closed, short_periods=facts[_SHORT])

    def _models(self) -> tuple[ValueCandidate, PurchaseCandidate, PurchaseCandidate]:
        """What was learned, the closed form over the long horizon, and over the short one."""
        return self.learned, self.closed, replace(self.closed, horizon_periods=self.short_periods)


def _under(part: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {file.removeprefix(f"{part}."): text for file, text in texts.items() if file.startswith(f"{part}.")}


def composed(first: ValueCalibration, second: ValueCalibration) -> ValueCalibration:
    """``second`` after ``first`` as one rising line, exact but for points that all but coincide.

    >>> twice = ValueCalibration(at=(0.0, 1.0), to=(0.0, 2.0))
    >>> composed(twice, twice)
    ValueCalibration(at=(0.0, 0.5, 1.0), to=(0.0, 2.0, 3.0))
    """
    inverse = ValueCalibration(at=first.to, to=first.at)
    at = np.union1d(np.asarray(first.at), inverse.log_value(np.asarray(second.at)))
    at = at[_apart(at)]
    return ValueCalibration(at=tuple(at.tolist()), to=tuple(second.log_value(first.log_value(at)).tolist()))


def carried_over(calibration: ValueCalibration, factor: float) -> ValueCalibration:
    """A calibration learned where values were smaller, for where the mean is ``factor`` times as much.

    What counts is how a client stands to the mean: what was learned over one horizon is taken to hold over another.

    >>> carried_over(ValueCalibration(at=(0.0,), to=(1.0,)), 1.0)
    ValueCalibration(at=(0.0,), to=(1.0,))
    """
    shift = float(np.log(factor))
    return ValueCalibration(
        at=tuple(at + shift for at in calibration.at), to=tuple(to + shift for to in calibration.to)
    )


def _same_distribution(logs: FloatArray, amounts: FloatArray) -> ValueCalibration:
    """A rising line that gives ``logs`` (n,) the distribution of ``amounts`` (n,), which rise; their total is kept.

    Points are means of half a percent of the clients, at the top of ever fewer: 16, 8, 4, 2, 1.
    """
    ordered = np.sort(logs)
    starts = _starts(len(ordered))
    starts = starts[_apart(_means(ordered, starts))]
    at = _means(ordered, starts)
    floor, size = _LEAST_SLOPE * at, np.diff(starts, append=len(ordered))
    to = floor + scipy.optimize.isotonic_regression(np.log(_means(amounts, starts)) - floor, weights=size).x
    foreseen = np.exp(ValueCalibration(at=tuple(at), to=tuple(to)).log_value(ordered))
    to += np.log(amounts.sum() / foreseen.sum())
    return ValueCalibration(at=tuple(at.tolist()), to=tuple(to.tolist()))


def _means(values: FloatArray, starts: IntArray) -> FloatArray:
    """Of the groups that begin at ``starts``."""
    return np.asarray(np.add.reduceat(values, starts) / np.diff(starts, append=len(values)))


def _apart(points: FloatArray) -> BoolArray:
    """Which of rising ``points`` lie apart from the one before: many clients may score alike."""
    return np.concatenate([[True], np.diff(points) > _NEAREST])


def _starts(clients: int) -> IntArray:
    """First places of the groups, lowest first.

    >>> _starts(8)
    array([0, 1, 2, 3, 4, 5, 6, 7])
    """
    even = np.linspace(0, clients, min(_GROUPS, clients), endpoint=False).astype(np.int64)
    top = clients - 2 ** np.arange(int(np.log2(max(clients / _GROUPS, 1))) + 1)
    return np.unique(np.concatenate([even, top]))
