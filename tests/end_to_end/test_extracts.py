"""Five extracts as core systems write them: first steps, few edited lines, a whole run, and a client explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

import models
from models.config.loading import load_config
from models.init.job import init
from support.extracts import chinese_csv, flat_loans, german_csv, month_ends, workbook
from support.extracts.lender import lender

EDITED = ("book.known_until=2023-01-01",)
"""What a person would still write into the config: the extracts are of the end of 2022."""
MOST_EDITED = 5
QUICK = (
    *(
        "run.threads=1",
        "run.bootstrap_resamples=100",
        "origins.calibration_count=1",
        "origins.spacing_periods=6",
        "origins.max_count=3",
    ),
    *("learners.value.trees=10", "learners.decline.trees=10", "learners.default.trees=10"),
    *("learners.segments.clusters=3", "learners.segments.methods=[kmeans]"),
)


@dataclass(frozen=True)
class Extract:
    """How it is written, in which currency the book is kept, and what its cashflows must come to, by kind."""

    write: Callable[[Path], Path]
    currency: str
    truth: Callable[[], pd.Series]
    tolerance: float = 1e-9


def drawn_sums() -> pd.Series:
    return lender()["cashflows"].groupby("kind")["amount"].sum()


def flat_sums() -> pd.Series:
    known = flat_loans.loans()
    return pd.Series(
        {"drawdown": known["granted"].sum(), "interest": known["interest"].sum(), "write_off": known["lost"].sum()}
    )


def month_end_sums() -> pd.Series:
    """By hand: each amount times the rate of the first of its month."""
    rows, rates = month_ends.month_ends(), month_ends.rates()
    month = pd.to_datetime(rows["month_end"]).dt.to_period("M").dt.to_timestamp().dt.date
    known = rates.set_index(["date", "currency"])["rate"]
    wanted = pd.MultiIndex.from_arrays([month, rows["currency"]])
    worth = known.reindex(wanted).fillna(1.0).to_numpy()
    return pd.Series({"interest": (rows["interest_paid"] * worth).sum(), "fee": (rows["fees_paid"] * worth).sum()})


EXTRACTS = {
    "german": Extract(german_csv.write, "EUR", drawn_sums),
    "chinese": Extract(chinese_csv.write, "CNY", drawn_sums),
    "workbook": Extract(workbook.write, "EUR", drawn_sums),
    "month_ends": Extract(month_ends.write, "EUR", month_end_sums, tolerance=1e-6),
    "flat_loans": Extract(flat_loans.write, "USD", flat_sums),
}


@pytest.mark.parametrize("name", EXTRACTS)
def test_an_extract_becomes_a_list_of_explained_clients(name: str, tmp_path: Path) -> None:
    extract = EXTRACTS[name]
    place = extract.write(tmp_path / "extract")
    places = (
        *(f"run.work_dir={tmp_path}/out", f"run.tracking_uri=sqlite:///{tmp_path}/mlflow.db"),
        f"run.artifact_dir={tmp_path}/artifacts",
    )
    first = init(str(place), file=tmp_path / "first.yaml", currency=extract.currency, overrides=places)
    assert len(EDITED) <= MOST_EDITED
    config = load_config(first.file, [*EDITED, *QUICK, *places])
    book = models.Book(config)
    sums = book.frame("cashflows").groupby("kind")["amount"].sum()
    pd.testing.assert_series_equal(
        sums, extract.truth().sort_index(), rtol=extract.tolerance, check_names=False, check_index_type=False
    )
    done = models.run(book)
    scores = pd.read_parquet(done.predicted.folder / "scores.parquet")
    client = scores.sort_values("value").client_id.iloc[-1]
    explained = models.explain(book, client)
    parts = explained.explanation("decline")
    told = scores.set_index("client_id").loc[client]
    assert parts.base_values[0] + parts.values.sum() == pytest.approx(told["decline_probability"], abs=1e-6)
    assert client in models.client_story(book, client).client_id
    assert set(scores["client_id"]) <= set(lender()["clients"]["client_id"])
