"""Past behaviour of clients, from the features of a panel: the inputs of the baselines, and the exposure at risk."""

from __future__ import annotations

import numpy as np

from models.book.measures import ACTIVITY
from models.book.periods import DAYS_PER_PERIOD
from models.config.root import Config
from models.learners.baselines import PastBehaviour
from models.panel.panel import Panel
from models.vocab import FloatArray


def past_behaviour(panel: Panel, config: Config) -> PastBehaviour:
    """Recency, counts and sums of each row of a panel, in periods and book currency."""
    days, windows = DAYS_PER_PERIOD[config.time.period], config.features.windows

    return PastBehaviour.filled(
        recency=_column(panel, f"{ACTIVITY}_recency_days") / days,
        count=_column(panel, f"{ACTIVITY}_count_{windows[-1]}p"),
        total=_column(panel, f"value_sum_{windows[-1]}p"),
        last_period=_column(panel, f"value_sum_{windows[0]}p"),
        tenure=_column(panel, "tenure_days") / days,
    )


def exposure_at_risk(rows: Panel, config: Config) -> FloatArray:
    """Value in the horizon of each client if it went on as in the longest window before.

    Shape (n_rows,), in book currency, not below zero: nothing is lost with a client that costs more than it brings.
    """
    share = config.time.horizon_periods / config.features.windows[-1]
    return np.maximum(past_behaviour(rows, config).total, 0.0) * share


def _column(panel: Panel, name: str) -> FloatArray:
    return panel.features[name].to_numpy(dtype=np.float64)
