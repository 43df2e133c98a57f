"""Features that a config names beside the learners' own: those that this book does not have are told, not passed over.

What learners must have (``learners.segments.features``, ``monotone``) is refused elsewhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase

from models.config import (
    BacktestConfig,
    Config,
    NeedsConfig,
    RegionsConfig,
    RelationshipsConfig,
    ValueClassesConfig,
    WarningsConfig,
)
from models.notices import Notice, Severity

FORECASTS = ("decline_probability",)
"""What models say of a client; warnings may name it as if it were a feature."""
_NEAR = 0.8


def unknown_features(config: Config, known: Collection[str]) -> tuple[Notice, ...]:
    """Notices of names and patterns that match none of the ``known`` features, one for each setting.

    A warning where a known feature is called nearly so. The defaults speak of tables that many books lack: of them
    nothing is told.
    """
    usual = set(_usual_names())
    found = [
        (setting, [name for name in names if name not in usual and not _is_known(name, known)])
        for setting, names in _settings(config)
    ]
    return tuple(_notice(setting, names, known) for setting, names in found if names)


def _settings(config: Config) -> Iterator[tuple[str, Iterable[str]]]:
    yield from _kinds("relationships", config.relationships)
    yield from _kinds("needs", config.needs)
    yield "regions.potential", config.regions.potential.features
    yield "value_classes.invested", config.value_classes.invested.features
    yield "value_classes.influence", config.value_classes.influence.features
    yield from _warnings(config.warnings)
    for name, reach in config.explaining.within_reach.items():
        yield f"explaining.within_reach.{name}", (*reach.up, *reach.down)
    yield "backtest.rule.rating", (config.backtest.rule.rating,)
    yield "backtest.limits.exposure", (config.backtest.limits.exposure,)


def _kinds(section: str, kinds: RelationshipsConfig | NeedsConfig) -> Iterator[tuple[str, Iterable[str]]]:
    for name, driver in kinds.drivers.items():
        yield f"{section}.drivers.{name}", driver.features


def _warnings(warnings: WarningsConfig) -> Iterator[tuple[str, Iterable[str]]]:
    for name, side in warnings.dimensions.items():
        yield f"warnings.dimensions.{name}", (*side.up, *side.down, *side.away)


def _usual_names() -> Iterator[str]:
    """Every name that stands in the defaults."""
    for section, kinds in (("relationships", RelationshipsConfig()), ("needs", NeedsConfig())):
        yield from (name for _, names in _kinds(section, kinds) for name in names)
    yield from RegionsConfig().potential.features
    yield from ValueClassesConfig().invested.features
    yield from ValueClassesConfig().influence.features
    yield from (name for _, names in _warnings(WarningsConfig()) for name in names)
    yield from (BacktestConfig().rule.rating, BacktestConfig().limits.exposure)


def _is_known(name: str, known: Collection[str]) -> bool:
    feature, _, _ = name.partition("=")
    return feature in FORECASTS or any(fnmatchcase(each, feature) for each in known)


def _notice(setting: str, names: list[str], known: Collection[str]) -> Notice:
    near = {name: close for name in names if (close := _nearest(name.partition("=")[0], known))}
    return Notice(
        code="unknown_feature",
        severity=Severity.WARNING if near else Severity.NOTE,
        subject=setting,
        found=f"a feature of the book must be called so, none is called {', '.join(names)}",
        remedy="; ".join(f"did you mean {close} for {name}?" for name, close in near.items())
        or "it goes without; see the features of the report",
        count=len(names),
    )


def _nearest(name: str, known: Collection[str]) -> str | None:
    """The known feature that is called most alike."""
    close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_NEAR)
    return close[0] if close else None
