"""MLflow as a server: it gets the files of a run, serves a bundle to whoever has none, and is missed in a sentence."""

from __future__ import annotations

import json
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mlflow.tracking import MlflowClient

from end_to_end.conftest import Command
from models.config.root import Config
from models.errors import UserError
from models.publications.ledger import Act
from models.scoring.job import predict
from models.tracking.aliases import Succession, require_before
from models.tracking.appointments import appoint, begin, mend
from models.tracking.mlflow import Tracking
from models.tracking.store import TrackingError
from support.lending_book import Lender, lender_in
from support.registry import change, key_of, ledger_in
from support.tracking_server import TrackingServer, tracking_server, unused_port

SMALL = ("origins.test=[2022-07-01]", "run.bootstrap_resamples=100")


@dataclass(frozen=True)
class Served:
    """A lender whose runs go to a server."""

    lender: Lender
    server: TrackingServer

    @property
    def config(self) -> Config:
        """The lender's config with the server as its tracking store."""
        return with_store(self.lender.config, self.server.uri)


def with_store(config: Config, uri: str) -> Config:
    return config.model_copy(update={"run": config.run.model_copy(update={"tracking_uri": uri})})


@pytest.fixture(scope="session")  # of a module it would be made again where workers take its tests in turns
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = tmp_path_factory.mktemp("served")
    with tracking_server(root) as server:
        yield Served(lender_in(root), server)


@pytest.fixture(scope="session")
def printed() -> dict[str, Any]:
    """What ``train --json`` printed, once for the session."""
    return {}


@pytest.fixture
def trained(served: Served, printed: dict[str, Any], command: Command) -> dict[str, Any]:
    if not printed:
        sets = [part for each in (f"run.tracking_uri={served.server.uri}", *SMALL) for part in ("--set", each)]
        outcome = command("train", "--config", served.lender.config_file, "--json", *sets)
        assert outcome.code == 0, outcome.err
        printed |= json.loads(outcome.out)
    return printed


def test_the_champion_changes_and_comes_back_on_a_server(served: Served, tmp_path: Path) -> None:
    client = MlflowClient(served.server.uri, served.server.uri)
    succession, ledger = Succession(client, "succession", served.server.uri), ledger_in(tmp_path)
    client.create_registered_model(succession.model)
    for version in ("1", "2"):
        client.create_model_version(succession.model, "s3://none/files", tags={"bundle_key": key_of(version)})
        begin(version, key_of(version), succession) if version == "1" else succession.enrol(version)
    appoint(change(Act.PROMOTED, "2"), succession, ledger)
    assert succession.aliases == {"champion": "2", "archived": "1"}
    assert mend(succession, ledger) is None
    appoint(change(Act.ROLLED_BACK, require_before(succession)), succession, ledger)
    assert succession.aliases == {"champion": "1", "archived": "2"}


def test_train_json_is_json_and_the_server_has_the_files(served: Served, trained: dict[str, Any]) -> None:
    assert trained["version"] == "1"
    files = served.server.files()
    assert {"report.json", "report.html", "card.html", "value.trees.txt", "manifest.json", "requirements.txt"} <= files
    assert len([name for name in files if name.endswith(".whl")]) == 1
    experiment = MlflowClient(served.server.uri).get_experiment_by_name(served.config.book.name)
    assert experiment is not None
    assert experiment.artifact_location.startswith("mlflow-artifacts:")
    version = MlflowClient(served.server.uri).get_model_version("clientvalue-lender", "1")
    assert "To say of each client of the lender book" in str(version.description)


def placed(served: Served, place: str) -> Config:
    """A book of its own, whose files belong to ``place``."""
    run = served.config.run.model_copy(update={"artifact_dir": place})
    book = served.config.book.model_copy(update={"name": place.partition(":")[0]})
    return served.config.model_copy(update={"run": run, "book": book})


@pytest.mark.parametrize("place", ["s3://bank/models", "dbfs:/models", "mlflow-artifacts:/risk"])
def test_an_address_of_files_is_passed_on_as_it_is(served: Served, place: str) -> None:
    Tracking(placed(served, place))
    experiment = MlflowClient(served.server.uri).get_experiment_by_name(place.partition(":")[0])
    assert experiment is not None
    assert experiment.artifact_location == place


def test_an_address_that_the_server_refuses_is_told_with_its_reason(served: Served) -> None:
    """MLflow does not let its server connect to hosts that a client names, unless it is set up so."""
    with pytest.raises(
        UserError, match=r"must take run.artifact_dir, got abfss://m@b.example/r: .*Set the MLFLOW_ALLOWED"
    ):
        Tracking(placed(served, "abfss://m@b.example/r"))


def test_whatever_mlflow_prints_is_dropped(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """MLflow says where to look at a run that ended on a server."""
    with Tracking(served.config).run("printing") as recorder:
        pass
    assert capsys.readouterr().out == ""
    tracking = MlflowClient(served.server.uri)
    tracking.set_terminated(recorder.run_id)
    assert recorder.run_id in capsys.readouterr().out  # else there was nothing to drop


def test_another_machine_scores_with_the_bundle_of_the_server(
    served: Served, trained: dict[str, Any], tmp_path: Path
) -> None:
    run = served.config.run.model_copy(update={"work_dir": str(tmp_path / "elsewhere")})
    elsewhere = served.config.model_copy(update={"run": run})
    predicted = predict(elsewhere, bundle="champion", out=tmp_path / "scores")
    assert predicted.model_version == trained["bundle_key"][:12]
    bundle = Tracking(elsewhere).find("1").folder
    assert bundle.is_relative_to(tmp_path / "elsewhere")
    shutil.rmtree(bundle)
    assert Tracking(elsewhere).find("1").folder.is_dir()


def test_a_server_that_is_down_is_missed_within_seconds(served: Served) -> None:
    began = time.monotonic()
    with pytest.raises(
        TrackingError, match=r"the tracking store at http://bob:\*\*\*@127.0.0.1:\d+ must answer, got no"
    ):
        Tracking(with_store(served.lender.config, f"http://bob:s3cret@127.0.0.1:{unused_port()}"))
    assert time.monotonic() - began < 60  # MLflow alone asks for four minutes


def test_what_listens_but_is_no_server_is_told(served: Served) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.listen()
        address = f"postgresql://u:s3cret@127.0.0.1:{mute.getsockname()[1]}/mlflow?connect_timeout=2"
        with pytest.raises(TrackingError) as error:
            Tracking(with_store(served.lender.config, address))
    assert "s3cret" not in str(error.value)


def test_a_deleted_experiment_is_told_with_the_way_back(served: Served, trained: dict[str, Any]) -> None:
    client = MlflowClient(served.server.uri)
    experiment = client.get_experiment_by_name(served.config.book.name)
    assert experiment is not None
    client.delete_experiment(experiment.experiment_id)
    try:
        with pytest.raises(UserError, match=r"which was deleted: restore it: MLFLOW_TRACKING_URI=.* mlflow exp"):
            Tracking(served.config)
    finally:
        client.restore_experiment(experiment.experiment_id)
