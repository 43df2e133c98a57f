"""Client value: the expected margin less the expected credit loss, and what each feature adds to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from models.learners.contributions import CURRENCY, Contributions
from models.learners.credit.model import DEFAULT, CreditLossModel
from models.learners.value.model import ValueModel
from models.vocab import FloatArray

VALUE, MARGIN, CREDIT_LOSS = "value", "margin", "credit_loss"


@dataclass(frozen=True, kw_only=True)
class ValueParts:
    """Value of each client by its parts. Shapes (n,), in book currency over the horizon; NaN: no such part is known.

    ``exposure`` is that at default, and ``lgd`` what of it is lost over the whole workout.
    """

    margin: FloatArray
    credit_loss: FloatArray
    default_probability: FloatArray
    exposure: FloatArray
    lgd: FloatArray

    @classmethod
    def of_margin(cls, margin: FloatArray) -> ValueParts:
        """Where no defaults are known: value is the margin."""
        unknown = np.full(len(margin), np.nan)
        return cls(margin=margin, credit_loss=unknown, default_probability=unknown, exposure=unknown, lgd=unknown)

    @classmethod
    def beside(
        cls, margin: FloatArray, credit: CreditLossModel, matrix: FloatArray, pd: FloatArray | None = None
    ) -> ValueParts:
        """A margin that is known beside what ``credit`` says of the same rows; ``pd`` where that is known too."""
        pd = credit.default_probability(matrix) if pd is None else pd
        return cls(
            margin=margin,
            credit_loss=credit.predict(matrix, pd),
            default_probability=pd,
            exposure=credit.exposures(matrix),
            lgd=credit.losses_given_default(matrix),
        )

    @classmethod
    def pooled(cls, parts: Sequence[ValueParts]) -> ValueParts:
        """The clients of several parts, one below the other."""
        return cls(**{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)})

    @property
    def value(self) -> FloatArray:
        """Margin less credit loss, as far as it is known."""
        return np.asarray(self.margin - np.nan_to_num(self.credit_loss, nan=0.0))

    @property
    def amounts(self) -> dict[str, FloatArray]:
        """Value and its parts by name."""
        return {VALUE: self.value, MARGIN: self.margin, CREDIT_LOSS: self.credit_loss}

    @property
    def loss_in_default(self) -> FloatArray:
        """What a default would cost within the horizon; NaN where it is not known."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.credit_loss / self.default_probability)


@dataclass(frozen=True, kw_only=True)
class ClientValue:
    """Value = margin - credit loss; the margin alone where ``credit`` is None, as no defaults are known."""

    margin: ValueModel
    credit: CreditLossModel | None = None

    @property
    def tree_count(self) -> int:
        """How many trees the margin is made of."""
        return self.margin.tree_count

    def importance(self) -> FloatArray:
        """Of the margin: each feature's share of what splits saved of the loss, (n_features,)."""
        return self.margin.importance()

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Value of each client in currency. (n, n_features) -> (n,)."""
        return self.parts(matrix).value

    def parts(self, matrix: FloatArray) -> ValueParts:
        """The same by its parts."""
        margin = self.margin.predict(matrix)
        return ValueParts.of_margin(margin) if self.credit is None else ValueParts.beside(margin, self.credit, matrix)

    def parts_explained(self, matrix: FloatArray, served: dict[str, Contributions]) -> ValueParts:
        """The same from what ``explain_all`` served, without asking the models again."""
        if self.credit is None:
            return ValueParts.of_margin(served[VALUE].prediction)
        return ValueParts.beside(served[MARGIN].prediction, self.credit, matrix, served[DEFAULT].prediction)

    def explain(self, matrix: FloatArray) -> Contributions:
        """Parts of the value in currency, or without credit loss of its logarithm, as those of the margin."""
        return self.explain_all(matrix)[0][VALUE]

    def in_served_unit(self, parts: Contributions) -> Contributions:
        """The parts of ``explain`` in currency."""
        return parts if parts.unit == CURRENCY else self.margin.in_served_unit(parts)

    def explain_all(self, matrix: FloatArray) -> tuple[dict[str, Contributions], dict[str, Contributions]]:
        """Parts of value, and where credit loss is known of margin, default and credit loss; own units, and served.

        Parts are rounded once, in the models' own units; the value's are the differences of those served.
        """
        own = self.margin.explain(matrix).rounded()
        in_currency = self.margin.in_served_unit(own)
        if self.credit is None:
            return {VALUE: own}, {VALUE: in_currency}
        default = self.credit.explain_default(matrix).rounded()
        probability = replace(self.credit.default.in_served_unit(default), model=default.model)
        loss = self.credit.explain(matrix, default)
        margin, own = replace(in_currency, model=MARGIN), replace(own, model=MARGIN)
        value = Contributions(
            model=VALUE,
            unit=CURRENCY,
            base=margin.base - loss.base,
            values=margin.values - loss.values,
            prediction=margin.prediction - loss.prediction,
        )
        own_units = {VALUE: value, MARGIN: own, loss.model: loss, default.model: default}
        return own_units, {VALUE: value, MARGIN: margin, loss.model: loss, default.model: probability}
