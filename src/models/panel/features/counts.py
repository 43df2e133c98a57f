"""For what a client comes: how many facilities of each kind that the config counts apart it ever signed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import SMALLER, FigureUnit, Said, Saying, Topic, words_for

_TOPIC = Topic("facilities_signed", Said("facilities signed, by kind", "各类融资项目签署数"))
_NONE_SIGNED = Said("no {label} were signed so far", "迄今未签署{label}")
_COUNT = Saying(
    figure=FigureUnit.COUNT,
    description=Said("number of {label} signed so far", "迄今签署的{label}笔数"),
    statement=Said("the number of {label} signed so far is {value}", "迄今签署的{label}笔数为{value}"),
    missing=_NONE_SIGNED,
    none=_NONE_SIGNED,
    than=SMALLER,
)


def facility_count_features(known: FeatureInputs) -> Iterator[Feature]:
    """One column per count of the config, whether they are still open or not. None without the table."""
    facilities = known.past.facilities
    if facilities is None:
        return
    for place, name in enumerate(known.settings.facility_counts):
        chosen = facilities.client[facilities.counted[:, place]]
        count = np.bincount(chosen, minlength=known.past.clients).astype(np.float64)
        said = words_for(_COUNT, _TOPIC, label=known.labels.facilities[name])
        yield Feature(f"facility_{name}_count_ever", "facilities", count, said)
