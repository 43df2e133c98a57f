"""Scores settings on past origins, oldest first, by models that learned before each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from models.config.root import Config
from models.errors import InternalError, TooLittleDataError
from models.panel.panel import Panel
from models.panel.splits import OutOfTimeOrigins
from models.pipeline.past_behaviour import exposure_at_risk
from models.pipeline.rows import contract_of, require_clients, rows_of
from models.tuning.objectives import Objective, Truth
from models.tuning.space import with_settings
from models.vocab import FloatArray


class Examination:
    """The questions that all trials of a study are asked: the same origins, the same rows, the same objective.

    Origins at which nothing can be learned or judged, whatever the settings, are left out. Raises
    ``TooLittleDataError`` if none is left.
    """

    def __init__(self, panel: Panel, config: Config, origins: Sequence[OutOfTimeOrigins], objective: Objective) -> None:
        self._panel = panel
        self._config = config
        self._objective = objective
        self._origins = tuple(origin for origin in origins if _can_be_judged(panel, config, origin, objective))
        if not self._origins:
            raise TooLittleDataError(
                rule="tuning needs a past origin that models which learned before it can foretell",
                got=f"none of {len(origins)} before {min(config.origins.test)}",
                remedy="bring a longer book, shorten time.horizon_periods or origins.min_history_periods",
            )
        self._truth = tuple(truth_of(panel.at([each.origin]), config) for each in self._origins)

    @property
    def dates(self) -> tuple[date, ...]:
        """The as-of dates that are predicted, oldest first."""
        return tuple(self._panel.grid.start_of(each.origin) for each in self._origins)

    def attempt(self, settings: Mapping[str, int | float]) -> Attempt:
        """Put the questions to one choice of settings."""
        return Attempt(self, with_settings(self._config, self._objective.model, settings))

    def forecast_past(self, place: int, config: Config) -> FloatArray:
        """Raw scores of the clients at one origin, by models fitted with ``config``. Shape (n_models, n_clients)."""
        asked = self._origins[place]
        early = self._panel.at(asked.early).as_known()
        contract = contract_of(early, config)
        later = contract.encode(self._panel.at([asked.origin]).features)
        return self._objective.forecast_past(rows_of(early, contract), contract, later, config)

    def score(self, place: int, raw: Sequence[FloatArray]) -> float:
        """Score of one origin, put right by the others that ``raw`` holds."""
        return self._objective.score(place, raw, self._truth[: len(raw)])


class Attempt:
    """One choice of settings at work: each step of the iteration foretells one more origin."""

    def __init__(self, examination: Examination, config: Config) -> None:
        self._examination = examination
        self._config = config
        self._raw: list[FloatArray] = []

    def __len__(self) -> int:
        return len(self._examination.dates)

    def __iter__(self) -> Iterator[float]:
        """The score of each origin as known then: calibrated on the origins before it only."""
        for place in range(len(self)):
            self._raw.append(self._examination.forecast_past(place, self._config))
            yield self._examination.score(place, self._raw)

    def scores(self) -> tuple[float, ...]:
        """The scores when all origins are predicted, each calibrated on all others."""
        return tuple(self._examination.score(place, self._raw) for place in range(len(self._raw)))


def truth_of(rows: Panel, config: Config) -> Truth:
    """What became of the clients of a panel of one origin."""
    if rows.value is None or rows.declined is None:
        raise InternalError("settings can only be judged on a panel with targets")
    return Truth(
        value=rows.value, declined=rows.declined.astype(np.float64), exposure_at_risk=exposure_at_risk(rows, config)
    )


def _can_be_judged(panel: Panel, config: Config, asked: OutOfTimeOrigins, objective: Objective) -> bool:
    """Whether there are clients enough to learn from, and outcomes that differ, both there and at the origin."""
    early, rows = panel.at(asked.early), panel.at([asked.origin])
    try:
        require_clients(early, max(asked.early))
    except TooLittleDataError:
        return False
    return all(objective.has_something_to_tell(truth_of(each, config)) for each in (early, rows))
