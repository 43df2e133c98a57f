"""MLflow on SQLite: what a run leaves in it, which version serves, and what is found under a name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

from models.codec import to_plain
from models.config.places import work_dir
from models.errors import BundleNotFoundError, ChampionUnreadableError, DamagedBundleError
from models.evaluation.job import evaluate
from models.pipeline.bundle import FORMAT, bundle_key
from models.scoring.job import predict
from models.store.keys import file_hash
from models.store.sealed import write_manifest
from models.tracking.abandoned import PROCESS_TAG
from models.tracking.mlflow import MlflowRecorder, Tracking
from models.training import job as jobs
from models.training.job import train
from models.training.result import TrainResult
from models.vocab import SilentProgress
from models.workspace.opening import open_book, open_bundle
from support.lending_book import Lender, lender_in
from support.trained_lender import TrainedLender

MODEL = "clientvalue-lender"


def client_of(trained: TrainedLender) -> MlflowClient:
    store = trained.config.run.tracking_uri
    return MlflowClient(tracking_uri=store, registry_uri=store)


@pytest.fixture(scope="module")
def run(trained: TrainedLender) -> Run:
    return client_of(trained).get_run(trained.result.run_id)


@pytest.fixture(scope="session")  # of a module it would be made again where workers take its tests in turns
def second(trained: TrainedLender) -> TrainResult:
    """The same book trained again with another seed: the next version."""
    return train(trained.config_file, overrides=["run.seed=1", "origins.test=[2022-07-01]"])


def test_the_run_ended_well_and_has_its_settings(trained: TrainedLender, run: Run) -> None:
    assert run.info.status == "FINISHED"
    assert run.info.run_name == "train"
    assert run.data.params["time.horizon_periods"] == "6"
    assert run.data.params["book.currency"] == "EUR"
    assert run.data.params["data"] == trained.result.book.fingerprint
    assert "run.work_dir" not in run.data.params


def test_metrics_are_kept_per_origin(trained: TrainedLender, run: Run) -> None:
    for metric, target, name in (("auc", "decline", "ours"), ("normalized_gini", "value", "past_sum")):
        history = client_of(trained).get_metric_history(run.info.run_id, f"{target}.{metric}.{name}")
        assert {entry.step: entry.value for entry in history} == {
            int(f"{origin.as_of:%Y%m%d}"): pytest.approx(origin.of(target).metrics[name][metric].estimate)
            for origin in trained.result.report.origins
        }


def test_the_report_is_kept_with_the_run(trained: TrainedLender, run: Run, tmp_path: Path) -> None:
    path = client_of(trained).download_artifacts(run.info.run_id, "report.json", str(tmp_path))
    assert json.loads(Path(path).read_text(encoding="utf-8")) == to_plain(trained.result.report)


def test_nothing_in_the_store_is_a_pickle(trained: TrainedLender) -> None:
    stored = [path for path in (trained.root / "mlruns").rglob("*") if path.is_file()]
    assert any(path.name == "value.trees.txt" for path in stored)
    assert not [path for path in stored if path.suffix in {".pkl", ".pickle", ".joblib", ".cloudpickle"}]


def test_the_second_version_does_not_become_champion(trained: TrainedLender, second: TrainResult) -> None:
    assert (trained.result.version, second.version) == ("1", "2")
    assert not second.is_champion
    champion = client_of(trained).get_model_version_by_alias(MODEL, "champion")
    assert str(champion.version) == "1"
    assert second.bundle_key != trained.result.bundle_key


def as_of_old(bundle: Path, lender: Lender) -> None:
    """Make a registered bundle one that an earlier version of the code left: whole, of another format."""
    manifest = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    write_manifest(bundle, {"format": FORMAT - 1, "book": manifest["book"], "data": manifest["data"]})
    Tracking(lender.config).client.set_model_version_tag(MODEL, "1", "bundle", file_hash(bundle / "manifest.json"))


def test_a_version_takes_the_place_of_a_champion_that_cannot_be_read(tmp_path: Path) -> None:
    lender = lender_in(tmp_path)
    first = train(lender.config)
    as_of_old(first.bundle, lender)
    again = train(lender.config)
    assert (first.is_champion, again.is_champion) == (True, True)
    assert open_bundle(lender.config, "champion").key == again.bundle_key
    why = f"the champion has format {FORMAT - 1}, this version of clientvalue reads format {FORMAT}"
    assert [notice.found for notice in again.notices if notice.code == "champion_replaced"] == [
        f"version 2 takes the place of the champion: {why}"
    ]
    tags = Tracking(lender.config).client.get_model_version(MODEL, "2").tags
    assert (tags["champion_because"], tags["champion_after"]) == (why, "1")


def flipped(bundle: Path) -> None:
    content = bytearray((bundle / "policy.json").read_bytes())
    content[100] ^= 1
    (bundle / "policy.json").write_bytes(content)


def of_a_later_format(bundle: Path) -> None:
    manifest = (bundle / "manifest.json").read_text(encoding="utf-8")
    (bundle / "manifest.json").write_text(manifest.replace(f'"format": {FORMAT}', '"format": 99'), encoding="utf-8")


def moved(bundle: Path) -> None:
    version = bundle.parents[1]
    version.rename(version.with_name("away"))


def with_a_stranger(bundle: Path) -> None:
    (bundle / "timing.trees.txt.old").touch()


def without_manifest(bundle: Path) -> None:
    (bundle / "manifest.json").unlink()


def test_a_damaged_or_lost_champion_is_replaced_for_a_reason_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lender = lender_in(tmp_path)
    train(lender.config)
    store = tmp_path / "mlruns" / "artifacts"  # the database stays open in this process
    shutil.copytree(store, tmp_path / "whole")
    for damage in (flipped, of_a_later_format, with_a_stranger, without_manifest, moved):
        damage(Tracking(lender.config).find("1").folder)
        with monkeypatch.context() as stubbed:
            stubbed.setattr(jobs, "train_models", untrained)
            with pytest.raises(ChampionUnreadableError, match="--replace-champion"):
                train(lender.config)
        if damage is not moved:
            shutil.rmtree(store)
            shutil.copytree(tmp_path / "whole", store)
    again = train(lender.config, replace_champion="  its files were lost with the disk ")
    assert (again.version, again.is_champion) == ("2", True)
    tags = Tracking(lender.config).client.get_model_version(MODEL, "2").tags
    assert tags["champion_because"] == "its files were lost with the disk"
    assert (tags["champion_after"], bool(tags["champion_by"]), len(tags["champion_since"])) == ("1", True, 20)
    assert open_bundle(lender.config, "champion").key == again.bundle_key


def untrained(*_: object, **__: object) -> None:
    raise AssertionError("the long work began")


def test_the_run_of_a_process_that_is_no_more_ends_as_killed(trained: TrainedLender) -> None:
    work = work_dir(trained.config)
    code = (
        "import os, sys; from pathlib import Path; from models.config.loading import load_config\n"
        "from models.tracking.mlflow import Tracking\n"
        "with Tracking(load_config(Path(sys.argv[1]))).run('train') as run:\n"
        "    print(run.run_id, flush=True); os.kill(os.getpid(), 9)"
    )
    dead = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code, str(trained.config_file)], capture_output=True, text=True, check=False
    )
    run_id = dead.stdout.strip()
    assert dead.returncode == -9, dead.stderr
    assert client_of(trained).get_run(run_id).info.status == "RUNNING"
    with Tracking(trained.config).run("living") as living:
        assert client_of(trained).get_run(run_id).info.status == "KILLED"
        open_book(trained.config, None, SilentProgress())
        assert client_of(trained).get_run(living.run_id).info.status == "RUNNING"
    assert list(work.glob(".run-*")) == []


def test_a_run_tells_whose_it_is_from_its_first_moment(trained: TrainedLender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may be killed between any two requests."""
    tags: list[dict[str, str]] = []
    create = MlflowClient.create_run

    def created(client: MlflowClient, *args: Any, **more: Any) -> Run:
        run = create(client, *args, **more)
        tags.append(client.get_run(run.info.run_id).data.tags)
        return run

    monkeypatch.setattr(MlflowClient, "create_run", created)
    with Tracking(trained.config).run("living"):
        (claim,) = work_dir(trained.config).glob(".run-*")
        assert [reported[PROCESS_TAG] for reported in tags] == [claim.name]


def test_any_command_ends_the_run_of_a_process_that_is_no_more(
    trained: TrainedLender, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(Tracking, "end_abandoned", lambda _: ended.append("ended"))
    open_book(trained.config, None, SilentProgress())
    assert ended == []
    (work_dir(trained.config) / ".run-1-abcdefgh").mkdir()
    open_book(trained.config, None, SilentProgress())
    assert ended == ["ended"]
    (work_dir(trained.config) / ".run-1-abcdefgh").rmdir()


def test_a_note_beside_the_scores_leads_to_no_other_champion(
    trained: TrainedLender, second: TrainResult, tmp_path: Path
) -> None:
    """Whoever may write results, but not to the registry."""
    forged = shutil.copytree(trained.result.bundle, tmp_path / "forged")
    manifest = json.loads((forged / "manifest.json").read_text(encoding="utf-8"))
    (forged / "policy.json").write_text((forged / "policy.json").read_text(encoding="utf-8") + " ", encoding="utf-8")
    write_manifest(forged, {name: manifest[name] for name in ("format", "book", "data")})
    note = work_dir(trained.config) / "registry.json"
    open_bundle(trained.config, "champion")
    hashes = {file_hash(folder / "manifest.json") for folder in (trained.result.bundle, second.bundle, forged)}
    note.write_text(json.dumps(dict.fromkeys([*hashes, "champion", "1", "2"], str(forged))), encoding="utf-8")
    assert open_bundle(trained.config, "champion").key == trained.result.bundle_key
    note.write_text(json.dumps(dict.fromkeys([*hashes, "champion", "1", "2"], str(forged))), encoding="utf-8")
    assert open_bundle(trained.config, "2").key == second.bundle_key
    with pytest.raises(BundleNotFoundError):
        open_bundle(trained.config, "newcomer")
    note.unlink()


def test_no_folder_takes_the_name_of_the_champion(
    trained: TrainedLender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("champion", "1"):
        (tmp_path / name).mkdir()
        assert open_bundle(trained.config, name).key == trained.result.bundle_key


def test_a_version_an_alias_and_a_folder_lead_to_their_bundles(trained: TrainedLender, second: TrainResult) -> None:
    for which in ("champion", "1", str(trained.result.bundle)):
        assert open_bundle(trained.config, which).key == trained.result.bundle_key
    assert open_bundle(trained.config, "2").key == second.bundle_key
    assert bundle_key(second.bundle) == second.bundle_key
    tags = client_of(trained).get_model_version(MODEL, "2").tags
    assert tags == {"bundle": file_hash(second.bundle / "manifest.json"), "bundle_key": second.bundle_key}
    assert client_of(trained).get_model_version(MODEL, "1").tags["champion_because"] == "the first version"


def test_scores_say_which_version_made_them(trained: TrainedLender, second: TrainResult, tmp_path: Path) -> None:
    other = predict(trained.config, book=trained.result.book, bundle="2", out=tmp_path)
    assert other.model_version == second.bundle_key[:12]
    assert set(trained.column("model_version")) == {trained.result.bundle_key[:12]}
    assert other.run_key != trained.predicted.run_key


@pytest.mark.parametrize("which", ["candidate", "77", "", "客户"])
def test_what_is_not_registered_is_told(trained: TrainedLender, which: str) -> None:
    with pytest.raises(BundleNotFoundError, match="clientvalue-lender must have the version or alias"):
        Tracking(trained.config).find(which)


def test_a_version_whose_files_are_gone_is_told(trained: TrainedLender) -> None:
    version = trained.result.bundle.parents[1]
    version.rename(version.with_name("away"))
    try:
        with pytest.raises(BundleNotFoundError, match="the files of version 1 of clientvalue-lender must be"):
            Tracking(trained.config).find("champion")
    finally:
        version.with_name("away").rename(version)


def test_a_book_that_was_never_trained_is_told(trained: TrainedLender) -> None:
    book = trained.config.book.model_copy(update={"name": "newcomer"})
    with pytest.raises(BundleNotFoundError, match="train first"):
        Tracking(trained.config.model_copy(update={"book": book})).find("champion")


def test_work_that_fails_is_marked_as_failed(trained: TrainedLender) -> None:
    tracking = Tracking(trained.config)
    noted: list[str] = []

    def work() -> None:
        with tracking.run("train") as recorder:
            noted.append(recorder.run_id)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        work()
    assert client_of(trained).get_run(noted[0]).info.status == "FAILED"


def test_long_and_many_settings_are_logged(trained: TrainedLender) -> None:
    with Tracking(trained.config).run("many") as recorder:
        assert isinstance(recorder, MlflowRecorder)
        recorder.params({f"setting.{number}": "x" * 900 for number in range(250)})
        recorder.metrics({f"metric.{number}": number for number in range(1500)}, step=3)
    data = client_of(trained).get_run(recorder.run_id).data
    assert len(data.params) == 250
    assert set(map(len, data.params.values())) == {500}
    assert data.metrics == {f"metric.{number}": float(number) for number in range(1500)}


def test_an_evaluation_is_a_run_without_a_version(trained: TrainedLender, second: TrainResult, tmp_path: Path) -> None:
    report, path = evaluate(
        trained.config, tests=[origin_day(trained)], out=tmp_path / "report.json", overrides=["book.name=ignored"]
    )
    assert json.loads(path.read_text(encoding="utf-8")) == to_plain(report)
    (judged,) = report.origins
    (known,) = [origin for origin in trained.result.report.origins if origin.as_of == judged.as_of]
    assert judged.decline.metrics == known.decline.metrics
    versions = client_of(trained).search_model_versions(f"name = '{MODEL}'")
    assert {str(version.version) for version in versions} == {"1", second.version}


def origin_day(trained: TrainedLender) -> object:
    return trained.config.origins.test[1]


def test_the_store_is_made_where_no_folder_was(tmp_path: Path) -> None:
    lender: Lender = lender_in(tmp_path)
    Tracking(lender.config)
    assert (tmp_path / "mlruns" / "mlflow.db").is_file()


def test_the_registry_refuses_a_bundle_that_is_not_the_one_registered(trained: TrainedLender) -> None:
    manifest = trained.result.bundle / "manifest.json"
    text = manifest.read_bytes()
    try:
        manifest.write_bytes(text + b"\n")
        with pytest.raises(DamagedBundleError, match="another manifest"):
            open_bundle(trained.config, "champion")
    finally:
        manifest.write_bytes(text)
    assert open_bundle(trained.config, "champion").key == trained.result.bundle_key
