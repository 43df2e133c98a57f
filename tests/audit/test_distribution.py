"""The spread of one column, in bins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.audit.distribution import distribution_of


def test_numbers_that_differ_by_rounding_alone_are_one_bin() -> None:
    one = 14_600.000000000002
    found = distribution_of(pd.Series([one, np.nextafter(one, 2e4), one] * 40))
    assert found.counts == (120,)
    assert distribution_of(pd.Series([0.0] * 10)).counts == (10,)


def test_bins_add_up_to_all_clients() -> None:
    found = distribution_of(pd.Series(np.arange(1_000.0)))
    assert len(found.counts) > 1
    assert sum(found.counts) == 1_000
