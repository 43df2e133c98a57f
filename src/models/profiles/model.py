"""The learned part of profiles: the distribution of each feature over the clients of a book."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from models.codec import from_json, to_json_text
from models.config.root import Config
from models.errors import DamagedBundleError
from models.profiles.positions import Positions, features_named
from models.profiles.regions import RegionFacts, RegionModel
from models.profiles.value_classes import ValueClassModel


@dataclass(frozen=True, kw_only=True)
class KindsModel:
    """Positions for relationship and need types, classes of regions, cut-offs of value classes."""

    relationships: Positions
    needs: Positions
    regions: RegionModel
    value_classes: ValueClassModel

    @classmethod
    def fit(cls, frame: pd.DataFrame, facts: RegionFacts, config: Config) -> KindsModel:
        """Learn from a panel's features at one as-of date; ``facts`` of the same clients."""
        return cls(
            relationships=Positions.fit(frame, features_named(*config.relationships.drivers.values())),
            needs=Positions.fit(frame, features_named(*config.needs.drivers.values())),
            regions=RegionModel.fit(frame, facts, config.regions),
            value_classes=ValueClassModel.fit(frame, facts.value, config.value_classes),
        )

    @property
    def unknown(self) -> dict[str, tuple[str, ...]]:
        """Section of the config -> features that it names and the book does not tell."""
        return {
            "relationships": self.relationships.unknown,
            "needs": self.needs.unknown,
            "regions": self.regions.strength.unknown,
            "value_classes": self.value_classes.positions.unknown,
        }

    def to_json(self) -> str:
        """The model as text; numbers keep every digit."""
        return to_json_text(self, ascii_only=False)

    @classmethod
    def from_json(cls, text: str) -> KindsModel:
        """Read what ``to_json`` wrote. Raises ``DamagedBundleError`` if the text is something else."""
        return from_json(cls, text, subject="kinds.json", remedy="restore the bundle", error=DamagedBundleError)
