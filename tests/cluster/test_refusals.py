"""What stands in the way of Spark is named, each with its remedy, before anything begins."""

from __future__ import annotations

import socket

import pytest

from models.cluster import refusals
from models.cluster.refusals import ClusterError, broken_off, require_java, require_pyspark, require_reach
from models.config.loading import parse_config
from models.errors import ConfigError
from support.books import SETTINGS


def test_java_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ClusterError, match=r"needs Java 17.*no java in PATH.*openjdk-17-jre-headless"):
        require_java("local[2]")
    monkeypatch.setenv("JAVA_HOME", "/nowhere/java")
    with pytest.raises(ClusterError, match="JAVA_HOME=/nowhere/java, where there is no bin/java"):
        require_java("spark://host:7077")
    require_java("sc://host:15002")
    require_java("current")


def test_pyspark_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "find_spec", lambda name: None)
    with pytest.raises(ClusterError, match=r"pip install 'clientvalue\[spark\]'"):
        require_pyspark()


@pytest.mark.parametrize("scheme", ["spark", "sc"])
def test_an_address_where_nobody_answers_is_named(scheme: str) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(ClusterError, match=rf"{scheme}://127.0.0.1:{port}, got Connection refused at .*local\[2\]"):
            require_reach(f"{scheme}://127.0.0.1:{port}")
        held.listen()
        require_reach(f"{scheme}://127.0.0.1:{port}")
        require_reach(f"spark://127.0.0.1:1,127.0.0.1:{port}")


def test_a_master_that_is_none_is_refused_by_the_config() -> None:
    with pytest.raises(ConfigError, match=r"spark\.master"):
        parse_config(SETTINGS, ["spark.master=spak://host:7077"])
    with pytest.raises(ConfigError, match=r"run\.engine"):
        parse_config(SETTINGS, ["run.engine=sparc"])


def test_an_executor_without_what_it_needs_is_named() -> None:
    trace = "[PYTHON_EXCEPTION] Traceback:\nModuleNotFoundError: No module named 'pyarrow'\n SQLSTATE: 38000"
    assert "a Python there without pyarrow" in str(broken_off("sc://host", RuntimeError(trace)))
    assert "got a reason" in str(broken_off("sc://host", RuntimeError("a reason\n SQLSTATE: 38000")))
