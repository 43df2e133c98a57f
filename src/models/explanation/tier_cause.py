"""The one thing that moved a client's tier by the rules alone: a dimension with its criterion, a cap, or the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.explanation.labels import say
from models.grading.criterion_text import criterion_name, criterion_value, number_in_unit
from models.grading.decision import TierDecisions
from models.grading.fitted import GradingPolicy
from models.grading.moves import MovedBy, PublishedGrades, causes_of_moves
from models.learners.change import SplitChange
from models.panel.features.words import FeatureWords
from models.text import Language

_DATA, _POLICY = "data", "policy"
_FORESEEN = (_DATA, "model", "calibration")
"""What can move a forecast."""
_OF_DECLINE = ("decline_probability", "decline_high")
_OF_VALUE = ("value", "value_low", "treating_profit")
"""Measures whose forecast is taken apart by reasons; others move without one."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the rules alone decided of the client, at one row of some decisions."""

    decided: TierDecisions
    row: int

    @property
    def tier(self) -> str:
        """The tier that they give."""
        return str(self.decided.tier[self.row])

    def number(self, dimension: str) -> float | None:
        """The client's number in a dimension; None where it is unknown."""
        scores = self.decided.assessment.scores
        number = float(scores[dimension].numbers[self.row]) if dimension in scores else np.nan
        return None if np.isnan(number) else number

    def observed(self, feature: str) -> float | str | None:
        """The client's value of a feature; None where it is missing."""
        features = self.decided.assessment.facts.features
        return _known(features[feature].iloc[self.row]) if feature in features else None


@dataclass(frozen=True, kw_only=True)
class TierCause:
    """What moved the tier: ``by`` data, model, calibration or policy.

    ``dimension`` and ``criterion`` name what moved (of a forecast the criterion is the reason that moved it most),
    ``cap`` the cap that set in or was lifted; all None where the policy did. ``before`` and ``now`` are what was
    observed of the criterion, None of forecasts and where nothing was. ``sentence`` says all of it.
    """

    by: str
    dimension: str | None
    criterion: str | None
    cap: str | None
    before: float | str | None
    now: float | str | None
    sentence: str


@dataclass(frozen=True, kw_only=True)
class _Ends:
    """Both ends of a change, and how it is spoken of."""

    before: Decision
    now: Decision
    policy: GradingPolicy
    words: Mapping[str, FeatureWords]
    titles: Mapping[str, str]
    language: Language


def tier_cause(
    before: Decision,
    now: Decision,
    *,
    value: SplitChange,
    decline: SplitChange,
    policy: GradingPolicy,
    words: Mapping[str, FeatureWords],
    titles: Mapping[str, str],
    language: Language,
) -> TierCause | None:
    """Why the tier is another ``now``, by the policy of ``now``; None where it is not. ``titles``: reason -> title.

    ``value`` and ``decline`` tell what moved the forecasts.
    """
    if before.tier == now.tier:
        return None
    ends = _Ends(before=before, now=now, policy=policy, words=words, titles=titles, language=language)
    graded = [PublishedGrades.of(end.decided, end.row, policy) for end in (before, now)]
    found = causes_of_moves(policy, graded[0], graded[1], same_bundle=True)
    dimension, criterion, cap = (str(each[0]) for each in (found.dimension, found.criterion, found.cap))
    if cap:
        return _capped(ends, cap, criterion)
    if found.by[0] == MovedBy.POLICY or not dimension:
        return _cause(ends, by=_POLICY, sentence=say("by_policy", language))
    return _by_dimension(ends, dimension, criterion, value=value, decline=decline)


def _by_dimension(
    ends: _Ends, dimension: str, criterion: str, *, value: SplitChange, decline: SplitChange
) -> TierCause:
    measure = ends.policy.settings.dimensions[dimension].measure or ""
    if measure in _OF_DECLINE:
        return _foreseen(ends, decline, dimension, sign=-1)
    if measure in _OF_VALUE:
        return _foreseen(ends, value, dimension, sign=1)
    if criterion in _features(ends.policy):
        return _observed(ends, dimension, criterion)
    return _cause(ends, by=_DATA, dimension=dimension, sentence=_dimension(ends, dimension))


def _features(policy: GradingPolicy) -> set[str]:
    every = (criterion for each in policy.settings.dimensions.values() for criterion in each.criteria)
    return {criterion.feature for criterion in every if criterion.feature}


def _capped(ends: _Ends, name: str, feature: str) -> TierCause:
    cap = next(each for each in ends.policy.settings.caps if each.name == name)
    sets_in = ends.policy.scale.rank(ends.now.tier) > ends.policy.scale.rank(ends.before.tier)
    key = "cap_set_in" if sets_in else "cap_lifted"
    sentence = say(key, ends.language, cap=cap.because.phrase(), moved=_movement(ends, feature))
    return _cause(ends, by=_DATA, cap=name, criterion=feature, sentence=sentence)


def _observed(ends: _Ends, dimension: str, criterion: str) -> TierCause:
    sentence = say(
        "dimension_moved", ends.language, dimension=_dimension(ends, dimension), most=_movement(ends, criterion)
    )
    return _cause(ends, by=_DATA, dimension=dimension, criterion=criterion, sentence=sentence)


def _foreseen(ends: _Ends, split: SplitChange, dimension: str, *, sign: int) -> TierCause:
    """A forecast moved: by data, and then by the reason that moved it most, or by other models or calibration."""
    scale = ends.policy.scale
    towards = sign * np.sign(scale.rank(ends.before.tier) - scale.rank(ends.now.tier))
    steps = [split.data[0].sum() * towards, split.model[0] * towards, split.calibration[0] * towards]
    by = _FORESEEN[int(np.argmax(steps))]
    reason = split.reasons[int(np.argmax(split.data[0] * towards))] if by == _DATA else None
    most = say(f"by_{by}", ends.language) if reason is None else ends.titles.get(reason, reason)
    sentence = say("dimension_moved", ends.language, dimension=_dimension(ends, dimension), most=most)
    return _cause(ends, by=by, dimension=dimension, criterion=reason, sentence=sentence)


def _cause(
    ends: _Ends,
    *,
    by: str,
    sentence: str,
    dimension: str | None = None,
    criterion: str | None = None,
    cap: str | None = None,
) -> TierCause:
    return TierCause(
        by=by,
        dimension=dimension,
        criterion=criterion,
        cap=cap,
        before=None if criterion is None else ends.before.observed(criterion),
        now=None if criterion is None else ends.now.observed(criterion),
        sentence=sentence,
    )


def _dimension(ends: _Ends, name: str) -> str:
    settings = ends.policy.settings.dimensions[name]
    before, now = (
        say("none", ends.language)
        if number is None
        else number_in_unit(number, settings.unit, ends.policy.currency, ends.language)
        for number in (ends.before.number(name), ends.now.number(name))
    )
    return say("reach_move", ends.language, feature=settings.label.within(ends.language), now=before, then=now)


def _movement(ends: _Ends, feature: str) -> str:
    before, now = (
        criterion_value(feature, end.observed(feature), ends.policy, ends.words, ends.language)
        or say("none", ends.language)
        for end in (ends.before, ends.now)
    )
    called = criterion_name(feature, ends.policy, ends.words, ends.language)
    return say("reach_move", ends.language, feature=called, now=before, then=now)


def _known(value: object) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    return None if pd.isna(value) else float(value)  # type: ignore[arg-type,call-overload]
