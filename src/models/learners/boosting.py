"""Gradient-boosted trees, fitted with LightGBM."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from models.config.learners import BoostingConfig, MonotoneConfig
from models.config.sections import RunConfig
from models.errors import FeatureContractError, InternalError, TooLittleDataError
from models.lazy import lazy
from models.learners.contract import FeatureContract
from models.learners.contributions import require_sums
from models.learners.shapley.along import ScoresAlong
from models.learners.shapley.kernel import ShapleyKernel
from models.learners.tree_library import LoadedTrees
from models.vocab import FloatArray

lightgbm = lazy("lightgbm")

_SIGNS = re.compile(r"\W")
_THREADS_IN_TEXT = re.compile(r"^\[num_threads: -?\d+\]$", flags=re.MULTILINE)
_SIGN = {"up": 1, "down": -1}
_CELLS_FOR_THREADS = 10_000_000
"""On fewer numbers threads wait for one another longer than they work: 4 million take 3.6 s on one, 4.5 s on two."""


@dataclass(frozen=True, kw_only=True)
class CustomLoss:
    """A loss of our own with several ``outputs`` per row, each the sum of its own trees.

    ``slopes`` takes raw scores (n, outputs) and the target (n,) and returns gradient and hessian, both (n, outputs),
    the hessian not negative. Scores start at 0; weights are applied outside.
    """

    outputs: int
    slopes: Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, kw_only=True)
class TreeParts:
    """What the features of each row add to its raw scores: ``bases`` + the sum of ``values`` over features = ``raw``.

    Shapes: ``values`` (n, outputs, n_features), ``bases`` (outputs,), ``raw`` (n, outputs), which LightGBM itself said.
    """

    values: FloatArray
    bases: FloatArray
    raw: FloatArray


@dataclass(frozen=True, kw_only=True)
class BoostedTrees:
    """A fitted ensemble, LightGBM's text; a prediction may use ``threads`` cores (0: all), which changes no number."""

    text: str
    threads: int = 0

    def __getstate__(self) -> dict[str, object]:
        """What other processes are sent: not what LightGBM and the kernel hold in the memory of this one."""
        return {"text": self.text, "threads": self.threads}

    @property
    def tree_count(self) -> int:
        """How many trees there are."""
        return self._loaded.tree_count

    @property
    def output_count(self) -> int:
        """How many numbers the trees say of each row: 1, or one per class or output of a loss."""
        return self._loaded.output_count

    @property
    def feature_count(self) -> int:
        """How many features each row must have."""
        return self._loaded.feature_count

    def gain_importance(self) -> FloatArray:
        """Loss that the splits on each feature saved in training. Shape (n_features,), not negative."""
        return self._loaded.gains()

    def raw_predict(self, matrix: FloatArray) -> FloatArray:
        """Sum of the trees for each row, before any link. (n, n_features) -> (n,); (n, outputs) if there are several.

        A row's result is its own. NaN is missing. Where training saw no missing number in a feature, LightGBM reads a
        missing one as 0.
        """
        scores = self._loaded.raw(self._checked(matrix), threads=self.threads)
        return scores[:, 0] if self.output_count == 1 else scores

    def explained(self, matrix: FloatArray) -> TreeParts:
        """Tree Shapley values beside the raw scores that they explain. (n, n_features) -> n rows, each its own.

        The scores are LightGBM's; what the Shapley kernel sums, and what it splits them into, is held against them in
        every row. Raises ``AdditivityError`` where they part. Source: Lundberg et al. (2020), path-dependent.
        """
        checked = self._checked(matrix)
        found, raw = self._kernel.explained(checked, threads=self.threads), self.raw_outputs(checked)
        by_output = found.contributions.reshape(len(matrix), self.output_count, self.feature_count + 1)
        require_sums("boosted trees", found.raw, raw)
        require_sums("boosted trees", by_output.sum(axis=2), raw)
        return TreeParts(values=by_output[:, :, :-1], bases=self.bases(), raw=raw)

    def contributions(self, matrix: FloatArray) -> FloatArray:
        """Tree Shapley values: (n, n_features) -> (n, n_features + 1), the base in the last column.

        Each row sums to ``raw_predict``. With several outputs these follow one another, each with its base.
        """
        return self.contributions_by_output(matrix).reshape(len(matrix), self.output_count * (self.feature_count + 1))

    def raw_outputs(self, matrix: FloatArray) -> FloatArray:
        """The same with one column per output. (n, n_features) -> (n, outputs)."""
        return self.raw_predict(matrix).reshape(len(matrix), self.output_count)

    def raw_along(self, matrix: FloatArray, values: FloatArray) -> FloatArray:
        """The raw scores with each of ``values`` in the last feature, a number; they rise and are above zero.

        (n, n_features - 1) and (m,) -> (n, m, outputs). To the bit what ``raw_outputs`` says of each, in less time.
        """
        return self._along.raw(matrix, values, threads=self.threads)

    def contributions_by_output(self, matrix: FloatArray) -> FloatArray:
        """(n, n_features) -> (n, outputs, n_features + 1), as ``contributions``, each output on its own."""
        parts = self.explained(matrix)
        bases = np.broadcast_to(parts.bases[:, np.newaxis], (*parts.raw.shape, 1))
        return np.concatenate([parts.values, bases], axis=2)

    def bases(self) -> FloatArray:
        """``base`` of each output. Shape (outputs,)."""
        return self._kernel.bases()

    def base(self) -> float:
        """What the trees say of a client of whom nothing is known: the base of every row's contributions."""
        return float(self.bases()[0])

    def to_text(self) -> str:
        """The ensemble as text; the same however many threads fitted it."""
        return self.text

    @classmethod
    def from_text(cls, text: str, *, threads: int = 0) -> BoostedTrees:
        """Read what ``to_text`` wrote; predictions are the same to the bit.

        The text must be whole: LightGBM ends the process on some damaged ones, so hold it against its hash
        first.
        """
        trees = cls(text=text, threads=threads)
        _ = trees._loaded  # what cannot be read fails now
        return trees

    @cached_property
    def _loaded(self) -> LoadedTrees:
        return LoadedTrees.of(self.text)

    @cached_property
    def _kernel(self) -> ShapleyKernel:
        """Made at the first explanation. Its tables depend on the trees alone, and so do the bits of every row."""
        return ShapleyKernel.of(self.to_text())

    @cached_property
    def _along(self) -> ScoresAlong:
        return ScoresAlong.of(self.to_text())

    def _checked(self, matrix: FloatArray) -> FloatArray:
        if matrix.ndim != 2 or matrix.shape[1] != self.feature_count:  # noqa: PLR2004
            raise FeatureContractError(
                rule=f"a matrix of {self.feature_count} features is needed",
                got=f"shape {matrix.shape}",
                remedy="encode the features with the contract of the model's bundle",
            )
        return np.ascontiguousarray(matrix, dtype=np.float64)


def fit_booster(  # noqa: PLR0913 - rows have a weight and a start, features a direction
    matrix: FloatArray,
    target: FloatArray,
    *,
    objective: Mapping[str, object] | CustomLoss,
    config: BoostingConfig,
    contract: FeatureContract,
    run: RunConfig,
    weight: FloatArray | None = None,
    monotone: Mapping[str, MonotoneConfig] | None = None,
    start: FloatArray | None = None,
) -> BoostedTrees:
    """Fit trees to ``target`` (n,) from ``matrix`` (n, n_features), encoded by ``contract``; NaN is missing.

    ``objective`` is LightGBM's, e.g. ``{"objective": "binary"}``, or a loss of our own; ``weight`` (n,) says how much
    each row counts; ``start`` (n,) are raw scores that the trees are added to and that they do not contain.
    ``monotone`` names features along which every output keeps a direction, whatever the other features are; a missing
    number stands outside it. The same rows in the same order, config and seed give the same text, on any number of
    threads. Row order matters, because rows are sampled: bring rows in a fixed order. Raises ``TooLittleDataError`` if
    there are too few rows for a single split, ``FeatureContractError`` for a direction of what has none.
    """
    if matrix.shape[0] < 2 * config.min_clients_per_leaf:
        raise TooLittleDataError(
            rule=f"at least {2 * config.min_clients_per_leaf} clients are needed to learn from",
            got=matrix.shape[0],
            remedy="take a longer history or more origins, or lower min_clients_per_leaf",
        )
    if not np.isfinite(target).all():
        raise InternalError("trees need a known target of every row: only matured outcomes may be learned")
    threads = 1 if matrix.size < _CELLS_FOR_THREADS else run.threads
    params = _params(config, run, threads) | _monotone_params(contract, monotone or {})
    data = lightgbm.Dataset(
        np.ascontiguousarray(matrix, dtype=np.float64),
        label=target,
        weight=weight,
        init_score=start,
        feature_name=_plain_names(contract.names),
        categorical_feature=list(contract.categorical),
        params=params if isinstance(objective, CustomLoss) else params | dict(objective),
    )
    booster = lightgbm.train(params | _objective_params(objective, target, weight), data, num_boost_round=config.trees)
    text = str(booster.model_to_string(num_iteration=-1))
    return BoostedTrees(text=_THREADS_IN_TEXT.sub("[num_threads: 0]", text), threads=run.threads)


def _objective_params(
    objective: Mapping[str, object] | CustomLoss, target: FloatArray, weight: FloatArray | None
) -> dict[str, object]:
    if not isinstance(objective, CustomLoss):
        return dict(objective)
    scale = 1.0 if weight is None else weight[:, np.newaxis]

    def slopes(scores: FloatArray, _: object) -> tuple[FloatArray, FloatArray]:
        gradient, hessian = objective.slopes(scores.reshape(len(target), objective.outputs), target)
        return gradient * scale, hessian * scale

    return {"objective": slopes, "num_class": objective.outputs}


def _monotone_params(contract: FeatureContract, monotone: Mapping[str, MonotoneConfig]) -> dict[str, object]:
    """One sign per feature. Nothing where no direction is asked for, so that the text of such models stays."""
    for name in monotone:
        _require_number(name, contract)
    if not monotone:
        return {}
    return {
        "monotone_constraints": [_SIGN[monotone[name].direction] if name in monotone else 0 for name in contract.names],
        "monotone_constraints_method": "basic",  # the one of LightGBM's that is never wrong, only too strict
    }


def _require_number(name: str, contract: FeatureContract) -> None:
    if name not in contract.names:
        near = get_close_matches(name, contract.names, n=3, cutoff=0.0)
        raise FeatureContractError(
            rule="learners.*.monotone must name features of the book",
            got=name,
            remedy=f"did you mean {', '.join(near)}?",
        )
    if contract.names.index(name) in contract.categorical:
        raise FeatureContractError(
            rule="learners.*.monotone must name features that are numbers",
            got=f"{name}, a category, which has no direction",
            remedy="take it out of monotone",
        )


def _params(config: BoostingConfig, run: RunConfig, threads: int) -> dict[str, object]:
    """LightGBM's settings. Column-wise, one thread sums each histogram, in row order: hence the same bits."""
    return {
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.min_clients_per_leaf,
        "min_data_per_group": config.min_clients_per_leaf,
        "feature_fraction": config.feature_share,
        "bagging_fraction": config.row_share,
        "bagging_freq": 1,
        "lambda_l2": config.l2,
        "max_bin": config.bins,
        "cat_smooth": config.category_smoothing,
        "feature_pre_filter": False,
        "deterministic": True,
        "force_col_wise": True,
        "seed": run.seed,
        "num_threads": threads,
        "verbosity": -1,
    }


def _plain_names(names: Sequence[str]) -> list[str]:
    """Names that LightGBM takes: it refuses JSON's signs, and blanks; the place keeps them apart.

    >>> _plain_names(["fee_sum_12p", "客户:x"])
    ['0_fee_sum_12p', '1_客户_x']
    """
    return [f"{place}_{_SIGNS.sub('_', name)}" for place, name in enumerate(names)]


def shares(gain: FloatArray) -> FloatArray:
    """Of a sum of 1, or zeros.

    >>> shares(np.array([1.0, 3.0]))
    array([0.25, 0.75])
    """
    total = gain.sum()
    return np.asarray(gain / total if total > 0 else np.zeros_like(gain))
