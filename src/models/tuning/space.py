"""The search space: hyperparameters and their bounds, from the fields of the config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from models.config.base import Search
from models.config.learners import BOOSTED, BoostingConfig
from models.config.plugins import Setting
from models.config.root import Config
from models.errors import UserError
from models.learners.protocol import TunedSetting
from models.plugins import PluginGroup, load_plugin

TunedModel = Literal["value", "decline"]
Settings = dict[str, int | float]
"""Hyperparameter -> value."""
_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number that is searched, and between which bounds."""

    name: str
    whole: bool
    low: float
    high: float
    log: bool


def search_space(learner: BoostingConfig, candidates: Sequence[str] = ()) -> tuple[Parameter, ...]:
    """What is searched of a learner. Where its own value lies outside the bounds, they are widened to hold it.

    ``candidates``: those value candidates that are fitted; what none of them knows is left out.
    """
    searches = {name: search for name, search in _searches(learner).items() if _known_to(candidates, search)}
    return tuple(_parameter(learner, name, search) for name, search in searches.items())


def tuned_fields(learner: BoostingConfig) -> set[str]:
    """All fields of a learner that a search may change."""
    return set(_searches(learner))


def own_settings(learner: BoostingConfig, space: Sequence[Parameter]) -> Settings:
    """What the config itself says of the searched numbers."""
    return {parameter.name: getattr(learner, parameter.name) for parameter in space}


def rounded(drawn: Mapping[str, int | float]) -> Settings:
    """To four digits, as they can be written into a config: finer steps change nothing that could be noticed.

    >>> rounded({"trees": 12345, "learning_rate": 0.043219847})
    {'trees': 12345, 'learning_rate': 0.04322}
    """
    return {name: each if isinstance(each, int) else float(f"{each:.{_DIGITS}g}") for name, each in drawn.items()}


def plugin_space(config: Config, model: TunedModel) -> tuple[tuple[Parameter, ...], Settings] | None:
    """What is searched of a plug-in that leads, and what the config says of it; None where a learner of ours leads.

    Raises ``UserError`` where the plug-in has nothing to search.
    """
    leader = _leading_plugin(config, model)
    if leader is None:
        return None
    tuned: Mapping[str, TunedSetting] = getattr(load_plugin(PluginGroup.DECLINE_LEARNERS, leader), "tuned", {})
    if not tuned:
        raise UserError(
            rule=f"the plug-in {leader} must say which of its settings can be searched",
            got="nothing called tuned",
            remedy="tune with --model value, or give it tuned: setting -> TunedSetting",
        )
    given = config.plugins.decline_learners.get(leader, {})
    own = {name: _own(given.get(name, each.default), each) for name, each in tuned.items()}
    space = [
        Parameter(
            name=name,
            whole=isinstance(each.default, int),
            low=min(each.low, own[name]),
            high=max(each.high, own[name]),
            log=each.log,
        )
        for name, each in tuned.items()
    ]
    return tuple(space), own


def _own(value: Setting, tuned: TunedSetting) -> int | float:
    return type(tuned.default)(float(str(value)))


def _leading_plugin(config: Config, model: TunedModel) -> str | None:
    leader = config.learners.decline.leader
    return None if model == "value" or leader == BOOSTED else leader


def settings_home(config: Config, model: TunedModel) -> tuple[str, ...]:
    """The keys under which a config holds what is searched."""
    leader = _leading_plugin(config, model)
    return ("learners", model) if leader is None else ("plugins", "decline_learners", leader)


def with_settings(config: Config, model: TunedModel, settings: Mapping[str, Any]) -> Config:
    """The config with other hyperparameters of one learner, be it of ours or of the plug-in that leads."""
    leader = _leading_plugin(config, model)
    if leader is not None:
        named = config.plugins.decline_learners
        changed = {**named, leader: {**named.get(leader, {}), **settings}}
        return config.model_copy(update={"plugins": config.plugins.model_copy(update={"decline_learners": changed})})
    learner = getattr(config.learners, model).model_copy(update=dict(settings))
    return config.model_copy(update={"learners": config.learners.model_copy(update={model: learner})})


def _searches(learner: BoostingConfig) -> dict[str, Search]:
    fields = type(learner).model_fields.items()
    return {name: known for name, field in fields for known in field.metadata if isinstance(known, Search)}


def _known_to(candidates: Sequence[str], search: Search) -> bool:
    return not search.candidates or not set(search.candidates).isdisjoint(candidates)


def _parameter(learner: BoostingConfig, name: str, search: Search) -> Parameter:
    own = getattr(learner, name)
    low, high = min(search.low, own), max(search.high, own)
    whole = type(learner).model_fields[name].annotation is int
    return Parameter(name=name, whole=whole, low=low, high=high, log=search.log and low > 0)
