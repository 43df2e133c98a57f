"""The numbers of a policy that a search may move, how far, and the policy that moved numbers make.

Rules, caps, tiers and the order of levels stay as they are: what was monotone before is so after, since cut-offs of a
dimension keep their order and no rule is touched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import yaml

from models.config.policy.dimensions import CriterionConfig, CutOffKind, DimensionConfig, LevelConfig
from models.config.policy.policy import PolicyConfig
from models.config.policy.rules import table_dimensions
from models.config.yaml_text import read_yaml
from models.errors import InternalError
from models.tuning.space import Parameter, Settings

_BOUNDS: Mapping[CutOffKind, tuple[float, float]] = {
    "share": (0.01, 0.95),
    "probability": (0.01, 0.99),
    "points": (1.0, 99.0),
}
_FURTHEST = 8.0
"""An amount moves to at most so many times itself, and at least to that part of it."""
_DOUBLINGS = 2.0
"""A weight is doubled or halved at most so often."""
_DIGITS = 4
_WIDTH = 118
"""Of a line in the file of a policy."""


def cut_off_space(policy: PolicyConfig) -> tuple[Parameter, ...]:
    """One number per cut-off of the dimensions that rules name; those of mixed kinds, and amounts of 0, stay."""
    return tuple(
        _parameter(_cut_off_key(name, level), *_cut_off(level))
        for name, dimension in _searched(policy)
        for level in dimension.levels[:-1]
    )


def weight_space(policy: PolicyConfig) -> tuple[Parameter, ...]:
    """One number per weight of a criterion that takes part in a grade: how often it is doubled, below 0 halved."""
    return tuple(
        Parameter(name=_weight_key(name, criterion), whole=False, low=-_DOUBLINGS, high=_DOUBLINGS, log=False)
        for name in _graded_by(policy)
        for criterion in policy.dimensions[name].criteria
        if len(policy.dimensions[name].criteria) > 1
    )


def own_numbers(policy: PolicyConfig) -> Settings:
    """What a policy itself says of all that may be searched."""
    levels = {
        _cut_off_key(name, level): _cut_off(level)[1]
        for name, dimension in _searched(policy)
        for level in dimension.levels[:-1]
    }
    return levels | {parameter.name: 0.0 for parameter in weight_space(policy)}


def moved_policy(policy: PolicyConfig, settings: Settings) -> PolicyConfig | None:
    """The policy with the numbers of ``settings`` in the place of its own; None where two levels would be one.

    Cut-offs of a dimension are put in its order, whichever of its numbers was drawn for which level.
    """
    dimensions = {name: _weighted(name, dimension, settings) for name, dimension in policy.dimensions.items()}
    for name, dimension in _searched(policy):
        levels = _moved_levels(name, dimension, settings)
        if levels is None:
            return None
        dimensions[name] = dimensions[name].model_copy(update={"levels": levels})
    return policy.model_copy(update={"dimensions": dimensions})


def validated(policy: PolicyConfig) -> PolicyConfig:
    """The same, checked whole as if it was read from a file."""
    return PolicyConfig.model_validate(policy.model_dump(mode="json"))


def policy_text(policy: PolicyConfig, head: Sequence[str]) -> str:
    """The YAML of a policy below comments; read again it is the same policy, which is checked here.

    What a policy does not say, because it is the default, stays unsaid.
    """
    plain = policy.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    body = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=_WIDTH)
    text = "".join(f"# {line}\n" for line in head) + body
    if PolicyConfig.model_validate(read_yaml(text, "the proposed policy")) != policy:
        raise InternalError("a policy must be read from its file as it was written")
    return text


def _searched(policy: PolicyConfig) -> Iterator[tuple[str, DimensionConfig]]:
    for name in table_dimensions(policy.dimensions, policy.rules):
        dimension = policy.dimensions[name]
        kinds = {kind for level in dimension.levels[:-1] for kind in level.cut_offs}
        if len(kinds) == 1 and all(number != 0 for level in dimension.levels for number in level.cut_offs.values()):
            yield name, dimension


def _graded_by(policy: PolicyConfig) -> list[str]:
    """Dimensions that rules name, and those that they count, in the order of the policy."""
    wanted = set(table_dimensions(policy.dimensions, policy.rules))
    for name in reversed(policy.dimensions):
        if name in wanted:
            wanted |= {each.dimension for each in policy.dimensions[name].criteria if each.dimension}
    return [name for name in policy.dimensions if name in wanted]


def _cut_off(level: LevelConfig) -> tuple[CutOffKind, float]:
    return next(iter(level.cut_offs.items()))


def _parameter(name: str, kind: CutOffKind, own: float) -> Parameter:
    low, high = _BOUNDS.get(kind, tuple(sorted((own / _FURTHEST, own * _FURTHEST))))
    low, high = min(low, own), max(high, own)
    return Parameter(name=name, whole=False, low=low, high=high, log=kind in ("share", "amount") and low > 0)


def _moved_levels(name: str, dimension: DimensionConfig, settings: Settings) -> tuple[LevelConfig, ...] | None:
    kind = _cut_off(dimension.levels[0])[0]
    numbers = [float(f"{settings[_cut_off_key(name, level)]:.{_DIGITS}g}") for level in dimension.levels[:-1]]
    falling = dimension.sign > 0 and kind != "share"
    ordered = sorted(numbers, reverse=falling)
    if any(one == other for one, other in pairwise(ordered)):
        return None
    moved = [level.model_copy(update={kind: each}) for level, each in zip(dimension.levels, ordered, strict=False)]
    return (*moved, dimension.levels[-1])


def _weighted(name: str, dimension: DimensionConfig, settings: Settings) -> DimensionConfig:
    criteria = tuple(_reweighted(each, settings.get(_weight_key(name, each), 0.0)) for each in dimension.criteria)
    return dimension.model_copy(update={"criteria": criteria})


def _reweighted(criterion: CriterionConfig, doublings: float) -> CriterionConfig:
    weight = float(f"{criterion.weight * 2.0**doublings:.{_DIGITS}g}")
    return criterion.model_copy(update={"weight": weight}) if doublings else criterion


def _cut_off_key(dimension: str, level: LevelConfig) -> str:
    return f"{dimension}.{level.name}"


def _weight_key(dimension: str, criterion: CriterionConfig) -> str:
    return f"{dimension}.{criterion.name}.weight"
