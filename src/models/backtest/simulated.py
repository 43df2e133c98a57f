"""Expected losses at a past date, and those that acting would have avoided; known of a simulated book only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from models.backtest.acting import Expected
from models.config.root import Config
from models.evaluation.truth import read_avoidable
from models.panel.panel import Panel
from models.simulator.truth import LOSS_HALVES


@dataclass(frozen=True)
class Simulated:
    """The truth of a simulated book, as far as it tells of losses; None where it does not."""

    truth: pd.DataFrame | None

    @classmethod
    def of(cls, path: Path, config: Config) -> Simulated:
        """Read the truth. One that was drawn with another effect of acting is not looked at."""
        reported = read_avoidable(path, config.simulation.intervention)
        return cls(reported)

    def expected(self, rows: Panel, as_of: date) -> Expected | None:
        """What could be expected of the clients of a panel at a date; None where the truth does not cover them."""
        if self.truth is None:
            return None
        known = self.truth[pd.to_datetime(self.truth["as_of"]).dt.date == as_of].set_index("client_id")
        if not rows.client_id.isin(known.index).all():
            return None
        mine = known.loc[rows.client_id]
        loss, avoided, first, second = (
            mine[name].to_numpy(dtype=np.float64) for name in ("expected_loss", "avoided_loss", *LOSS_HALVES)
        )
        return Expected(loss=loss, avoided=avoided, halves=(first, second))
