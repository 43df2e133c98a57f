"""What MLflow shows of a run and of a version: where they come from, what they are judged by, what they run on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mlflow.artifacts import download_artifacts
from mlflow.entities import LoggedModel, Run
from mlflow.tracking import MlflowClient

import models
from models.errors import UserError
from models.features.job import features
from models.tracking import recorder
from models.tracking.mlflow import Tracking
from models.tracking.portable import pinned_requirements, write_wheel
from support.trained_lender import TrainedLender

MODEL = "clientvalue-lender"


def client_of(trained: TrainedLender) -> MlflowClient:
    store = trained.config.run.tracking_uri
    return MlflowClient(tracking_uri=store, registry_uri=store)


@pytest.fixture(scope="module")
def run(trained: TrainedLender) -> Run:
    return client_of(trained).get_run(trained.result.run_id)


@pytest.fixture(scope="module")
def logged(trained: TrainedLender) -> LoggedModel:
    return client_of(trained).get_logged_model(Tracking(trained.config).find(trained.result.version).model_id)


@pytest.fixture(scope="session")
def brought(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the registered model, as another machine gets it."""
    folder = tmp_path_factory.mktemp("brought")
    model = Tracking(trained.config).find(trained.result.version).model_id
    place = client_of(trained).get_logged_model(model).artifact_location
    return Path(download_artifacts(artifact_uri=place, dst_path=str(folder)))


def test_a_run_says_who_made_it_with_which_program_from_which_data(trained: TrainedLender, run: Run) -> None:
    tags = run.data.tags
    assert tags["mlflow.user"]
    assert tags["mlflow.source.name"]
    assert tags["mlflow.source.type"] == "LOCAL"
    assert len(tags["clientvalue.code"]) == 64
    assert "known before 2023-01-01, judged at 2022-01-01, 2022-07-01" in tags["mlflow.note.content"]
    (read,) = run.inputs.dataset_inputs
    assert {tag.key: tag.value for tag in read.tags} == {"mlflow.data.context": "training"}
    assert (read.dataset.name, read.dataset.digest) == ("lender", trained.result.book.fingerprint[:36])
    assert json.loads(read.dataset.source) == {"uri": str(trained.book)}
    columns = {each["name"]: each["type"] for each in json.loads(read.dataset.schema)["mlflow_colspec"]}
    assert (columns["cashflows.amount"], columns["cashflows.date"]) == ("double", "datetime")
    profile = json.loads(read.dataset.profile)
    assert profile["fingerprint"] == trained.result.book.fingerprint
    assert profile["rows"]["clients"] == 300


def test_the_experiment_opens_as_one_of_machine_learning(trained: TrainedLender) -> None:
    experiment = client_of(trained).get_experiment_by_name("lender")
    assert experiment is not None
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"


def test_every_figure_of_the_run_is_linked_to_the_version_and_to_the_book(
    trained: TrainedLender, run: Run, logged: LoggedModel
) -> None:
    linked = {(each.key, each.step): each for each in logged.metrics or []}
    assert {key for key, _ in linked} == set(run.data.metrics)
    steps = {int(f"{origin.as_of:%Y%m%d}") for origin in trained.result.report.origins}
    assert {step for _, step in linked} == {0, *steps}
    assert {each.dataset_digest for each in linked.values()} == {trained.result.book.fingerprint[:36]}
    for key, value in run.data.metrics.items():  # linking them sent no figure twice
        history = client_of(trained).get_metric_history(run.info.run_id, key)
        assert len({each.step for each in history}) == len(history), key
        assert value in {each.value for each in history}


def test_the_commit_is_that_of_the_checkout_in_which_the_work_stands(tmp_path: Path) -> None:
    checkout, elsewhere = tmp_path / "checkout", tmp_path / "elsewhere"
    elsewhere.mkdir()
    who = ("-c", "user.name=ann", "-c", "user.email=ann@bank.example")
    git("init", "-q", str(checkout))
    git("-C", str(checkout), *who, "commit", "-q", "--allow-empty", "-m", "a config")
    code = (
        "import json, os, sys; from models.tracking.lineage import context_tags\n"
        "found = []\n"
        "for place in sys.argv[1:]:\n"
        "    os.chdir(place); found.append(context_tags().get('mlflow.source.git.commit'))\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-W", "ignore", "-c", code, str(checkout), str(elsewhere)],
        capture_output=True,
        text=True,
        check=True,
    )
    commit = git("-C", str(checkout), "rev-parse", "HEAD").strip()
    assert json.loads(done.stdout) == [commit, None]


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout  # noqa: S603, S607


def test_requirements_pin_everything_and_name_no_package_that_an_index_lacks(brought: Path) -> None:
    lines = (brought / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (own,) = [line for line in lines if "==" not in line]
    assert own == f"code/{next((brought / 'code').iterdir()).name}"
    assert lines[:-1] == list(pinned_requirements())
    assert not [line for line in lines if line.startswith(("clientvalue", "-", "http", "git+"))]
    assert any(line.startswith("mlflow==") for line in lines)


def test_the_wheel_holds_the_code_and_is_the_same_each_time(brought: Path, tmp_path: Path) -> None:
    (wheel,) = (brought / "code").iterdir()
    assert write_wheel(tmp_path).read_bytes() == wheel.read_bytes()
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert {"models/cli.py", "models/shell/base.html", "models/texts/zh.po"} <= set(names)
    assert not [name for name in names if name.endswith((".pyc", ".nbi", ".nbc")) or "__pycache__" in name]


def test_a_version_is_rebuilt_where_our_code_never_was(trained: TrainedLender, brought: Path, tmp_path: Path) -> None:
    """An environment of its own with the wheel that travels.

    Other packages are lent, and the machine code that numba keeps beside ours: to install the ones and make the other
    takes minutes.
    """
    there = tmp_path / "there"
    venv.create(there, with_pip=False)
    packages = next(there.glob("lib/python*/site-packages"))
    (packages / "lent.pth").write_text(f"{Path(pa.__file__).parents[1]}\n", encoding="utf-8")
    with zipfile.ZipFile(next((brought / "code").iterdir())) as wheel:
        wheel.extractall(packages)
    lend_machine_code(packages / "models")
    published = features(trained.config, out=tmp_path / "features")
    asked = [str(pq.read_table(published.file)["client_id"][0].as_py()), "nobody"]
    code = (
        "import json, sys, warnings; warnings.simplefilter('ignore')\n"
        "import mlflow, pandas as pd, models\n"
        "mlflow.set_tracking_uri(sys.argv[1]); mlflow.set_registry_uri(sys.argv[1])\n"
        f"model = mlflow.pyfunc.load_model('models:/{MODEL}/1')\n"
        "answer = model.predict(pd.DataFrame({'client_id': json.loads(sys.argv[2])}))\n"
        "print(json.dumps({'code': models.__file__, 'rows': json.loads(answer.to_json(orient='records'))}))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [str(there / "bin" / "python"), "-c", code, trained.config.run.tracking_uri, json.dumps(asked)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment | {"CLIENTVALUE_FEATURES": str(published.folder), "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    answered = json.loads(done.stdout.splitlines()[-1])
    assert Path(answered["code"]).is_relative_to(there)
    known, unknown = answered["rows"]
    scores = dict(zip(trained.column("client_id"), trained.column("value"), strict=True))
    assert known["value"] == pytest.approx(scores[asked[0]], rel=1e-9)
    assert (unknown["value"], unknown["note"]) == (None, "no client of this id was active before 2023-01-01")


def lend_machine_code(package: Path) -> None:
    """Numba keeps it for a source of the same time and size."""
    home = Path(models.__file__).parent
    for kept in home.rglob("*.nb[ic]"):
        there = package / kept.relative_to(home)
        there.parent.mkdir(exist_ok=True)
        shutil.copy2(kept, there)
    for source in package.rglob("*.py"):
        known = (home / source.relative_to(package)).stat()
        os.utime(source, ns=(known.st_atime_ns, known.st_mtime_ns))


def test_the_load_of_the_machine_is_noted_only_where_it_is_wanted(
    trained: TrainedLender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.1")
    found = {}
    for wanted in (False, True):
        settings = trained.config.run.model_copy(update={"system_metrics": wanted})
        with Tracking(trained.config.model_copy(update={"run": settings})).run("watched") as watched:
            time.sleep(1.0)
        found[wanted] = client_of(trained).get_run(watched.run_id).data.metrics
    assert found[False] == {}
    assert "system/cpu_utilization_percentage" in found[True]


def test_where_nothing_can_look_at_the_machine_it_is_told(
    trained: TrainedLender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(_: str) -> None:
        raise ModuleNotFoundError("psutil")

    monkeypatch.setattr(recorder, "load", without)
    settings = trained.config.run.model_copy(update={"system_metrics": True})
    tracking = Tracking(trained.config.model_copy(update={"run": settings}))
    with pytest.raises(UserError, match=r"pip install psutil, or set run.system_metrics to false"), tracking.run("it"):
        pass
