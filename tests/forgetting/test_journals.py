"""Calls that were killed or left something behind: each client's next call knows what its own earlier one knew."""

from __future__ import annotations

from pathlib import Path

from models.book.forgotten import ForgottenList
from models.config.root import Config
from models.forgetting.job import _begin, _terms  # the two ends of a call that is killed between
from models.forgetting.places import ForgettingPlaces
from models.forgetting.terms import Terms
from support.mapped_books import mapped_config


def begun(config: Config, client: str, name: str) -> ForgettingPlaces:
    places = ForgettingPlaces.of(config, None)
    known = ForgottenList.of(places.work).with_client(client, by="officer", why="case 117")
    _begin(places, Terms(client_id=client, keys={"client_id": (client,)}, names=(name,)), known)
    return places


def test_a_call_for_another_client_does_not_lose_what_an_unfinished_one_knew(tmp_path: Path) -> None:
    config = mapped_config("", f"run.work_dir={tmp_path}/results")
    begun(config, "K-0001", "Astra Ltd")
    places = begun(config, "K-0002", "Bolt Ltd")
    assert [_terms(places, each).names for each in ("K-0001", "K-0002")] == [("Astra Ltd",), ("Bolt Ltd",)]
    assert [file.name for file in places.files()] == ["forgotten.json"]
