"""A team's workbench keeps its decisions on PostgreSQL, named by a URL; runs read them from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

from models.config.loading import load_config
from models.config.places import work_dir
from models.decisions.database import ReviewDatabase
from models.decisions.entries import DecisionAct
from support.review_site import served


def test_members_and_their_roles_are_kept_on_a_server(demo_config: Path, postgres: Any) -> None:
    address = f"review.database={postgres.get_uri()}"
    with served(demo_config, address) as workbench, requests.Session() as session:
        page = session.get(f"{workbench.address}/log-in/", timeout=30).text
        token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        form = {"username": "demo_reader", "password": workbench.passwords["reader"], "csrfmiddlewaretoken": token}
        session.post(f"{workbench.address}/log-in/", form, timeout=30)
        assert "demo_reader" in session.get(f"{workbench.address}/settings/", timeout=30).text
    config = load_config(demo_config, [address])
    entries = ReviewDatabase.of(config.review, work_dir(config)).entries()
    assert {entry.act for entry in entries} == {DecisionAct.ROLE_CHANGED}
    assert {entry.subject for entry in entries} >= {"demo_reader", "demo_administrator"}
