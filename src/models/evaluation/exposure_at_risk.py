"""What a lender has at stake in a client, by which campaigns against decline are judged; who declines is not asked."""

from __future__ import annotations

import numpy as np

from models.config import Config
from models.evaluation.benchmarks import past_behaviour
from models.panel.panel import Panel
from models.vocab import FloatArray


def exposure_at_risk(rows: Panel, config: Config) -> FloatArray:
    """What each client would bring within the horizon if it went on as in the longest window before.

    Shape (n_rows,), in book currency, not below zero: nothing is lost with a client that costs more than it brings.
    """
    share = config.time.horizon_periods / config.features.windows[-1]
    return np.maximum(past_behaviour(rows, config).total, 0.0) * share
