"""Features picked up by name, and notices of names that no feature can have or that a book lacks."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import reduce

import numpy as np
import pandas as pd

from models.config.feature_names import ANY_WINDOW, is_of_family, possible_features
from models.config.features import FeaturesConfig
from models.config.kinds import NeedsConfig, RelationshipsConfig
from models.config.root import Config
from models.config.warnings import WarningsConfig
from models.notices import Notice, Severity
from models.panel.feature_sources import Direction, is_open
from models.text import SENTENCES, Text
from models.vocab import FloatArray

FORECASTS = ("decline_probability",)
"""What models say of a client; warnings may name it as if it were a feature."""
_NEAR = 0.8
_NOT_IN_BOOK = Text("the book has no {features}, so the rule goes without")
_BRING = Text("bring the table or column that it is made of, or change the rule")
_PAST = Text("{features} would rewrite what has happened, so it is never proposed")
_FROM_NOW_ON = Text("name what the action changes from now on, or leave it away")
_UNKNOWN = Text("features must be called as one can be, none is called {features}")
_DID_YOU_MEAN = Text("did you mean {close} for {name}?")
_GOES_WITHOUT = Text("it goes without; the report lists the features")


def unknown_features(config: Config, known: Collection[str]) -> tuple[Notice, ...]:
    """Notices of names and patterns that no feature can have, one for each setting.

    ``known`` are the features of the book. What other books may have is no slip: the defaults speak of many tables.
    """
    possible = {*known, *FORECASTS, *config.plugins.warning_signals, *_possible(config.features)}
    found = [
        (setting, [name for name in names if not _is_among(name, possible) and not is_of_family(name, config.features)])
        for setting, names in _settings(config)
    ]
    named = tuple(_notice(setting, names, possible) for setting, names in found if names)
    return (*named, *_closed(config))


def number_feature(features: pd.DataFrame, name: str) -> FloatArray:
    """A number feature by its name, NaN of every row where the book lacks it. Shape (n_rows,).

    Rules that go on without it say its name to ``absent_features``, so that nothing goes without in silence.
    """
    return features[name].to_numpy(dtype=np.float64) if name in features else np.full(len(features), np.nan)


def absent_features(asked: Mapping[str, Sequence[str]], known: Collection[str]) -> tuple[Notice, ...]:
    """Notices of features that rules ask for and a book lacks, one for each rule; ``asked``: rule -> features."""
    lacking = {rule: [name for name in names if name.partition("=")[0] not in known] for rule, names in asked.items()}
    return tuple(
        Notice.of(
            "feature_not_in_book",
            Severity.NOTE,
            rule,
            found=_NOT_IN_BOOK.filled(features=", ".join(names)),
            remedy=_BRING,
            count=len(names),
        )
        for rule, names in lacking.items()
        if names
    )


def _closed(config: Config) -> Iterator[Notice]:
    """Notices of what is asked to be within reach and cannot change, since it is the past."""
    for name, reach in config.explaining.within_reach.items():
        asked: list[tuple[str, Direction]] = [
            *((each, "up") for each in reach.up),
            *((each, "down") for each in reach.down),
        ]
        closed = [each for each, goes in asked if not is_open(each.replace("*", "1p"), goes)]
        if closed:
            yield Notice.of(
                "past_cannot_change",
                Severity.NOTE if len(closed) < len(asked) else Severity.WARNING,
                f"explaining.within_reach.{name}",
                found=_PAST.filled(features=", ".join(closed)),
                remedy=_FROM_NOW_ON,
                count=len(closed),
            )


def _possible(features: FeaturesConfig) -> Iterator[str]:
    """Features of any book with these windows; the defaults speak of notes also where none are read."""
    with_notes = features.model_copy(update={"text_components": max(features.text_components, 1)})
    for name in possible_features(with_notes):
        yield from (name.replace(ANY_WINDOW, f"{window}p") for window in features.windows)


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


def _is_among(name: str, possible: Collection[str]) -> bool:
    feature = name.partition("=")[0]
    return feature in possible or any(fnmatchcase(each, feature) for each in possible)


def _notice(setting: str, names: list[str], possible: Collection[str]) -> Notice:
    near = {name: _nearest(name.partition("=")[0], possible) for name in names}
    meant = [_DID_YOU_MEAN.filled(close=close, name=name) for name, close in near.items() if close]
    return Notice.of(
        "unknown_feature",
        Severity.WARNING,
        setting,
        found=_UNKNOWN.filled(features=", ".join(names)),
        remedy=reduce(lambda one, two: SENTENCES.filled(first=one, next=two), meant) if meant else _GOES_WITHOUT,
        count=len(names),
    )


def _nearest(name: str, possible: Collection[str]) -> str | None:
    """The feature that is called most alike."""
    close = difflib.get_close_matches(name, sorted(possible), n=1, cutoff=_NEAR)
    return close[0] if close else None
