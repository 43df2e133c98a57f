"""The section ``monitor``: from which figures on a publication, or what came of it, is an alarm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from models.config.base import Count, OpenShare
from models.config.guard import Limit, LimitsSection
from models.text import Text


class GuardMode(StrEnum):
    """What becomes of scores that cannot be: not published, published with a mark, or not looked at."""

    STOP = "stop"
    MARK = "mark"
    OFF = "off"


LIMIT_REASONS: Mapping[str, Text] = {
    "level": Text(
        "Median size of an input, as a factor up or down: a book grows, units jump by a hundred or a thousand."
    ),
    "missing": Text("Change of the share of clients of whom an input is not known: a table came late or a join broke."),
    "unseen": Text("Share of clients whose category training never saw, which models take for not known."),
    "sign": Text("Change of the share of clients whose input is below zero."),
    "exchanged": Text(
        "How much better two inputs fit each other's distribution than their own: columns changed places."
    ),
    "shift": Text(
        "Population stability index of an input; 0.1 and 0.25 are the lines of credit scoring (Siddiqi 2006)."
    ),
    "moved_inputs": Text(
        "Share of what moves the models that comes from inputs whose index reaches shift.warning: the world moved, "
        "or the feed did."
    ),
    "silent": Text(
        "Periods by which the latest events of the most recent twentieth of clients lie longer ago than ever "
        "before: the feed stands still while the date moves on."
    ),
    "clients": Text(
        "Scored clients, as a factor up or down since the publication before: half a file, or a file twice."
    ),
    "ranks": Text(
        "One less the rank correlation of clients' value, or chance of default, with that of the publication "
        "before: rows stand with other clients, which no distribution tells."
    ),
    "score_shift": Text("Population stability index of value, margin, credit loss and chances, beyond chance."),
    "grade_shift": Text("The same of shares of tiers, stages, types and segments: whom it moves asks why."),
    "reason_shift": Text(
        "The same of the reasons that come first: the same grades for other reasons are other grades."
    ),
    "declines": Text(
        "How far the declines that curves foresaw lie outside the interval of those that came, over those foreseen."
    ),
    "calibration": Text(
        "How far the interval of the calibration slope stays away from 1: chances are too bold, or too shy."
    ),
    "coverage": Text(
        "How far the interval of the share of values within their intervals stays below the level promised."
    ),
    "value_total": Text("How far the interval of the value that came, over that foreseen, stays away from 1."),
    "warning_precision": Text(
        "How far the interval of how often warned clients decline stays below how often clients do anyway, over "
        "this: warnings that tell less than nothing."
    ),
}
"""What each limit bounds, and why."""


def _limit(name: str, **limits: float) -> Any:
    return Field(default=Limit(**limits), description=LIMIT_REASONS[name].english)


class MonitorConfig(LimitsSection):
    """What of inputs, scores and outcomes is an alarm. What is not named keeps its default.

    Figures of inputs and scores are held against the training data, and against the publication before. There they are
    counted beyond chance and, beside training, beyond what was usual between the dates learned from. ``refused`` stops
    ``predict`` where ``guard`` says so; features that hardly move the models never stop it.
    """

    guard: GuardMode = Field(
        default=GuardMode.STOP,
        description="stop: nothing is published where a figure of inputs or scores reaches refused; mark: it is, with "
        "a warning; off: only monitor looks.",
    )
    within_periods: Count = Field(
        default=3,
        description="A publication so many periods back or fewer is the one before; what lies longer ago may differ.",
    )
    small_weight: OpenShare = Field(
        default=0.01,
        description="A feature that makes up less of what moves the models than this share stops no publication.",
    )
    # inputs and scores
    level: Limit = _limit(
        "level",
        warning=3.0,
        refused=20.0,
    )
    missing: Limit = _limit(
        "missing",
        warning=0.1,
        refused=0.6,  # what most clients lacked at once was not delivered
    )
    unseen: Limit = _limit(
        "unseen",
        warning=0.05,
        refused=0.5,
    )
    sign: Limit = _limit("sign", warning=0.2, refused=0.6)
    exchanged: Limit = _limit(
        "exchanged",
        warning=0.25,
        refused=0.5,
    )
    shift: Limit = _limit(
        "shift",
        note=0.1,
        warning=0.25,
        refused=4.0,  # hardly a client is where clients were: the column is empty, or another
    )
    moved_inputs: Limit = _limit(
        "moved_inputs",
        warning=0.25,
        refused=0.75,  # models that know hardly any of their inputs say nothing
    )
    silent: Limit = _limit(
        "silent",
        warning=0.75,
        refused=2.0,
    )
    clients: Limit = _limit(
        "clients",
        warning=1.25,
        refused=1.8,
    )
    ranks: Limit = _limit(
        "ranks",
        warning=0.25,  # the same clients keep 0.05 within a month, and 0.1 within three
        refused=0.6,
    )
    score_shift: Limit = _limit("score_shift", note=0.1, warning=0.25)
    grade_shift: Limit = _limit("grade_shift", note=0.1, warning=0.25)
    reason_shift: Limit = _limit(
        "reason_shift",
        note=0.25,
        warning=0.5,  # there are many reasons, and the second often takes the place of the first
    )
    # outcomes: what came after a publication beside what it said
    first_outcome_periods: Count = Field(
        default=3, description="Outcomes are looked at once so many periods of the horizon have passed."
    )
    history: Count = Field(default=36, description="So many publications, the latest, are looked at.")
    level_of_intervals: OpenShare = Field(
        default=0.95, description="Of intervals of outcomes; sponsor groups are drawn whole."
    )
    declines: Limit = _limit(
        "declines",
        note=0.0,
        warning=0.1,
    )
    calibration: Limit = _limit(
        "calibration",
        note=0.0,
        warning=0.1,
    )
    coverage: Limit = _limit(
        "coverage",
        note=0.0,
        warning=0.03,
    )
    value_total: Limit = _limit("value_total", note=0.0, warning=0.1)
    warning_precision: Limit = _limit(
        "warning_precision",
        warning=0.0,
    )

    @property
    def moved_from(self) -> float:
        """The stability index from which on an input counts as moved; without ``shift.warning`` none does."""
        return math.inf if self.shift.warning is None else self.shift.warning

    @property
    def looks(self) -> bool:
        """Whether a run is looked at before it is published."""
        return self.guard is not GuardMode.OFF
