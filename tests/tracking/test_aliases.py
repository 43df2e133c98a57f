"""Who serves in a registry: a version takes the place of the champion, the one before returns, a kill is mended."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import UserError
from models.publications.ledger import Act
from models.tracking.aliases import Succession, require_before
from models.tracking.appointments import appoint, mend
from models.tracking.mlflow import Tracking
from support.registry import change, key_of, ledger_in, registry_in, settings_in

TESTS = Path(__file__).parents[1]
AFTER_THE_LAST = 13
"""A change takes twelve steps at most: nine tags, two aliases that move and one that ends."""


@pytest.fixture
def three(tmp_path: Path) -> Succession:
    """Three versions, of which the first serves."""
    return registry_in(tmp_path, 3)


def tags_of(succession: Succession, version: str) -> dict[str, str]:
    return dict(succession.client.get_model_version(succession.model, version).tags)


def test_the_first_serves_and_the_newest_is_its_challenger(three: Succession) -> None:
    assert three.aliases == {"champion": "1", "challenger": "3"}
    first = tags_of(three, "1")
    assert (first["champion_because"], first["champion_after"]) == ("the first version", "")
    assert len(first["champion_since"]) == len("2026-01-01T00:00:00Z")
    with pytest.raises(UserError, match="version 1, before which none served"):
        require_before(three)


def test_where_nothing_was_registered_nobody_serves(tmp_path: Path) -> None:
    succession = Tracking(settings_in(tmp_path)).succession
    assert (succession.aliases, succession.champion, succession.line_of("1")) == ({}, "", ())
    with pytest.raises(UserError, match="got no champion"):
        require_before(succession)


def test_a_promotion_is_on_record_by_tags_and_in_the_ledger(three: Succession, tmp_path: Path) -> None:
    entry = appoint(change(Act.PROMOTED, "3", "the gate holds"), three, ledger_in(tmp_path))
    assert three.aliases == {"champion": "3", "archived": "1"}
    new, old = tags_of(three, "3"), tags_of(three, "1")
    assert (new["champion_because"], new["champion_after"], new["champion_by"]) == ("the gate holds", "1", entry.by)
    assert (old["champion_until"], old["champion_ended_because"]) == (new["champion_since"], "the gate holds")
    assert ledger_in(tmp_path).entries() == (entry,)
    assert (entry.version, entry.bundle, entry.evidence["before"]) == ("3", key_of("3"), "1")


def test_rollbacks_go_back_along_the_line_and_never_forward(three: Succession, tmp_path: Path) -> None:
    ledger = ledger_in(tmp_path)
    for version in ("2", "3", "1"):  # the first serves again after the third
        appoint(change(Act.PROMOTED, version), three, ledger)
    served = []
    while three.line_of(three.champion):
        before = require_before(three)
        appoint(change(Act.ROLLED_BACK, before, "it lost money"), three, ledger)
        served.append((three.champion, three.aliases["archived"]))
    assert served == [("3", "1"), ("2", "3"), ("1", "2")]
    assert tags_of(three, "1")["champion_after"] == ""
    assert [entry.act for entry in ledger.entries()] == [Act.PROMOTED] * 3 + [Act.ROLLED_BACK] * 3


def test_a_champion_of_an_earlier_format_knows_whom_it_followed(three: Succession) -> None:
    three.client.set_model_version_tag(three.model, "2", "champion_after", "1")
    three.client.set_registered_model_alias(three.model, "champion", "2")
    assert require_before(three) == "1"


def test_nothing_is_mended_where_nothing_was_left_or_somebody_chose_otherwise(
    three: Succession, tmp_path: Path
) -> None:
    ledger = ledger_in(tmp_path)
    assert mend(three, ledger) is None
    appoint(change(Act.PROMOTED, "2"), three, ledger)
    three.client.set_registered_model_alias(three.model, "champion", "1")  # by hand, after all was done
    assert (mend(three, ledger), three.champion) == (None, "1")
    three.client.delete_model_version(three.model, "2")
    assert mend(three, ledger) is None


@pytest.mark.parametrize(
    ("act", "version", "steps"),
    [(Act.PROMOTED, "3", (1, 5, 9, 10, 11, 12, AFTER_THE_LAST)), (Act.ROLLED_BACK, "1", (1, 10, AFTER_THE_LAST))],
)
def test_a_change_that_was_killed_at_any_step_leaves_the_champion_and_is_mended(
    tmp_path: Path, act: Act, version: str, steps: tuple[int, ...]
) -> None:
    start = registry_in(tmp_path / "start", 3)
    appoint(change(Act.PROMOTED, "2"), start, ledger_in(tmp_path / "start"))
    names = [str(step) for step in steps]
    for name in names:
        shutil.copytree(tmp_path / "start", tmp_path / name)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "support.registry", str(tmp_path), act.value, version, *names],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    )
    fates = dict(line.split() for line in done.stdout.splitlines())
    assert next(iter(fates.values())) == "killed"
    assert list(fates.values())[-1] == "done"
    whole = None
    for name, fate in fates.items():
        root = tmp_path / name
        succession, ledger = Tracking(settings_in(root)).succession, ledger_in(root)
        recorded = ledger.entries()[-1]
        assert (recorded.act, recorded.version, recorded.evidence["before"]) == (act, version, "2")
        assert succession.champion in ("2", version)
        mended = mend(succession, ledger)
        assert (mended == recorded) is (fate == "killed")
        assert mend(succession, ledger) is None
        after = succession.aliases, [tags_of(succession, each).keys() for each in "123"], succession.line_of(version)
        whole = whole or after
        assert after == whole
        assert succession.champion == version
