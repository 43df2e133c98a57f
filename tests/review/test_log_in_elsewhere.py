"""Who logged in at the bank's directory, or at a proxy, is let in as the member that an administrator entered."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from support.directory_of_users import directory_of_users
from support.review_site import served


def test_the_directory_says_who_a_member_is(demo_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENTVALUE_OIDC_SECRET", "a secret of the environment")
    database = f"review.database=sqlite:///{tmp_path}/review.sqlite"
    with directory_of_users() as directory, served(demo_config, database, *directory.settings) as workbench:
        assert "Log in by the bank's directory" in requests.get(f"{workbench.address}/log-in/", timeout=30).text
        with requests.Session() as session:
            assert session.get(f"{workbench.address}/oidc/authenticate/", timeout=30).status_code == 200
            assert "demo_reader" in session.get(f"{workbench.address}/settings/", timeout=30).text
        for user, honest in (("nobody here", True), ("demo_reader", False)):
            directory.user, directory.honest = user, honest
            with requests.Session() as session:
                session.get(f"{workbench.address}/oidc/authenticate/", timeout=30)
                settings = session.get(f"{workbench.address}/settings/", timeout=30, allow_redirects=False)
                assert settings.status_code == 302


def test_a_proxy_says_who_a_member_is(demo_config: Path, tmp_path: Path) -> None:
    database = f"review.database=sqlite:///{tmp_path}/review.sqlite"
    with served(demo_config, database, "review.log_in=header", "review.header=X-Bank-User") as workbench:
        page = f"{workbench.address}/settings/"
        assert "demo_checker" in requests.get(page, timeout=30, headers={"X-Bank-User": "demo_checker"}).text
        for headers in ({}, {"X-Bank-User": "nobody here"}, {"X-Remote-User": "demo_checker"}):
            assert requests.get(page, timeout=30, headers=headers, allow_redirects=False).status_code == 302
        password = {"username": "demo_checker", "password": workbench.passwords["checker"]}
        with requests.Session() as session:
            token = session.get(f"{workbench.address}/log-in/", timeout=30).text.partition(
                'csrfmiddlewaretoken" value="'
            )[2]
            form = {**password, "csrfmiddlewaretoken": token.partition('"')[0]}
            session.post(f"{workbench.address}/log-in/", form, timeout=30)
            assert session.get(page, timeout=30, allow_redirects=False).status_code == 302
