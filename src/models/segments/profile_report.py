"""Stages, types and regions as report data: positions, moves between dates, labels, unknowns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from models.config.root import Config
from models.panel.panel import Panel
from models.panel.splits import LearningOrigins
from models.pipeline.pipeline import FittedModels
from models.profiles.compute import AXES, places_of
from models.profiles.labels import LabelReport, label_reports
from models.profiles.regions import Place, region_table
from models.profiles.rescoring import MigrationReport, held_histories, migration_report, raw_histories, with_lost
from models.vocab import FloatArray, TextArray


@dataclass(frozen=True, kw_only=True)
class RegionCell:
    """Clients of a class of region and a potential: expected value, its part at risk and mean decline.

    ``decline`` is None where there is nobody.
    """

    region_class: str
    potential: str
    clients: int
    value: float
    value_at_risk: float
    decline: float | None


@dataclass(frozen=True, kw_only=True)
class KindsReport:
    """Stages, types and regions: places, cross table, moves by axis, agreement with labels by axis.

    ``unknown_features``: section of the config -> features that it names and the book does not know.
    """

    as_of: date
    places: tuple[Place, ...]
    regions: tuple[RegionCell, ...]
    unknown_features: Mapping[str, tuple[str, ...]]
    migrations: Mapping[str, MigrationReport]
    labels: Mapping[str, LabelReport]


def served_kinds(models: FittedModels, panel: Panel, served: LearningOrigins, config: Config) -> KindsReport:
    """Facts of the models that serve: at the latest training origin, and for moves over all of them.

    The models have seen the outcomes of these origins, so that stages follow decline more closely than they will.
    """
    learned, now = panel.at(served.learn), panel.at([served.latest])
    raw = raw_histories(models.kinds, learned, models.decline.predict(models.contract.encode(learned.features)), config)
    published = held_histories(raw, config)
    histories = {**published, "stage": with_lost(published["stage"])}
    return KindsReport(
        as_of=panel.grid.start_of(served.latest),
        places=models.kinds.regions.places,
        regions=_regions(models, now, config),
        unknown_features=models.kinds.unknown,
        migrations={axis: migration_report(histories[axis], axis) for axis in AXES},
        labels=label_reports(models.kinds, now, config),
    )


def _regions(models: FittedModels, rows: Panel, config: Config) -> tuple[RegionCell, ...]:
    matrix, regions = models.contract.encode(rows.features), models.kinds.regions
    classes = regions.classes(places_of(rows.features, config))
    potential = regions.potential(rows.features, classes, config.regions)
    return region_cells(classes, potential, models.value.predict(matrix), models.decline.predict(matrix))


def region_cells(
    classes: TextArray, potential: TextArray, value: FloatArray, decline: FloatArray
) -> tuple[RegionCell, ...]:
    """The cross table class of region x potential of (n,) clients."""
    table = region_table(classes, potential, value, decline)
    return tuple(
        RegionCell(
            region_class=row["region_class"],
            potential=row["potential"],
            clients=int(row["clients"]),
            value=float(row["value"]),
            value_at_risk=float(row["value_at_risk"]),
            decline=None if np.isnan(row["decline"]) else float(row["decline"]),
        )
        for row in table.to_dict("records")
    )
