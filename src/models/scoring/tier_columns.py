"""The columns of scores about tiers: the tier, why, how far the next one is, and the treatment that it calls for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from models.config.policy.tiers import TierScale
from models.grading.criteria import NO_CRITERION, leaf_names
from models.grading.decision import Basis, TierDecisions
from models.grading.distance import shortfall
from models.grading.known_overrides import override_column
from models.grading.reasons_text import reasons
from models.grading.treatments import Treatment, TreatmentTable, WarnedClients
from models.notices import Notice, Severity
from models.publications.previous import TIER_BY_RULE, PreviousScores
from models.text import ENGLISH, Language, Text, languages
from models.vocab import TextArray

_TIERS_GONE = Text(
    "{clients:,} clients had {tiers} in the run of {as_of}, which the policy lacks: they are graded as if for the "
    "first time, whatever its margin and limit on moves"
)
_MEANT_TO_CHANGE = Text("nothing, where the tiers were meant to change")
_OTHER_LANGUAGES = tuple(language for language in languages() if language != ENGLISH)


def tier_columns(decided: TierDecisions, kinds: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """One column per fact of each client's tier; ``kinds`` are the columns relationship_type and stage.

    Where ``kinds`` hold warnings and warning_severity too, treatments are tightened by them.

    ``tier_reason`` stands in English, and in every other language in a column of its own. ``tier_rule`` is the row of
    the decision table that holds, from 1, and ``tier_ruled`` what it gives; ``tier_kept_by`` margin or limit, where one
    of them keeps the tier by rule from that; ``tier_caps`` the caps that hold, the hardest first. ``tier_lacking``
    names the dimension that lacks most for ``next_tier``, ``tier_lacking_amount`` how much, in its unit, and
    ``tier_lacking_criterion`` what costs it most points; null where nothing lacks, or no criterion costs. ``override``
    is null where nobody asked for a tier. ``treatment`` is there where the policy has treatments.
    """
    lacking, assessment = shortfall(decided), decided.assessment
    kept_by = np.where(decided.by_rule_basis == Basis.RULE, "", decided.by_rule_basis)
    return {
        "tier": _text(decided.tier),
        "tier_reason": _text(reasons(decided)),
        **{reason_column_in(language): _text(reasons(decided, language)) for language in _OTHER_LANGUAGES},
        TIER_BY_RULE: _text(decided.by_rule),
        "tier_basis": _text(decided.basis),
        "tier_rule": pa.array(assessment.rule + 1, type=pa.int32()),
        "tier_ruled": _text(decided.scale.at(assessment.rule_rank)),
        "tier_kept_by": _text_or_null(kept_by),
        "tier_caps": _caps(decided),
        "override": override_column(decided),
        "next_tier": _text_or_null(lacking.next_tier),
        "tier_lacking": _text_or_null(lacking.main),
        "tier_lacking_amount": pa.array(np.where(lacking.main == "", np.nan, lacking.main_lacking), from_pandas=True),
        "tier_lacking_criterion": _text_or_null(_costliest(decided, lacking.main)),
        **_treatments(decided, kinds),
    }


def reason_column_in(language: Language) -> str:
    """The column with the reason of each tier in a language.

    >>> reason_column_in(ENGLISH), reason_column_in(Language("zh"))
    ('tier_reason', 'tier_reason_zh')
    """
    return "tier_reason" if language == ENGLISH else f"tier_reason_{language}"


def _caps(decided: TierDecisions) -> pa.Array:
    """The names of the caps that hold of each client, the hardest first."""
    assessment = decided.assessment
    caps, scale = assessment.policy.settings.caps, decided.scale
    order = sorted(range(len(caps)), key=lambda place: (-scale.rank(caps[place].at_most), -place))
    holding = assessment.caps[order].T
    names = pa.array([caps[place].name for place in order], type=pa.string())
    offsets = np.concatenate([[0], np.cumsum(holding.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), names.take(pa.array(np.nonzero(holding)[1])))


def _costliest(decided: TierDecisions, main: TextArray) -> TextArray:
    """The criterion that costs the dimension ``main`` most points, "" where none does. Shapes (n_clients,)."""
    assessment = decided.assessment
    names = np.array([*leaf_names(assessment.policy.settings), ""], dtype=np.str_)
    found = np.full(len(main), NO_CRITERION)
    for name, places in assessment.deciding.items():
        found = np.where(main == name, places, found)
    return np.asarray(names[found])


def earlier_tier_notices(previous: PreviousScores | None, scale: TierScale) -> list[Notice]:
    """A warning of clients whose tier in the earlier run is none of the policy: nothing holds them there."""
    if previous is None or TIER_BY_RULE not in previous.columns:
        return []
    earlier = previous.columns[TIER_BY_RULE].dropna().astype("str")
    others = earlier[~earlier.isin(scale.names)]
    if not len(others):
        return []
    found = _TIERS_GONE.filled(
        clients=len(others), tiers=", ".join(sorted(set(others))), as_of=previous.as_of.isoformat()
    )
    return [
        Notice.of(
            "earlier_tier_unknown",
            Severity.WARNING,
            "policy.tiers",
            found=found,
            remedy=_MEANT_TO_CHANGE,
            count=len(others),
        )
    ]


def _treatments(decided: TierDecisions, kinds: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    settings = decided.assessment.policy.settings
    if settings.treatments is None:
        return {}
    related, stage = (np.asarray(kinds[name].to_pylist(), dtype=np.str_) for name in ("relationship_type", "stage"))
    treated = TreatmentTable(settings).look_up(decided.tier, related, stage, decided.assessment.cap, _warned(kinds))
    names = [field.name for field in fields(Treatment)]
    table = pa.Table.from_pylist([asdict(treatment) for treatment in treated.treatments]).select(names)
    return {"treatment": table.to_struct_array().combine_chunks().take(pa.array(treated.place))}


def _warned(kinds: Mapping[str, pa.Array]) -> WarnedClients | None:
    """How the clients warn; None where nobody asked."""
    if "warnings" not in kinds:
        return None
    listed, clients = kinds["warnings"], len(kinds["warnings"])
    row, name = pc.list_parent_indices(listed).to_numpy(), pc.list_flatten(listed).to_numpy(zero_copy_only=False)
    return WarnedClients(
        severity=kinds["warning_severity"].to_numpy(),
        warns={str(each): np.isin(np.arange(clients), row[name == each]) for each in np.unique(name.astype(str))},
    )


def _text(values: TextArray) -> pa.Array:
    return pa.array(values, type=pa.string())


def _text_or_null(values: TextArray) -> pa.Array:
    return pa.array(values, type=pa.string(), mask=np.asarray(values == ""))
