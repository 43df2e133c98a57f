"""For what a client comes: how many facilities of each kind that the config counts apart it ever signed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.panel.features.inputs import Feature, FeatureInputs
from models.panel.features.words import SMALLER, FigureUnit, Template, Topic, words_for
from models.text import Text

_TOPIC = Topic("facilities_signed", Text("facilities signed, by kind"))
_NONE_SIGNED = Text("no {label} were signed so far")
_COUNT = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of {label} signed so far"),
    statement=Text("the number of {label} signed so far is {value}"),
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
