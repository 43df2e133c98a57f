"""Small policies and the facts of a few clients, for the tests of tiers and treatments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from models.config.features import FeaturesConfig
from models.config.policy.policy import PolicyConfig
from models.grading.facts import FORECAST, Facts
from models.grading.overrides import Override

AS_OF = date(2024, 1, 1)
POLICIES = Path(__file__).parents[2] / "configs" / "policies"
PROJECT_FINANCE = PolicyConfig.model_validate(
    yaml.safe_load((POLICIES / "project_finance.yaml").read_text(encoding="utf-8"))
)

FEATURES = FeaturesConfig.model_validate(
    {
        "windows": [3, 12],
        "measures": {"pd": {"table": "ratings", "column": "pd", "form": "state"}, "fee": {"kinds": ["fee"]}},
        "attributes": ["esg_grade", "employees"],
    }
)

CREDIT_AND_VALUE: dict[str, Any] = {
    "dimensions": {
        "credit": {
            "label": {"en": "credit", "zh": "信用"},
            "criteria": [
                {"feature": "pd_last", "weight": 3, "worst": 0.10, "best": 0.0},
                {"feature": "esg_grade", "weight": 1, "points": {"A": 100, "B": 60}},
            ],
            "levels": [{"name": "high", "points": 60}, {"name": "fair", "points": 30}, {"name": "ordinary"}],
        },
        "expected_value": {
            "label": {"en": "expected value", "zh": "预期价值"},
            "measure": "value_low",
            "levels": [{"name": "top", "amount": 2_000_000.0}, {"name": "rest"}],
        },
        "decline_risk": {
            "label": {"en": "decline", "zh": "衰退概率"},
            "measure": "decline_high",
            "levels": [{"name": "bearable", "probability": 0.5}, {"name": "high"}],
        },
    },
    "rules": [
        {"tier": "AA", "when": {"decline_risk": "bearable", "credit": "high", "expected_value": "top"}},
        {"tier": "A", "when": {"decline_risk": "bearable", "credit": "high", "expected_value": "rest"}},
        {"tier": "A", "when": {"decline_risk": "bearable", "credit": "fair"}},
        {"tier": "B", "when": {"decline_risk": "bearable", "credit": "ordinary"}},
        {"tier": "B", "when": {"decline_risk": "high"}},
    ],
    "caps": [
        {
            "name": f"overdue_{days}",
            "feature": "arrears_days",
            "above": days,
            "at_most": "B",
            "because": {"en": f"more than {days} days overdue", "zh": f"逾期超过{days}天"},
        }
        for days in (90, 270, 360)
    ],
}
"""AA: credit 60 and 2 m. A: credit 30, and not AA. B: the others, and whoever may decline by more than 50%."""


def policy_of(**changes: Any) -> PolicyConfig:
    """The policy above with other sections."""
    return PolicyConfig.model_validate({**CREDIT_AND_VALUE, **changes})


_PARTS = tuple(name for name in FORECAST if name.startswith(("margin", "credit_loss", "default")))


def facts_of(
    *,
    value: Any = 1e6,
    pd_last: Any = 0.01,
    decline: Any = 0.1,
    arrears: Any = 0.0,
    esg: Any = None,
    previous: Any = None,
    overrides: Mapping[str, Override] | None = None,
    forecast: Mapping[str, Any] | None = None,
    **features: Any,
) -> Facts:
    """Facts of as many clients as the longest argument has; the others hold of all. Ids are c0, c1, ...

    ``forecast`` are parts of value and the probability of default; where it says nothing they are not known.
    """
    given = {"value": value, "pd_last": pd_last, "decline": decline, "arrears": arrears}
    clients = max(np.size(each) for each in [*given.values(), *features.values(), "" if previous is None else previous])
    full = {name: np.broadcast_to(np.asarray(each, dtype=np.float64), clients).copy() for name, each in given.items()}
    columns = {"pd_last": full["pd_last"], "esg_grade": [esg] * clients, "arrears_days": full["arrears"], **features}
    bound = {name: full[name] for name in ("value", "decline")}
    parts = {name: np.full(clients, np.nan) for name in _PARTS} | {
        name: np.broadcast_to(np.asarray(each, dtype=np.float64), clients).copy()
        for name, each in (forecast or {}).items()
    }
    return Facts(
        **parts,
        client_id=np.array([f"c{number}" for number in range(clients)]),
        as_of=AS_OF,
        value=bound["value"],
        value_low=bound["value"],
        value_high=bound["value"],
        decline_probability=bound["decline"],
        decline_low=bound["decline"],
        decline_high=bound["decline"],
        features=pd.DataFrame(columns, index=range(clients)),
        previous=None if previous is None else np.broadcast_to(np.asarray(previous, dtype=np.str_), clients).copy(),
        overrides=overrides or {},
    )
