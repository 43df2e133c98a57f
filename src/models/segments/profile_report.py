"""What the report tells of stages, types and regions, as data: places, moves between dates, labels, what is unknown."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.codec import to_plain
from models.config.root import Config
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins
from models.pipeline.pipeline import FittedModels
from models.profiles.compute import AXES, places_of
from models.profiles.labels import label_facts
from models.profiles.regions import region_table
from models.profiles.rescoring import held_histories, migration_facts, raw_histories, with_lost
from models.vocab import FloatArray, TextArray


def served_kind_facts(models: FittedModels, panel: Panel, served: LearningOrigins, config: Config) -> dict[str, Any]:
    """Facts of the models that serve: at the latest training origin, and for moves over all of them.

    The models have seen the outcomes of these origins, so that stages follow decline more closely than they will.
    """
    learned, now = panel.at(served.learn), panel.at([served.latest])
    raw = raw_histories(models.kinds, learned, models.decline.predict(models.contract.encode(learned.features)), config)
    published = held_histories(raw, config)
    histories = {**published, "stage": with_lost(published["stage"])}
    return {
        "as_of": panel.grid.start_of(served.latest).isoformat(),
        "places": to_plain(models.kinds.regions.places),
        "regions": _regions(models, now, config),
        "unknown_features": {section: list(names) for section, names in models.kinds.unknown.items()},
        "migrations": {axis: migration_facts(histories[axis], axis) for axis in AXES},
        "labels": label_facts(models.kinds, now, config),
    }


def _regions(models: FittedModels, rows: Panel, config: Config) -> list[dict[str, Any]]:
    matrix, regions = models.contract.encode(rows.features), models.kinds.regions
    classes = regions.classes(places_of(rows.features, config))
    potential = regions.potential(rows.features, classes, config.regions)
    return region_facts(classes, potential, models.value.predict(matrix), models.decline.predict(matrix))


def region_facts(
    classes: TextArray, potential: TextArray, value: FloatArray, decline: FloatArray
) -> list[dict[str, Any]]:
    """The cross table class of region x potential of (n,) clients, ready for JSON; None where there is nobody."""
    table = region_table(classes, potential, value, decline)
    return [
        {str(name): None if isinstance(cell, float) and np.isnan(cell) else cell for name, cell in row.items()}
        for row in table.to_dict("records")
    ]
