"""Counterfactual losses, had the lender acted in time: a pure function of the month of default."""

from __future__ import annotations

import numpy as np

from models.config.simulation import InterventionEconomics
from models.vocab import FloatArray


def share_avoided(months: FloatArray, settings: InterventionEconomics) -> FloatArray:
    """Share of a loss that does not arise, on average, if the client is acted on so many months before its default.

    1 - (1 - prevented * min(months / lead, 1)) * (1 - recovered_more). Any shape; NaN, for no default, gives 0.

    >>> share_avoided(np.array([0.0, 3.0, 12.0, np.nan]), InterventionEconomics()).round(3).tolist()
    [0.25, 0.4, 0.55, 0.0]
    """
    prevented = settings.prevented * np.minimum(months / settings.lead_months, 1.0)
    return np.where(np.isnan(months), 0.0, 1.0 - (1.0 - prevented) * (1.0 - settings.recovered_more))
