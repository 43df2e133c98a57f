"""Attribution of the change in a client's value, decline and tier between two dates or two versions of the models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import product

import numpy as np
import pandas as pd
from scipy.special import expit

from models.book.door import Book
from models.config.root import Config
from models.errors import UnknownClientError
from models.grading.built_in import Grades
from models.grading.compute import Grader
from models.learners.calibration import PlattCalibration
from models.learners.change import ModelReading, SplitChange, mean_steps, mixed_predictions, split_change
from models.learners.contributions import CURRENCY, exp_rate, logistic_rate
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle
from models.pipeline.pipeline import FittedModels
from models.scoring.scoring import score_clients
from models.vocab import FloatArray, TextArray

UNCHANGED = "unchanged"
_DIGITS = 9
"""Shares of a tier that differ by less are alike, so that rounding decides nothing."""


class Step(StrEnum):
    """What can move a tier; the first of equals is named."""

    DATA = "data"
    MODEL = "model"
    CALIBRATION = "calibration"
    POLICY = "policy"


class ChangePath(StrEnum):
    """How data come to move a tier: a rule's own look at a feature (as a cap on arrears), decline, or value."""

    RULES = "rules"
    DECLINE = "decline"
    VALUE = "value"


_CLIENTS_AT_ONCE = 1_000
"""So many are graded at once, sixteen times over with all their features."""
_MIXED = len(ChangePath) + len(Step) - 1
"""What can be old or new in a grade: the data on each way, the trees, the calibration and the policy."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of the models, and its features of the same clients before and after, by client id.

    ``grader`` is its way to grade, if not by the policy of its models.
    """

    models: FittedModels
    before: pd.DataFrame
    after: pd.DataFrame
    grader: Grader | None = None

    def grades(self, features: pd.DataFrame, value: FloatArray, decline: FloatArray) -> Grades:
        """By this version's policy."""
        return (self.grader or self.models.grader)(features, value, decline)

    def height(self, tier: TextArray, other: Version) -> FloatArray:
        """How many tiers of ``other`` lie below each, between its lowest and its best where it has more or fewer."""
        own, theirs = (len(each.models.policy.scale) - 1 for each in (self, other))
        steps = self.models.policy.scale.steps(tier)
        return np.asarray(steps if own == theirs else steps * theirs / own, dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class Side:
    """One end of a change: a book, the bundle that scores it, and the as-of date (none: the end of the book).

    ``grader`` is its way to grade, if not by the policy of its models.
    """

    book: Book
    bundle: Bundle
    as_of: date | None = None
    grader: Grader | None = None


@dataclass(frozen=True, kw_only=True)
class TierChange:
    """What moved the tier. Shapes (n_clients,), but ``steps`` (n_clients, 4), in the order of ``Step``.

    Attributes:
        steps: in tiers, upwards above zero; they sum to the tiers moved. Each is the mean of what the step does over
            all orders, so a move that takes two steps counts half for each.
        ways: the data's step taken apart, in the order of ``ChangePath``: (n_clients, 3).
        decided_by: the step that did most in the direction moved; ``UNCHANGED`` where the tier is the same.
        reason: where the data decided, the reason that did most in that direction, on the way that did most (of equals
            the first: decline may rule whatever the value); ``ChangePath.RULES`` where a rule looks for itself, and
            then says at what. Elsewhere as ``decided_by``.
    """

    before: Grades
    after: Grades
    steps: FloatArray
    ways: FloatArray
    decided_by: TextArray
    reason: TextArray


@dataclass(frozen=True, kw_only=True)
class Change:
    """Why each client changed: value in currency and its logarithm, decline as probability and log-odds, and tier.

    Losses have no logarithm: where credit loss is known, ``log_value`` is in currency too.

    The policy, that is cut-offs and rules, moves tiers only: of value and decline it has no part.
    """

    clients: pd.Index
    value: SplitChange
    log_value: SplitChange
    decline: SplitChange
    log_odds: SplitChange
    tier: TierChange


def change_between(
    before: Side, after: Side, config: Config, clients: Sequence[str], *, reasons: Mapping[str, str] | None = None
) -> Change:
    """Why these clients changed from ``before`` to ``after``; ``config`` says where and how to compute.

    Two versions read the clients at both dates, each with its own features. Raises ``UnknownClientError`` for a client
    that was not active before both dates.
    """
    old = _read(before, (before, after), config, clients)
    same = before.bundle.key == after.bundle.key and before.grader is after.grader
    new = old if same else _read(after, (before, after), config, clients)
    return explain_change(old, new, reasons=reasons)


def explain_change(old: Version, new: Version, *, reasons: Mapping[str, str] | None = None) -> Change:
    """Why what ``new`` says after differs from what ``old`` said before.

    ``reasons`` brings features together under what a person would call one thing; else each stands for itself. The
    logarithm of value, or where credit loss is known the value, and the log-odds of decline are split (see
    ``split_change``); in currency and probability each
    part keeps its share of the way, as in every explanation, also where the way is nothing but parts of it are not.
    Raises ``AdditivityError`` if any part misses, ``UnknownClientError`` if the clients are not the same everywhere.
    """
    _require_same_clients(old, new)
    signed = any(version.models.value.credit is not None for version in (old, new))
    values = _pair(_signed_value_reading if signed else _value_reading, old, new)
    declines = _pair(_decline_reading, old, new)
    log_value = split_change(*values, reasons=reasons or {})
    log_odds = split_change(*declines, reasons=reasons or {})
    value = log_value if signed else _in_currency(log_value)
    decline = log_odds.rescaled(
        unit="probability", curve=expit, rate=logistic_rate(log_odds.before, log_odds.after - log_odds.before)
    )
    for split in (log_value, log_odds, value, decline):
        split.check()
    mixed = mixed_predictions(*values)
    graded = _graded(mixed if signed else np.exp(mixed), expit(mixed_predictions(*declines)), old, new)
    return Change(
        clients=new.after.index,
        value=value,
        log_value=log_value,
        decline=decline,
        log_odds=log_odds,
        tier=_tier_change(graded, value, decline),
    )


def features_by_client(panel: Panel) -> pd.DataFrame:
    """The features of a panel at one as-of date, by client id."""
    return panel.features.set_index(pd.Index(panel.client_id, name="client_id"))


def _read(version: Side, ends: tuple[Side, Side], config: Config, clients: Sequence[str]) -> Version:
    """Both ends as the bundle of one side reads them; two books may hold the clients in different orders."""
    own = config.model_copy(update={"policy": version.bundle.models.policy.settings})
    before, after = (
        features_by_client(score_clients(end.book, version.bundle, own, clients, end.as_of).panel).loc[list(clients)]
        for end in ends
    )
    return Version(models=version.bundle.models, before=before, after=after, grader=version.grader)


def _require_same_clients(old: Version, new: Version) -> None:
    first = old.before.index
    for other in (old.after.index, new.before.index, new.after.index):
        if not first.equals(other):
            apart = first.symmetric_difference(other)
            raise UnknownClientError(
                rule="a change is reported of the same clients in the same order before and after",
                got=f"only on one side: {', '.join(map(str, apart[:3]))}" if len(apart) else "another order",
                remedy="choose clients that were active before both dates, and keep their order",
            )


def _pair(read: Callable[[Version], ModelReading], old: Version, new: Version) -> tuple[ModelReading, ModelReading]:
    first = read(old)
    return first, first if new is old else read(new)


def _value_reading(version: Version) -> ModelReading:
    model, contract = version.models.value.margin, version.models.contract
    plain = replace(model, calibration=type(model.calibration)())
    return ModelReading(
        features=contract.names,
        before=plain.explain(contract.encode(version.before)),
        after=plain.explain(contract.encode(version.after)),
        curve=model.calibration.log_value,
        slope=model.calibration.slope,
    )


def _signed_value_reading(version: Version) -> ModelReading:
    """Margin less credit loss in currency, as they are served; there is no calibration of the difference."""
    model, contract = version.models.value, version.models.contract
    before, after = (
        model.in_served_unit(model.explain(contract.encode(features))) for features in (version.before, version.after)
    )
    return ModelReading(
        features=contract.names, before=before, after=after, curve=lambda amount: amount, slope=np.ones_like
    )


def _in_currency(log_value: SplitChange) -> SplitChange:
    rate = exp_rate(log_value.before, log_value.after - log_value.before)
    return log_value.rescaled(unit=CURRENCY, curve=np.exp, rate=rate)


def _decline_reading(version: Version) -> ModelReading:
    model, contract = version.models.decline, version.models.contract
    plain = model.calibrated_by(PlattCalibration())
    return ModelReading(
        features=contract.names,
        before=plain.explain(contract.encode(version.before)),
        after=plain.explain(contract.encode(version.after)),
        curve=model.calibration.log_odds,
        slope=lambda margin: np.full_like(margin, model.calibration.slope),
    )


@dataclass(frozen=True)
class _Graded:
    """Grades before and after, and the rank of the tier, the lowest 0, in every mix of old and new.

    ``rank`` is (2,) * 6 + (n_clients,): the data on each ``ChangePath``, trees, calibration, policy.
    """

    before: Grades
    after: Grades
    rank: FloatArray


def _graded(value: FloatArray, decline: FloatArray, old: Version, new: Version) -> _Graded:
    """Grade what each mix of data, trees and calibration says, by each policy, which looks at its own features.

    ``value`` is (2, 2, 2, n_clients), by data, trees and calibration; so is ``decline``.
    """
    rank = np.empty((2,) * _MIXED + (value.shape[-1],))
    corners = []
    for ruled, policy in product((0, 1), repeat=2):
        by = (old, new)[policy]
        tier, reason = _every_mix(by, (by.before, by.after)[ruled], value, decline)
        rank[ruled, :, :, :, :, policy] = by.height(tier.ravel(), new).reshape(tier.shape)
        if ruled == policy:
            corners.append(Grades(tier[(ruled,) * 4], reason[(ruled,) * 4]))
    return _Graded(before=corners[0], after=corners[1], rank=rank)


def _every_mix(by: Version, features: pd.DataFrame, value: FloatArray, decline: FloatArray) -> TextArray:
    """Tier and reason, each (2, 2, 2, 2, n_clients): by data of decline and of value, trees and calibration.

    To grade many rows once takes far less time than to grade few rows often.
    """
    shape, clients = (2, *value.shape), value.shape[-1]
    values, declines = np.broadcast_to(value, shape), np.broadcast_to(decline[:, np.newaxis], shape)
    parts = []
    for start in range(0, max(clients, 1), _CLIENTS_AT_ONCE):
        some = np.arange(start, min(start + _CLIENTS_AT_ONCE, clients))
        every = features.iloc[np.tile(some, 2 ** (len(shape) - 1))]
        grades = by.grades(every, values[..., some].ravel(), declines[..., some].ravel())
        parts.append(np.stack([grades.tier, grades.reason]).reshape(2, *shape[:-1], len(some)))
    return np.concatenate(parts, axis=-1)


def _tier_change(graded: _Graded, value: SplitChange, decline: SplitChange) -> TierChange:
    each = mean_steps(graded.rank).T
    ways = each[:, : len(ChangePath)]
    steps = np.column_stack([ways.sum(axis=1), each[:, len(ChangePath) :]])
    moved = graded.rank[(1,) * _MIXED] - graded.rank[(0,) * _MIXED]
    towards = np.sign(moved)[:, None]
    leading = np.round(steps * towards, _DIGITS).argmax(axis=1)
    decided = np.where(moved == 0, UNCHANGED, np.array([step.value for step in Step])[leading])
    way = np.array([way.value for way in ChangePath])[np.round(ways * towards, _DIGITS).argmax(axis=1)]
    parts = np.where((way == ChangePath.VALUE.value)[:, None], value.data, -decline.data) * towards
    reason = np.where(way == ChangePath.RULES.value, way, np.array(value.reasons)[parts.argmax(axis=1)])
    return TierChange(
        before=graded.before,
        after=graded.after,
        steps=steps,
        ways=ways,
        decided_by=decided,
        reason=np.where(decided == Step.DATA.value, reason, decided),
    )
