"""Evidence for the grade of one client: dimensions with criteria, the rule that fired, caps, and what is lacking."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pandas as pd

from models.config.features import FeaturesConfig
from models.config.policy.dimensions import CriterionConfig, DimensionConfig
from models.config.policy.tiers import UNRANKED
from models.grading.caps import NO_CAP, in_arrears
from models.grading.coverage import Coverage, idle_caps
from models.grading.criteria import needs_of, weight_shares
from models.grading.decision import Assessment, Basis, TierDecisions
from models.grading.decision_table import DecisionTable
from models.grading.distance import shortfall
from models.grading.facts import Facts
from models.grading.known_overrides import COUNTING
from models.grading.report import (
    CriterionEvidence,
    DimensionEvidence,
    FiredRule,
    GradeReport,
    HoldingCap,
    IdleCap,
    Lacking,
    Looked,
)
from models.grading.scores import observed
from models.panel.feature_sources import age_feature, tables_of_features

CASHFLOWS, ARREARS = "cashflows", "arrears"
MODELS, POLICY = "models", "policy"
"""Sources of what is foreseen, and of what counts a dimension of the policy."""


def grade_report(decided: TierDecisions, row: int, features: FeaturesConfig) -> GradeReport:
    """The grade of one client; ``features`` tells the table that a feature is made of."""
    assessment, scale = decided.assessment, decided.scale
    held, previous = str(decided.by_rule_basis[row]), int(assessment.previous_rank[row])
    caps = tuple(_caps(decided, row))
    idle = idle_caps(assessment.policy.settings, assessment.coverage)
    asked = int(decided.asked_rank[row])
    lacking = shortfall(decided)
    return GradeReport(
        tier=str(decided.tier[row]),
        unasked=str(decided.unasked[row]),
        by_rule=str(decided.by_rule[row]),
        ruled=scale.names[int(assessment.rule_rank[row])],
        basis=str(decided.basis[row]),
        kept_by="" if held == Basis.RULE else held,
        previous="" if previous == UNRANKED else scale.names[previous],
        in_arrears=bool(in_arrears(assessment.policy.settings, assessment.facts)[row]),
        override=str(decided.override[row]),
        asked="" if asked == UNRANKED else scale.names[asked],
        rule=_rule(assessment, row),
        dimensions=evidence(assessment, row, features),
        caps=caps,
        not_in_force=tuple(IdleCap(name=cap.name, feature=cap.feature, at_most=cap.at_most) for cap in idle),
        next_tier=str(lacking.next_tier[row]),
        barred_by=caps[0].name if caps and scale.rank(caps[0].at_most) == scale.rank(str(decided.tier[row])) else "",
        lacking=tuple(_lacking(decided, row)),
    )


def evidence(assessment: Assessment, row: int, features: FeaturesConfig) -> tuple[DimensionEvidence, ...]:
    """Every dimension of one client, in the policy's order."""
    table, settings = DecisionTable(assessment.policy), assessment.policy.settings
    shown = [name for name in settings.dimensions if not assessment.coverage.leaves_out(settings, name)]
    return tuple(_dimension(assessment, table, name, row, features) for name in shown)


def source_of(criterion: CriterionConfig, features: FeaturesConfig, coverage: Coverage) -> str:
    """The table of the book that a criterion looks at, or who foresees or counts what it looks at."""
    if criterion.feature:
        table = tables_of_features(features, [criterion.feature])[criterion.feature]
        is_reported = criterion.feature not in {*coverage.estimated, *coverage.absent}
        return table if is_reported or table != ARREARS else CASHFLOWS
    return MODELS if criterion.prediction else POLICY


def recorded_days_ago(feature: str, facts: Facts) -> pd.Series | None:
    """How many days before the as-of date each client's value was recorded; None where the book does not tell."""
    age = age_feature(feature)
    return None if age is None else facts.features.get(age)


def _dimension(
    assessment: Assessment, table: DecisionTable, name: str, row: int, features: FeaturesConfig
) -> DimensionEvidence:
    dimension, scored = assessment.policy.settings.dimensions[name], assessment.scores[name]
    level = int(table.levels(name, scored.numbers[[row]])[0]) if dimension.levels else None
    cut_offs = assessment.policy.cut_offs[name]
    return DimensionEvidence(
        name=name,
        number=_known(scored.numbers[row]),
        unit=dimension.unit,
        level="" if level is None else dimension.level_names[level],
        cut_off=None if level is None or level >= len(cut_offs) else cut_offs[level],
        better=dimension.level_names[level - 1] if level else "",
        better_from=cut_offs[level - 1] if level else None,
        decides=name in table.dimensions,
        criteria=tuple(_criteria(assessment, dimension, scored.points[:, [row]], row, features)),
    )


def _criteria(
    assessment: Assessment, dimension: DimensionConfig, points: np.ndarray, row: int, features: FeaturesConfig
) -> Iterator[CriterionEvidence]:
    if not dimension.criteria:
        return
    shares = weight_shares(dimension, points)[:, 0]
    settings, coverage = assessment.policy.settings, assessment.coverage
    for criterion, gained, share in zip(dimension.criteria, points[:, 0], shares, strict=True):
        if coverage.goes_without(settings, criterion):
            continue
        column = observed(criterion, assessment.facts, assessment.scores)
        yield CriterionEvidence(
            name=criterion.name,
            looks_at=_looks_at(criterion),
            observed=_seen(column, row),
            observed_on=_recorded_on(criterion, assessment.facts, row),
            source=source_of(criterion, features, assessment.coverage),
            points=_known(gained),
            weight=criterion.weight,
            share=float(share),
        )


def _looks_at(criterion: CriterionConfig) -> Looked:
    return "feature" if criterion.feature else "prediction" if criterion.prediction else "dimension"


def _recorded_on(criterion: CriterionConfig, facts: Facts, row: int) -> date | None:
    days = recorded_days_ago(criterion.feature, facts) if criterion.feature else None
    ago = _seen(days, row)
    return facts.as_of - timedelta(days=round(ago)) if isinstance(ago, float) else None


def _rule(assessment: Assessment, row: int) -> FiredRule:
    rules, place = assessment.policy.settings.rules, int(assessment.rule[row])
    return FiredRule(row=place + 1, rows=len(rules), tier=rules[place].tier, when=dict(rules[place].when))


def _caps(decided: TierDecisions, row: int) -> Iterator[HoldingCap]:
    """All that hold of one client, the hardest first; of several alike the one that reasons name."""
    assessment = decided.assessment
    settings, hardest = assessment.policy.settings, int(assessment.cap[row])
    if hardest == NO_CAP:
        return
    places = np.flatnonzero(assessment.caps[:, row]).tolist()
    order = sorted(
        places, key=lambda place: (-settings.scale.rank(settings.caps[place].at_most), place != hardest, place)
    )
    wished = _without_caps(decided, row)
    for place in order:
        cap = settings.caps[place]
        yield HoldingCap(
            name=cap.name,
            feature=cap.feature,
            observed=_seen(assessment.facts.features.get(cap.feature), row),
            in_book=cap.feature in assessment.facts.features,
            at_most=cap.at_most,
            lowers=settings.scale.rank(cap.at_most) > wished,
        )


def _without_caps(decided: TierDecisions, row: int) -> int:
    """The rank of one client if no cap held: as an override that counts asks, else by rule."""
    scale, state = decided.scale, str(decided.override[row])
    return int(decided.asked_rank[row]) if state in COUNTING else scale.rank(str(decided.by_rule[row]))


def _lacking(decided: TierDecisions, row: int) -> Iterator[Lacking]:
    assessment, found = decided.assessment, shortfall(decided)
    amounts = {name: float(each[row]) for name, each in found.lacking.items() if each[row] != 0}
    for name in sorted(amounts, key=lambda each: each != str(found.main[row])):
        dimension, amount = assessment.policy.settings.dimensions[name], amounts[name]
        target = float(assessment.scores[name].numbers[row]) + dimension.sign * amount
        yield Lacking(
            dimension=name,
            unit=dimension.unit,
            amount=_known(amount),
            needs=needs_of(assessment.policy.settings, assessment.scores, name, target, row),
        )


def _seen(column: pd.Series | None, row: int) -> float | str | None:
    value = None if column is None else column.iloc[row]
    if value is None or pd.isna(value):
        return None
    return value if isinstance(value, str) else float(value)


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
