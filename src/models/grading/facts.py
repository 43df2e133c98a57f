"""Inputs of grading: predictions, features, earlier tiers and overrides of some clients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from models.grading.overrides import Override
from models.vocab import BoolArray, FloatArray, IntArray, TextArray

_PARTS = ("margin", "credit_loss")
FORECAST = (
    "value",
    "value_low",
    "value_high",
    *(f"{part}{side}" for part in _PARTS for side in ("", "_low", "_high")),
    "default_probability",
    "decline_probability",
    "decline_low",
    "decline_high",
)
"""What is foreseen of each client, by its name among the facts."""
_ARRAYS = ("client_id", *FORECAST)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that tiers are made of. Shapes (n_clients,), in one order.

    Attributes:
        client_id: ties are broken by it.
        value: expected value in book currency; ``value_low`` and ``value_high`` its bounds, NaN where there are none.
        margin, credit_loss: its parts likewise, ``default_probability`` from 0 to 1; NaN where no defaults are known.
        decline_probability: from 0 to 1; ``decline_low`` and ``decline_high`` likewise.
        features: the panel's, one row per client; a column that is not there is unknown of all.
        previous: the tier by rule of the run before (``TierDecisions.by_rule``), "" where there was none.
        overrides: client -> what a person asks for; of other clients too.
        estimated: features that stand in for what the book does not report, such as days past due from cashflows.
    """

    client_id: TextArray
    as_of: date
    value: FloatArray
    value_low: FloatArray
    value_high: FloatArray
    margin: FloatArray
    margin_low: FloatArray
    margin_high: FloatArray
    credit_loss: FloatArray
    credit_loss_low: FloatArray
    credit_loss_high: FloatArray
    default_probability: FloatArray
    decline_probability: FloatArray
    decline_low: FloatArray
    decline_high: FloatArray
    features: pd.DataFrame
    previous: TextArray | None = None
    overrides: Mapping[str, Override] = field(default_factory=dict)
    estimated: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.client_id)

    def where(self, chosen: BoolArray | IntArray) -> Facts:
        """The facts of some of the clients."""
        return replace(
            self,
            features=self.features.iloc[np.arange(len(self))[chosen]],
            previous=None if self.previous is None else self.previous[chosen],
            **{name: getattr(self, name)[chosen] for name in _ARRAYS},
        )

    def with_features(self, names: Iterable[str]) -> Facts:
        """The same with only those features, of which some may not be there."""
        return replace(self, features=self.features[[name for name in names if name in self.features]])

    def with_figures(self, figures: Mapping[str, FloatArray]) -> Facts:
        """The same with further features by name, in place of those that are called alike. Shapes (n_clients,)."""
        return replace(self, features=self.features.assign(**figures))

    @classmethod
    def joined(cls, parts: Sequence[Facts]) -> Facts:
        """The clients of several blocks of one date, at least one, as one; earlier tiers are left away."""
        arrays = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
        return cls(
            as_of=parts[0].as_of,
            features=pd.concat([part.features for part in parts], ignore_index=True),
            overrides={client: asked for part in parts for client, asked in part.overrides.items()},
            estimated=parts[0].estimated,
            **arrays,
        )
