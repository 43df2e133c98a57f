"""Warning signals that plug-ins bring: a figure of each client, made of its features, that a dimension may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from models.config.plugins import PluginSettings, Setting
from models.config.root import Config
from models.errors import InternalError
from models.panel.features.words import FeatureWords
from models.plugins import PluginGroup, load_plugin
from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class UsualFigure:
    """What of a signal is usual, and what only the best and the worst tenth of clients lie below and above."""

    middle: float
    low: float
    high: float


class WarningSignal(Protocol):
    """The object behind an entry point of ``clientvalue.warning_signals``.

    ``warnings.dimensions.DIMENSION.up`` (or ``down``) names it beside features, with the least step worth a word. No
    model learns from it; of its peers nothing is known but what it says itself.
    """

    @property
    def words(self) -> FeatureWords:
        """What people call it (``labelled_words``)."""

    @property
    def usual(self) -> UsualFigure:
        """What is usual of it."""

    def figure(self, features: pd.DataFrame, *, settings: Mapping[str, Setting]) -> FloatArray:
        """One figure per row of ``features``, (n,), NaN where it is not known; a row's figure is its own."""


@dataclass(frozen=True)
class PluggedSignal:
    """A signal with its settings."""

    name: str
    signal: WarningSignal
    settings: PluginSettings

    @property
    def usual(self) -> UsualFigure:
        """What is usual of it."""
        return self.signal.usual

    def of(self, features: pd.DataFrame) -> FloatArray:
        """Its figures, (n,). Raises ``InternalError`` where they are not one number per row."""
        figures = np.asarray(self.signal.figure(features, settings=self.settings), dtype=np.float64)
        if figures.shape != (len(features),) or np.isinf(figures).any():
            raise InternalError(f"the plug-in {self.name} must give each of {len(features)} rows a figure or NaN")
        return figures


def plugged_signals(config: Config) -> tuple[PluggedSignal, ...]:
    """The signals of ``plugins.warning_signals``. Raises ``MissingPluginError``."""
    return tuple(
        PluggedSignal(name, load_plugin(PluginGroup.WARNING_SIGNALS, name), settings)
        for name, settings in config.plugins.warning_signals.items()
    )


def signal_words(config: Config) -> dict[str, FeatureWords]:
    """What people call the signals of plug-ins, by their names."""
    return {each.name: each.signal.words for each in plugged_signals(config)}
