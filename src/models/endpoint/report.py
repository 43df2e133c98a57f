"""Questions and answers of a served model: the columns that it takes, all optional, and those that it gives."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from models.learners.contract import FeatureContract

LOADER = "models.endpoint.loader"
"""The module that MLflow asks for the model of a folder."""
CLIENT, AS_OF = "client_id", "as_of"
ANSWERS: Mapping[str, str] = {
    "value": "number",
    "decline_probability": "number",
    "value_low": "number",
    "value_high": "number",
    "margin": "number",
    "credit_loss": "number",
    "tier": "category",
    "tier_reason": "category",
    "stage": "category",
    "reasons": "category",
    "note": "category",
    CLIENT: "category",
    AS_OF: "category",
}
"""Column -> number or text; those that others read before there were more come first. ``note`` is empty where nothing
is to be said of a row."""
_NOBODY = "EXAMPLE"


def questions(contract: FeatureContract) -> dict[str, str]:
    """Columns that may be asked with: a client and a date, or every feature of the contract."""
    return {CLIENT: "category", AS_OF: "category", **{each.name: str(each.kind) for each in contract.features}}


def example_questions(contract: FeatureContract) -> pd.DataFrame:
    """One row of each kind, as examples: a client that no book has, and features that are no client's.

    Every number of it is 0 and every category the first by name, so that nothing of the book but a name of a category
    is in it, which stands in the contract anyway.
    """
    named = {
        each.name: 0.0 if each.kind == "number" else next(iter(each.categories), None) for each in contract.features
    }
    columns = {
        name: pd.Series([None, named[name]], dtype=object if kind == "category" else float)
        for name, kind in questions(contract).items()
        if name in named
    }
    asked = {CLIENT: pd.Series([_NOBODY, None], dtype=object), AS_OF: pd.Series([None, None], dtype=object)}
    return pd.DataFrame(asked | columns)
