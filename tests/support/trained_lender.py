"""A lender's book that was trained, registered and predicted. Apart from the book itself, since MLflow loads slowly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from models.scoring.job import predict
from models.scoring.report import Predicted
from models.training.job import train
from models.training.result import TrainResult
from support.lending_book import Lender, lender_in


@dataclass(frozen=True)
class TrainedLender(Lender):
    """A lender whose models were trained, registered and used once. Below ``root`` stands all that this left."""

    root: Path
    result: TrainResult
    predicted: Predicted

    def column(self, name: str) -> list[Any]:
        """A column of scores.parquet."""
        return list(pq.read_table(self.predicted.folder / "scores.parquet")[name].to_pylist())


def trained_lender(
    root: Path, tables: Mapping[str, pd.DataFrame] | None = None, *, ending: str = "csv", **sections: Mapping[str, Any]
) -> TrainedLender:
    """Draw, train, predict."""
    lender = lender_in(root, tables, ending=ending, **sections)
    result = train(lender.config)
    predicted = predict(lender.config, book=result.book)
    return TrainedLender(lender.book, lender.config_file, lender.config, root, result, predicted)
