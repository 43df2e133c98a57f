"""Names of a policy by language: its tiers, dimensions, criteria, caps, and who looks after clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from models.config.labels import Wording
from models.config.policy.policy import PolicyConfig
from models.grading.criterion_text import PREDICTIONS
from models.text import ENGLISH, Phrase, Spoken, spoken

NO_FEATURES: Final[Mapping[str, Spoken]] = {}


def policy_names(policy: PolicyConfig, features: Mapping[str, Spoken] = NO_FEATURES) -> dict[str, Spoken]:
    """Name -> what people call it, by language; in English the plain name, under which tables show it.

    ``features``: feature -> the same, for criteria and caps that look at it; without it they stand by their names.
    """
    phrases: dict[str, Phrase] = {
        **PREDICTIONS,
        **{name: each.label.phrase() for name, each in policy.dimensions.items()},
        **{cap.name: cap.because.phrase() for cap in policy.caps},
        **{name: label.phrase() for name, label in _coverage(policy).items()},
    }
    called = {**features, **{name: spoken(phrase) for name, phrase in phrases.items()}}
    plainly = {name: {**said, ENGLISH: plain(name)} for name, said in called.items() if not isinstance(said, str)}
    return {**plainly, **policy.scale.spoken_labels()}


def plain(name: str) -> str:
    """A name of the policy as it is read.

    >>> plain("overdue_30")
    'overdue 30'
    """
    return name.replace("_", " ")


def _coverage(policy: PolicyConfig) -> Mapping[str, Wording]:
    return {} if policy.treatments is None else policy.treatments.coverage
