"""A bank's own source, features, scorecard and warning signal: by config, from training to an answer over the wire."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml

from models.audit.job import check
from models.config.loading import load_config
from models.errors import ConfigError
from models.features.job import features
from models.kpis.job import kpis
from models.pipeline.bundle import bundle_plugins, read_bundle
from models.plugins import MissingPluginError
from models.store.sealed import read_manifest
from models.tracking.quiet import quiet
from models.tuning.job import tune
from support.lending_book import drawn_tables, lender_in
from support.plugin_package import install_plugins, off_path, on_path
from support.trained_lender import TrainedLender, trained_lender

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import mlflow

WATCHED: dict[str, Any] = {
    "tier_rules": {"acme_watch": {"days": 120}},
    "dimensions": {
        "expected_value": {
            "label": {"en": "expected value", "zh": "预期价值"},
            "measure": "value",
            "levels": [{"name": "top", "share": 0.3}, {"name": "rest"}],
        },
        "watch": {
            "label": {"en": "watch", "zh": "观察"},
            "criteria": [{"feature": "acme_watch", "worst": 1.0, "best": 0.0}],
            "levels": [{"name": "calm", "points": 60}, {"name": "tense"}],
        },
    },
    "rules": [
        {"tier": "AA", "when": {"expected_value": "top", "watch": "calm"}},
        {"tier": "A", "when": {"expected_value": "top", "watch": "tense"}},
        {"tier": "A", "when": {"expected_value": "rest"}},
    ],
    "caps": [
        {
            "name": "watched",
            "feature": "acme_watch",
            "above": 0.7,
            "at_most": "B",
            "because": {"en": "on the watch list of Acme", "zh": "列入观察名单"},
        }
    ],
}
"""A policy whose dimension and cap look at the tier rule of the plug-in."""

SECTIONS: dict[str, Any] = {
    "book": {"source": "acme_core"},
    "plugins": {
        "sources": {"acme_core": {"prefix": "core_"}},
        "decline_learners": {"acme_scorecard": {"bins": 4, "most_features": 6}},
        "value_learners": {"acme_value": {"alpha": 5.0}},
        "warning_signals": {"acme_squeeze": {}},
        "kpis": {"acme_fees": {"kind": "fee"}},
    },
    "policy": WATCHED,
    "warnings": {"dimensions": {"acme_squeeze": {"up": {"acme_squeeze": 0.05}}}},
    "origins": {"max_count": 6},
}


def dump(folder: Path) -> None:
    """The tables of the lender as the core system of the bank writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {f"core_{name}": table.astype(object).where(table.notna(), None) for name, table in drawn_tables().items()}
    rows = {name: table.to_dict("records") for name, table in tables.items()}
    (folder / "core.json").write_text(json.dumps(rows, default=str), encoding="utf-8")


def sections() -> dict[str, Any]:
    from support.lending_book import CONFIG  # noqa: PLC0415

    learners = CONFIG["learners"]
    return {
        **SECTIONS,
        "features": {"families": {"acme_rain": {"periods": 3}}},
        "learners": {
            **learners,
            "value": {**learners["value"], "candidates": ["acme_value"], "simple": []},
            "decline": {**learners["decline"], "leader": "acme_scorecard", "simple": []},
        },
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_plugins(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="module")
def bank(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainedLender]:
    root = tmp_path_factory.mktemp("bank")
    dump(root / "book")
    with on_path(installed):
        yield trained_lender(root, **sections())


def test_the_bundle_names_its_plugins_and_the_key_holds_them(bank: TrainedLender) -> None:
    manifest = read_manifest(bank.result.bundle)
    assert [each["name"] for each in manifest["plugins"]] == [
        "acme_rain",
        "acme_value",
        "acme_scorecard",
        "acme_squeeze",
        "acme_watch",
    ]
    assert {each["version"] for each in manifest["plugins"]} == {"1.2.0"}
    assert {each.wanted for each in bundle_plugins(bank.result.bundle)} == {"acme-clientvalue==1.2.0"}
    models = read_bundle(bank.result.bundle).models
    assert (models.decline.name, models.value.margin.candidate.name) == ("acme_scorecard", "acme_value")
    assert {"acme_rain_share", "acme_rain_lull"} <= set(models.contract.names)
    assert models.words["acme_squeeze"].describe("zh") == "业务挤压度"


def test_own_learners_are_explained_exactly(bank: TrainedLender) -> None:
    """Base and parts of every published client sum to what is served, in log-odds and in logarithms of currency."""
    frame = pq.read_table(bank.predicted.folder / "explanations.parquet").to_pandas()
    names = list(read_bundle(bank.result.bundle).models.contract.names)
    assert set(frame["model"]) == {"value", "decline"}
    for model, rows in frame.groupby("model"):
        total = rows["base"] + rows[names].sum(axis=1)
        assert total.to_numpy() == pytest.approx(rows["prediction"].to_numpy(), rel=1e-6, abs=1e-9), model
        scale = rows["served_base"] + rows["served_per_unit"] * rows[names].sum(axis=1)
        assert scale.to_numpy() == pytest.approx(rows["served_prediction"].to_numpy(), rel=1e-6, abs=1e-9), model
    assert (frame.loc[frame["model"] == "value", ["acme_rain_share", "acme_rain_lull"]] != 0).any(axis=None)


def test_the_own_signal_warns_in_words(bank: TrainedLender) -> None:
    rows = pq.read_table(bank.predicted.folder / "warnings.parquet").to_pylist()
    assert rows
    assert "acme_squeeze" in json.dumps(rows, default=str)


def test_the_own_tier_rule_decides_by_criterion_and_cap(bank: TrainedLender, tmp_path: Path) -> None:
    """Each client's watch figure by hand, from what was published: who is above 0.7 stands at B, and is told why."""
    made = features(bank.config, out=tmp_path / "features")
    quiet = pq.read_table(next(made.folder.rglob("features*.parquet"))).to_pandas().set_index("client_id")
    scores = pq.read_table(bank.predicted.folder / "scores.parquet").to_pandas().set_index("client_id")
    recency = quiet.loc[scores.index, "activity_recency_days"]
    risk = scores["decline_probability"]
    watch = risk.where(recency <= 120, risk + (1 - risk) / 2)
    held = watch > 0.7
    assert 0 < held.sum() < len(scores)
    assert set(scores.loc[held, "tier"]) == {"B"}
    assert scores.loc[held, "tier_reason"].str.contains("on the watch list of Acme").all()
    assert "B" not in set(scores.loc[~held, "tier"])
    assert not ((scores["tier"] == "AA") & (watch > 0.4)).any()


def test_the_own_figure_stands_beside_ours(bank: TrainedLender) -> None:
    """Fees of the last year over clients that drew or paid interest in it, by hand from the dump of the core system."""
    found = kpis(bank.config)
    flows = pd.DataFrame(drawn_tables()["cashflows"])
    within = (pd.to_datetime(flows["date"]) >= "2022-01-01") & (pd.to_datetime(flows["date"]) < "2023-01-01")
    active = flows.loc[within & flows["kind"].isin(["interest", "drawdown"]), "client_id"].unique()
    fees = flows.loc[within & (flows["kind"] == "fee") & flows["client_id"].isin(active), "amount"].sum()
    row = found.report.whole["acme_fees"]
    assert row.estimate == pytest.approx(fees / len(active))
    assert row.low is not None
    page = found.files["html"].with_name("kpis.zh.html").read_text(encoding="utf-8")
    assert "活跃客户户均手续费" in page
    assert json.loads(found.files["json"].read_text(encoding="utf-8"))["definitions"]["acme_fees"]["unit"] == "EUR"


def test_without_the_package_the_bundle_says_what_is_missing(bank: TrainedLender, installed: Path) -> None:
    with off_path(installed), pytest.raises(MissingPluginError) as missing:
        read_bundle(bank.result.bundle)
    assert str(missing.value) == (
        "these models need the plug-in acme_rain (clientvalue.features) of acme-clientvalue==1.2.0, got it is not "
        "installed here: pip install 'acme-clientvalue==1.2.0', from where your own packages are kept"
    )


def test_other_code_of_the_same_version_is_refused(bank: TrainedLender, installed: Path, tmp_path: Path) -> None:
    changed = shutil.copytree(installed, tmp_path / "changed")
    rain = changed / "acme_clientvalue" / "rain.py"
    rain.write_text(rain.read_text(encoding="utf-8") + "# mended in place\n", encoding="utf-8")
    with on_path(changed), pytest.raises(MissingPluginError, match=r"1\.2\.0 with other code: pip install"):
        read_bundle(bank.result.bundle)


def test_it_is_registered_with_its_requirement_and_served(bank: TrainedLender, tmp_path: Path) -> None:
    published = features(bank.config, out=tmp_path / "features")
    with pytest.MonkeyPatch.context() as patched, quiet():
        patched.setenv("CLIENTVALUE_FEATURES", str(published.folder.parent / "latest"))
        mlflow.set_tracking_uri(bank.config.run.tracking_uri)
        mlflow.set_registry_uri(bank.config.run.tracking_uri)
        uri = "models:/clientvalue-lender/1"
        needed = Path(mlflow.artifacts.download_artifacts(f"{uri}/requirements.txt")).read_text(encoding="utf-8")
        model = mlflow.pyfunc.load_model(uri)
        scores = pq.read_table(bank.predicted.folder / "scores.parquet").to_pandas().head(5)
        answers = model.predict(pd.DataFrame({"client_id": scores["client_id"]}))
    assert "acme-clientvalue==1.2.0" in needed
    assert np.allclose(answers["decline_probability"], scores["decline_probability"], rtol=1e-9)


def test_the_scorecard_is_tuned_by_what_it_says_can_be(bank: TrainedLender, tmp_path: Path) -> None:
    budget = [
        "tune.model=decline",
        "tune.trials=3",
        "tune.origin_count=2",
        f"tune.storage_uri=sqlite:///{tmp_path}/t.db",
    ]
    found = tune(load_config(bank.config_file, budget))
    (tuned,) = found.tuned
    assert tuned.own.settings == {"bins": 4, "most_features": 6, "c": 1.0}
    assert len({json.dumps(trial.settings) for trial in tuned.trials}) == 3
    assert all(3 <= trial.settings["bins"] <= 8 for trial in tuned.trials)
    lines = yaml.safe_load(found.lines)
    assert lines == {"plugins": {"decline_learners": {"acme_scorecard": tuned.settings}}}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"learners": {"segments": {"features": ["value_sum_12p"]}, "decline": {"leader": "acme_scorcard"}}},
         "learners.decline.leader must be known, got 'acme_scorcard': did you mean acme_scorecard?"),
        ({"book": {"source": "acme_cor"}}, "did you mean acme_core?"),
    ],
)  # fmt: skip
def test_a_name_that_is_not_declared_is_never_looked_for(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        lender_in(tmp_path, **{**sections(), **change})


def test_a_declared_plugin_that_is_not_installed_is_named(bank: TrainedLender, installed: Path, tmp_path: Path) -> None:
    dump(tmp_path / "book")
    lender = lender_in(tmp_path, **sections())
    assert load_config(lender.config_file).plugins.sources == {"acme_core": {"prefix": "core_"}}
    with (
        off_path(installed),
        pytest.raises(MissingPluginError, match=r"acme_core must be installed .*, got none"),
    ):
        check(lender.config)
