"""The feature contract: the inputs of a model in order, with kinds, units and frozen category codes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from models.errors import FeatureContractError
from models.vocab import FloatArray

MAX_NAMES_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class ContractFeature:
    """One column of a panel; a category's code is its place in ``categories``, the pooled share the next."""

    name: str
    kind: Literal["number", "category"]
    unit: str
    categories: tuple[str, ...] = ()
    pooled: tuple[str, ...] = ()

    @property
    def codes(self) -> dict[str, int]:
        """Category -> code, of all that were seen in training."""
        own = {value: code for code, value in enumerate(self.categories)}
        return own | dict.fromkeys(self.pooled, len(self.categories))


@dataclass(frozen=True, kw_only=True)
class FeatureContract:
    """The features of a model, in order. Part of its bundle; every prediction is held against it."""

    features: tuple[ContractFeature, ...]

    @classmethod
    def learn(cls, frame: pd.DataFrame, units: Mapping[str, str], max_categories: int) -> FeatureContract:
        """Take names, order, kinds and categories from training features.

        ``frame`` is (n_rows, n_features): float64 columns are numbers, text columns categories. ``units``
        says in words what each feature is counted in. Of each category feature the ``max_categories``
        commonest values keep a code of their own (ties by name), the others share one; codes follow the
        names, so that only the values and their counts matter, not the order of rows. Raises
        ``FeatureContractError``.

        >>> frame = pd.DataFrame({"tenure": [1.0, 2.0, 3.0], "country": ["KE", "BR", "KE"]})
        >>> units = {"tenure": "periods", "country": "name"}
        >>> contract = FeatureContract.learn(frame, units, max_categories=5)
        >>> contract.encode(frame)[:, 1]
        array([1., 0., 1.])
        """
        without_unit = [str(name) for name in frame.columns if name not in units]
        if without_unit or not frame.columns.is_unique or frame.columns.empty:
            raise FeatureContractError(
                rule="features must have names of their own and a unit each",
                got=f"no unit for {some_names(without_unit)}" if without_unit else "repeated names or none",
                remedy="name each feature once and say what it is counted in",
            )
        return cls(
            features=tuple(
                _learn_feature(frame[name], name, units[name], max_categories) for name in map(str, frame.columns)
            )
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(feature.name for feature in self.features)

    @property
    def units(self) -> dict[str, str]:
        """Name -> what it is counted in."""
        return {feature.name: feature.unit for feature in self.features}

    @property
    def categorical(self) -> tuple[int, ...]:
        """Positions of the category features."""
        return tuple(place for place, feature in enumerate(self.features) if feature.kind == "category")

    def encode(self, frame: pd.DataFrame) -> FloatArray:
        """Check ``frame`` and turn it into numbers. Shape (n_rows, n_features), row by row in memory.

        Features that the contract does not name are not looked at: a book may tell more than it did in training.
        Categories become their codes; a missing one, or one that training never saw, becomes NaN, as a
        missing number does. Raises ``FeatureContractError`` if names, order or types differ or a number is
        infinite.
        """
        self._check_names([str(name) for name in frame.columns])
        matrix = np.empty((len(frame), len(self.features)))
        for place, feature in enumerate(self.features):
            matrix[:, place] = _encode_column(frame[feature.name], feature)
        return matrix

    def _check_names(self, names: Sequence[str]) -> None:
        expected, given = Counter(self.names), Counter(names)
        if tuple(name for name in names if name in expected) == self.names:
            return
        missing, extra = sorted((expected - given).elements()), sorted((given - expected).elements())
        reported = [f"{word} {some_names(which)}" for word, which in (("missing", missing), ("extra", extra)) if which]
        raise FeatureContractError(
            rule="the features must be those that the model learned from, in the same order",
            got="; ".join(reported) or "another order",
            remedy="compute them with the config of the model's bundle, or train anew",
        )

    def to_json(self) -> str:
        """The contract as text; the same contract gives the same bytes."""
        return json.dumps({"features": [asdict(feature) for feature in self.features]}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> FeatureContract:
        """Read what ``to_json`` wrote. Raises ``FeatureContractError`` if the text is something else."""
        try:
            return cls(features=tuple(_feature(entry) for entry in json.loads(text)["features"]))
        except (ValueError, KeyError, TypeError) as error:
            raise FeatureContractError(
                rule="the feature contract must be as it was written",
                got=repr(error),
                remedy="restore the bundle",
            ) from error


def _feature(entry: dict[str, Any]) -> ContractFeature:
    categories, pooled = tuple(entry.pop("categories")), tuple(entry.pop("pooled"))
    return ContractFeature(categories=categories, pooled=pooled, **entry)


def _learn_feature(column: pd.Series[Any], name: str, unit: str, max_categories: int) -> ContractFeature:
    if column.dtype == np.float64:
        return ContractFeature(name=name, kind="number", unit=unit)
    if not pd.api.types.is_string_dtype(column.dtype):
        raise _wrong_type(name, "numbers (float64) or text", column.dtype)
    counts = column.value_counts(dropna=True)
    ranked = sorted(counts.index, key=lambda value: (-counts[value], value))
    return ContractFeature(
        name=name,
        kind="category",
        unit=unit,
        categories=tuple(sorted(ranked[:max_categories])),
        pooled=tuple(sorted(ranked[max_categories:])),
    )


def _encode_column(column: pd.Series[Any], feature: ContractFeature) -> FloatArray:
    if feature.kind == "category":
        if not pd.api.types.is_string_dtype(column.dtype) and not column.isna().all():
            raise _wrong_type(feature.name, "text", column.dtype)
        return _category_codes(column, feature.codes)
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise _wrong_type(feature.name, "numbers", column.dtype)
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        raise _wrong_type(feature.name, "finite numbers or missing", f"{np.isinf(numbers).sum():,} infinite")
    return numbers


def _category_codes(column: pd.Series[Any], codes: Mapping[str, int]) -> FloatArray:
    """The code of each text, NaN where it has none: looked up all at once."""
    with_unknown = np.array([*codes.values(), np.nan])
    place = pc.index_in(pa.array(column, type=pa.string(), from_pandas=True), pa.array(codes, type=pa.string()))
    return np.asarray(with_unknown[place.fill_null(len(codes)).to_numpy()])


def _wrong_type(name: str, wanted: str, got: object) -> FeatureContractError:
    return FeatureContractError(
        rule=f"feature {name} must be {wanted}", got=got, remedy="mend the column at the source of the panel"
    )


def some_names(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MAX_NAMES_SHOWN
    return ", ".join(names[:MAX_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
