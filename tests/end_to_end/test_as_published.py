"""What a reviewer is told of a client is what the published list says, whichever version the champion is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.config.loading import load_config
from models.errors import IrreproducibleError
from models.explanation.job import client_story
from models.scoring import compute as predicting
from models.scoring import request, run_key
from models.scoring.job import predict
from models.store.sealed import Published
from models.training.job import train
from models.what_if.job import tiers
from support.lending_book import Lender, lender_in
from support.trained_lender import TrainedLender

SHOWN = ("value", "decline_probability", "tier", "stage", "relationship_type", "need_type", "segment")


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    """A book that was run twice, then with other settings: version 1 is the champion, version 2 published."""
    lender = lender_in(tmp_path_factory.mktemp("twice"))
    for overrides in ([], ["run.seed=1", "origins.test=[2022-07-01]"]):
        settings = load_config(lender.config_file, overrides)
        trained = train(settings)
        predict(settings, book=trained.book, bundle=trained.version)
    return lender


def scores(lender: Lender) -> pd.DataFrame:
    return pq.read_table(
        Path(lender.config.run.work_dir) / "lender" / "scores" / "latest" / "scores.parquet"
    ).to_pandas()


def test_after_a_second_run_explain_says_what_is_published(twice: Lender) -> None:
    published = scores(twice).set_index("client_id")
    for client in published.index[:: len(published) // 3]:
        story = client_story(twice.config_file, client)
        assert {name: getattr(story.scores, name) for name in SHOWN} == published.loc[client, list(SHOWN)].to_dict()
        assert story.model_version == published.loc[client, "model_version"]
        assert "not_as_published" not in [notice.code for notice in story.notices]


def test_another_version_that_is_asked_for_says_that_it_is_not_the_published(
    twice: Lender, command: Callable[..., Any], tmp_path: Path
) -> None:
    client = scores(twice)["client_id"].iloc[0]
    page = tmp_path / "client.html"
    ended = command("explain", client, "--config", twice.config_file, "--bundle", "champion", "--html", page)
    reported = " ".join(ended.out.split())
    assert reported.startswith("warning: latest: what is shown here may differ from the published scores: models ")
    assert "may differ from the published scores" in page.read_text(encoding="utf-8")
    facts = json.loads(command("explain", client, "--config", twice.config_file, "--bundle", "1", "--json").out)
    assert [notice["code"] for notice in facts["notices"]] == ["not_as_published", "without_credit_loss"]
    shift = tiers(twice.config_file, bundle="1")
    assert "not_as_published" in [notice.code for notice in shift.notices]
    assert "not_as_published" not in [notice.code for notice in tiers(twice.config_file).notices]


def test_a_date_that_is_not_published_is_told(twice: Lender) -> None:
    client = scores(twice)["client_id"].iloc[0]
    story = client_story(twice.config_file, client, as_of=pd.Timestamp("2022-12-01").date())
    (notice,) = [notice for notice in story.notices if notice.code == "not_as_published"]
    assert "as-of date 2023-01-01 there, 2022-12-01 here" in notice.found


def test_an_upgrade_publishes_anew_and_tells_what_it_published(
    trained: TrainedLender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another version of the code finds stands in another folder, to which ``latest`` then leads."""
    before = predict(trained.config, book=trained.result.book, out=tmp_path)
    for module in (run_key, request):
        monkeypatch.setattr(module, "scoring_code", lambda: "an upgrade")
    after = predict(trained.config, book=trained.result.book, out=tmp_path)
    assert after.folder != before.folder
    assert (tmp_path / "latest").resolve() == after.folder
    manifest = json.loads((after.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["code"] == "an upgrade"
    published = pq.read_table(after.folder / "scores.parquet").to_pandas()
    assert published["tier"].value_counts().to_dict() == after.tiers


def test_what_comes_out_otherwise_under_the_same_key_is_neither_told_nor_published(
    trained: TrainedLender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = predict(trained.config, book=trained.result.book, out=tmp_path)
    whole = (before.folder / "scores.parquet").read_bytes()
    monkeypatch.setattr(predicting, "publish_folder", lambda *_, **__: Published({}, others=("scores.parquet",)))
    with pytest.raises(IrreproducibleError, match=r"got others in scores\.parquet: .* stays as it is; move it away"):
        predict(trained.config, book=trained.result.book, out=tmp_path)
    assert (before.folder / "scores.parquet").read_bytes() == whole


def test_a_back_dated_run_tells_that_latest_stays(
    trained: TrainedLender, tmp_path: Path, command: Callable[..., Any]
) -> None:
    now = predict(trained.config, book=trained.result.book, out=tmp_path)
    ended = command(
        "predict", "--config", trained.config_file, "--out", tmp_path, "--as-of", "2022-10-01", "--in-sample"
    )
    assert "latest: it stays at the scores as of 2023-01-01" in " ".join(ended.out.split())
    assert (tmp_path / "latest").resolve() == now.folder


def test_damaged_scores_of_an_earlier_date_name_the_folder_and_what_helps(
    trained: TrainedLender, tmp_path: Path, command: Callable[..., Any]
) -> None:
    arguments = ("predict", "--config", trained.config_file, "--out", tmp_path)
    assert command(*arguments, "--as-of", "2022-10-01", "--in-sample").code == 0
    (earlier,) = tmp_path.glob("2022-*")
    with (earlier / "curves.parquet").open("ab") as file:
        file.write(b"x")
    ended = command(*arguments)
    said = " ".join(ended.err.split())
    assert ended.code == 2
    assert f"nothing was loaded from {earlier}; restore it, or move the folder away" in said
    earlier.rename(tmp_path.parent / "away")
    assert command(*arguments).code == 0
