"""The policy of a book that names none: expected value against decline, with the cut-offs of the section tiers."""

from __future__ import annotations

from collections.abc import Mapping

from models.config.labels import Wording
from models.config.policy.policy import PolicyConfig
from models.text import Language, Text

_VALUE = Text("expected value", "config")
_DECLINE = Text("decline", "config")


def built_in_policy(shares: Mapping[str, float], max_declines: Mapping[str, float]) -> PolicyConfig:
    """AA: value within its top share and decline at most its highest. A: likewise. B: all others.

    ``shares`` and ``max_declines``: of the tiers AA and A.
    It asks for nothing but the two predictions, so that every book can be graded.
    """
    bearable = [{"name": "low", "probability": max_declines["AA"]}]
    if max_declines["A"] > max_declines["AA"]:
        bearable.append({"name": "raised", "probability": max_declines["A"]})
    borne = [level["name"] for level in bearable]
    rules = [
        {"tier": "AA", "when": {"expected_value": "top", "decline_risk": "low"}},
        {"tier": "A", "when": {"expected_value": "good", "decline_risk": borne}},
        {"tier": "B", "when": {"expected_value": "rest", "decline_risk": borne}},
        {"tier": "B", "when": {"decline_risk": "high"}},
    ]
    if "raised" in borne:
        rules.append({"tier": "A", "when": {"expected_value": "top", "decline_risk": "raised"}})
    levels = [{"name": "top", "share": shares["AA"]}, {"name": "good", "share": shares["A"]}, {"name": "rest"}]
    dimensions = {
        "expected_value": {"label": _label(_VALUE), "measure": "value", "levels": levels},
        "decline_risk": {
            "label": _label(_DECLINE),
            "measure": "decline_probability",
            "levels": [*bearable, {"name": "high"}],
        },
    }
    return PolicyConfig.model_validate({"dimensions": dimensions, "rules": rules})


def _label(text: Text) -> dict[str, str]:
    """In the languages that every config must give; catalogues know the others by the English label."""
    return {language: text.within(Language(language)) for language in Wording.model_fields}
