"""A feed that went wrong is not published, or published with the named alarm, by what the guard is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.config.places import SCORES_FOLDER, work_dir
from models.errors import UnlikeTrainingError
from models.monitoring.job import Places, monitor
from models.notices import Severity
from models.scoring.job import predict
from support.monitored_book import (
    DRIFTED,
    LATEST,
    MonitoredBook,
    Tables,
    scores_at,
)


def thousandfold(tables: Tables) -> None:
    tables["cashflows"] = tables["cashflows"].assign(amount=tables["cashflows"]["amount"] * 1_000)


def exchanged(tables: Tables) -> None:
    kinds_exchanged(tables, "interest", "fee")


def mislabelled(tables: Tables) -> None:
    kinds_exchanged(tables, "drawdown", "arrears")


def kinds_exchanged(tables: Tables, first: str, second: str) -> None:
    flows = tables["cashflows"]
    tables["cashflows"] = flows.assign(kind=flows["kind"].replace({first: second, second: first}))


def emptied(tables: Tables) -> None:
    tables["facilities"] = tables["facilities"].assign(limit=None)


def swapped(tables: Tables) -> None:
    clients = tables["clients"]
    tables["clients"] = clients.rename(columns={"country": "industry", "industry": "country"})


def stale(tables: Tables) -> None:
    flows = tables["cashflows"]
    tables["cashflows"] = flows[flows["date"] < DRIFTED - timedelta(days=80)]


def misplaced(tables: Tables) -> None:
    """Each client gets the rows of the next."""
    flows, ids = tables["cashflows"], tables["clients"]["client_id"].tolist()
    tables["cashflows"] = flows.assign(
        client_id=flows["client_id"].map(dict(zip(ids, [*ids[1:], ids[0]], strict=True)))
    )
    facilities = tables["facilities"]
    tables["facilities"] = facilities.assign(client_id=[*ids[1:], ids[0]][: len(facilities)])


def halved(tables: Tables) -> None:
    flows = tables["cashflows"]
    kept = set(tables["clients"]["client_id"].iloc[::2])
    tables["cashflows"] = flows[flows["client_id"].isin(kept)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (thousandfold, "level"),
        (exchanged, "exchanged"),
        (mislabelled, "missing"),
        (emptied, "shift"),
        (stale, "silent"),
        (halved, "clients"),
        (misplaced, "ranks"),
    ],
)
def test_a_feed_that_cannot_be_is_not_published(
    published: MonitoredBook, change: Callable[[Tables], None], code: str, tmp_path: Path
) -> None:
    place = published.feed(change.__name__, change)
    settings = published.settings(run={"work_dir": str(tmp_path)})
    scores = work_dir(published.config) / SCORES_FOLDER
    before = sorted(path.name for path in scores.iterdir())
    with pytest.raises(UnlikeTrainingError, match=r"monitor\.guard"):
        predict(settings, book=place, as_of=DRIFTED, out=scores)
    assert sorted(path.name for path in scores.iterdir()) == before
    marked = published.settings(run={"work_dir": str(tmp_path)}, monitor={"guard": "mark"})
    alone = tmp_path / "scores"
    copy_of(published, LATEST, alone)
    notices = predict(marked, book=place, as_of=DRIFTED, out=alone).notices
    assert f"monitor_{code}" in {notice.code for notice in notices}
    assert all(notice.severity is not Severity.REFUSED for notice in notices)
    found = monitor(marked, book=place, places=Places(scores=alone), track=False).report
    grave = {alarm.code for alarm in found.alarms if alarm.severity is Severity.REFUSED}
    assert code in grave
    assert found.is_raised


def copy_of(published: MonitoredBook, when: date, place: Path) -> None:
    """A folder of scores with one publication only."""
    folder, _ = scores_at(published, when)
    target = place / folder.name
    target.mkdir(parents=True)
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())


def test_a_feed_as_it_should_be_is_published(published: MonitoredBook, tmp_path: Path) -> None:
    copy_of(published, LATEST, tmp_path / "scores")
    settings = published.settings(run={"work_dir": str(tmp_path)})
    notices = predict(settings, as_of=DRIFTED, out=tmp_path / "scores").notices
    assert not [notice.code for notice in notices if notice.code.startswith("monitor_")]


def test_columns_that_move_no_model_are_a_note(published: MonitoredBook, tmp_path: Path) -> None:
    copy_of(published, LATEST, tmp_path / "scores")
    settings, place = published.settings(run={"work_dir": str(tmp_path)}), published.feed("swapped", swapped)
    predict(settings, book=place, as_of=DRIFTED, out=tmp_path / "scores")
    found = monitor(settings, book=place, places=Places(scores=tmp_path / "scores"), track=False).report
    unseen = next(alarm for alarm in found.alarms if alarm.code == "unseen")
    assert (unseen.severity, set(unseen.subjects)) == (Severity.NOTE, {"country", "industry"})


def test_a_guard_that_is_off_looks_at_nothing(published: MonitoredBook, tmp_path: Path) -> None:
    place = published.feed("off", thousandfold)
    settings = published.settings(run={"work_dir": str(tmp_path)}, monitor={"guard": "off"})
    notices = predict(settings, book=place, as_of=DRIFTED, out=tmp_path / "scores").notices
    assert not [notice.code for notice in notices if notice.code.startswith("monitor_")]
