"""The door at which MLflow asks for a model: a bundle, proved by its hashes, beside the features that are served."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from models.config.places import work_dir
from models.endpoint.compute import FEATURES_VARIABLE, answer
from models.endpoint.report import example_questions
from models.features.report import FeatureTable, read_features
from models.pipeline.bundle import Bundle, read_bundle
from models.publications.refused import refused_now


class ServedModel:
    """A bundle that answers rows; nothing in it was pickled.

    The folder of features is named by who starts the server, never by who asks it: a request opens no file. It answers
    once before it is ready, since the machine code of explanations may still have to be made.
    """

    def __init__(self, bundle: Bundle, features: Path | None) -> None:
        self._bundle = bundle
        self._features = features
        self._read: tuple[Path, FeatureTable] | None = None
        answer(bundle, example_questions(bundle.models.contract), self._table())  # else the first to ask would wait

    def predict(self, rows: pd.DataFrame, params: dict[str, object] | None = None) -> pd.DataFrame:  # noqa: ARG002
        """Value, decline, tier and reasons of each row, asked by ``client_id`` or by all features of the contract."""
        return answer(self._bundle, rows, self._table(), self._refused())

    def _refused(self) -> frozenset[str]:
        """Who refused by the newest book that was checked where the models or the features come from, if it is here."""
        config = self._bundle.config
        if not config.privacy.leaves_out:
            return frozenset()
        beside = [] if self._features is None else [self._features.resolve().parent.parent]
        return frozenset().union(*(refused_now(folder) for folder in [work_dir(config), *beside]))

    def _table(self) -> FeatureTable | None:
        """The features that the place leads to now: those of the next date once they are published."""
        if self._features is None:
            return None
        folder = self._features.resolve()
        if self._read is None or self._read[0] != folder:
            self._read = folder, read_features(folder, bundle=self._bundle.key)
        return self._read[1]


def _load_pyfunc(path: str) -> ServedModel:
    """Called by MLflow with the folder of the bundle."""
    place = os.environ.get(FEATURES_VARIABLE)
    return ServedModel(read_bundle(Path(path)), Path(place) if place else None)
