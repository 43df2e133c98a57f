"""What evidently and NannyML say of drifted publications, with their defaults: JSON on standard output.

Run by ``bench monitor`` with the interpreter of an environment that has bench/monitor-requirements.txt. Reads
``reference.parquet`` and ``SCENARIO.parquet`` of a folder, in which ``as_of`` tells the publication.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("NML_DISABLE_USAGE_LOGGING", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import nannyml as nml  # noqa: E402
import pandas as pd  # noqa: E402
from evidently import DataDefinition, Dataset, Report  # noqa: E402
from evidently.presets import DataDriftPreset  # noqa: E402

NOT_INPUTS = ("as_of", "declined", "predicted")


def main() -> int:
    """Print, per scenario and as-of date, what each of them raises."""
    folder = Path(sys.argv[1])
    reference = pd.read_parquet(folder / "reference.parquet")
    columns = [name for name in reference.columns if name not in NOT_INPUTS]
    calculators = fitted(reference, columns)
    found = {}
    for file in sorted(folder.glob("scenario-*.parquet")):
        frame = pd.read_parquet(file)
        by_date: dict[str, dict[str, object]] = {
            str(day): evidently_of(reference, part, columns) for day, part in frame.groupby("as_of")
        }
        for name, calculator in calculators.items():
            for day, alarms in nannyml_of(calculator, frame, name).items():
                by_date[day][name] = alarms
        found[file.stem.removeprefix("scenario-")] = by_date
    json.dump(found, sys.stdout)
    return 0


def evidently_of(reference: pd.DataFrame, current: pd.DataFrame, columns: list[str]) -> dict[str, object]:
    """Drifted columns of one publication, and whether half of them are, which evidently calls a drift of the data."""
    numbers = [name for name in columns if pd.api.types.is_numeric_dtype(reference[name])]
    known = [name for name in columns if current[name].notna().sum() > 1 and reference[name].notna().sum() > 1]
    definition = DataDefinition(
        numerical_columns=[name for name in known if name in numbers],
        categorical_columns=[name for name in known if name not in numbers],
    )
    sets = [Dataset.from_pandas(each[known], data_definition=definition) for each in (current, reference)]
    result = Report([DataDriftPreset()]).run(*sets).dict()
    share = next(each for each in result["metrics"] if "DriftedColumnsCount" in str(each.get("metric_name", each)))
    value = share["value"]
    return {"evidently_columns": int(value["count"]), "evidently": bool(value["share"] >= 0.5)}


def fitted(reference: pd.DataFrame, columns: list[str]) -> dict[str, object]:
    """NannyML's calculators, fitted on the reference, a chunk per publication."""
    chunk = {"timestamp_column_name": "as_of", "chunk_period": "M"}
    words = [name for name in columns if not pd.api.types.is_numeric_dtype(reference[name])]
    numbers = [name for name in columns if name not in words]
    made = {
        "nannyml_columns": nml.UnivariateDriftCalculator(column_names=columns, treat_as_categorical=words, **chunk),
        "nannyml_multivariate": nml.DataReconstructionDriftCalculator(column_names=numbers, **chunk),
        "nannyml_missing": nml.MissingValuesCalculator(column_names=columns, **chunk),
        "nannyml_unseen": nml.UnseenValuesCalculator(column_names=words, **chunk),
        "nannyml_cbpe": nml.CBPE(
            y_pred_proba="decline_probability",
            y_pred="predicted",
            y_true="declined",
            problem_type="classification_binary",
            metrics=["roc_auc"],
            **chunk,
        ),
    }
    for calculator in made.values():
        calculator.fit(reference)
    return made


def nannyml_of(calculator: object, frame: pd.DataFrame, name: str) -> dict[str, int]:
    """By as-of date how many alerts a calculator raises."""
    days = {str(pd.Timestamp(day).to_period("M")): str(day) for day in frame["as_of"].unique()}
    act = calculator.estimate if name == "nannyml_cbpe" else calculator.calculate
    table = act(frame.drop(columns="declined", errors="ignore")).filter(period="analysis").to_df()
    alerts = table.loc[:, [column for column in table.columns if column[-1] == "alert"]].sum(axis=1)
    keys = table[("chunk", "key")] if ("chunk", "key") in table else table[("chunk", "chunk", "key")]
    return {days[str(key)]: int(count) for key, count in zip(keys, alerts, strict=True)}


if __name__ == "__main__":
    raise SystemExit(main())
