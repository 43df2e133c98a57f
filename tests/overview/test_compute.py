"""A tier's treatments, value and movers are counted as a banker counts them by hand, whatever the order of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.book.door import Book
from models.errors import DamagedBundleError
from models.grading.moves import MovedBy
from models.notices import Notice, Severity
from models.overview import compute as overview
from models.overview.compute import book_overview
from models.overview.page import overview_page
from models.overview.report import Overview, ValueTotal
from models.overview.text import MOVED_BY
from models.store.sealed import write_manifest
from support.books import book_of, rows, settings

BEFORE, NOW = date(2020, 1, 1), date(2020, 7, 1)
SURE = {"level": 0.9, "level_error": 0.0}
"""How sure totals are: of single clients' luck alone."""
Row = tuple[str, str, float, float, str]
EARLIER: tuple[Row, ...] = (
    ("a", "AA", 900.0, 0.1, "team"),
    ("b", "B", 90.0, 0.2, "desk"),
    ("gone", "A", 5.0, 0.9, "desk"),
)
LATER: tuple[Row, ...] = (
    ("a", "A", 600.0, 0.3, "desk"),
    ("b", "A", 200.0, 0.1, "team"),
    ("c", "A", 100.0, 0.2, "desk"),
    ("d", "B", 100.0, 0.8, "desk"),
)


def published(folder: Path, as_of: date, clients: Sequence[Row], *, credit_loss: float = 50.0) -> Path:
    folder.mkdir(parents=True)
    names = ("client_id", "tier", "value", "decline_probability")
    table = pd.DataFrame([row[:4] for row in clients], columns=list(names)).assign(
        value_low=lambda each: each["value"] - 30.0,
        value_high=lambda each: each["value"] + 40.0,
        margin=lambda each: each["value"] + 50.0,
        credit_loss=credit_loss,
        tier_reason="by rule",
        model_version="m1",
    )
    treatment = [{"coverage": row[4], "limit_action": "hold", "monitoring_months": 6} for row in clients]
    pq.write_table(
        pa.Table.from_pandas(table).append_column("treatment", pa.array(treatment)), folder / "scores.parquet"
    )
    previous = "before" if folder.name == "now" else None
    facts = {"as_of": as_of.isoformat(), "run_key": folder.name, "previous": previous, "totals": SURE}
    write_manifest(folder, facts)
    return folder


def small_book(root: Path) -> Book:
    flows = (("a", date(2019, 1, 5), "drawdown", 1.0), ("b", NOW, "drawdown", 1.0))
    tables = {
        "clients": rows("client_id name", *((name, f"{name} Ltd") for name in ("a", "b", "c", "d", "gone"))),
        "cashflows": rows("client_id date kind amount", *flows),
        "opportunities": rows("opportunity_id client_id stage entered amount", ("late", "a", "assessed", NOW, 5.0)),
    }
    return book_of(tables, root)


def told_of(root: Path, clients: Sequence[Row] = LATER, *, earlier: bool = True) -> Overview:
    if earlier:
        published(root / "scores" / "before", BEFORE, EARLIER)
    folder = published(root / "scores" / "now", NOW, clients)
    return book_overview(small_book(root), settings(work_dir=root), folder)


def test_a_tier_is_its_clients_their_value_and_how_they_are_treated(tmp_path: Path) -> None:
    better, last = told_of(tmp_path).tiers
    assert (better.tier, better.clients, better.share, better.value_share) == ("A", 3, 0.75, 0.9)
    assert better.value == total(900.0, clients=3)
    assert better.decline == pytest.approx(0.2)
    assert better.treatments == {
        "coverage": {"desk": 2, "team": 1},
        "limit_action": {"hold": 3},
        "monitoring_months": {"6": 3},
    }
    assert (last.tier, last.clients, last.value_share) == ("B", 1, 0.1)
    assert last.value == total(100.0, clients=1)


def total(expected: float, *, clients: int) -> ValueTotal:
    """Of clients worth 30 less to 40 more than expected, each after a credit loss of 50, whose luck is their own."""
    lost = 50.0 * clients
    low, high = expected - 30.0 * clients**0.5, expected + 40.0 * clients**0.5
    return ValueTotal(
        expected=expected,
        low=pytest.approx(low),
        high=pytest.approx(high),
        margin=expected + lost,
        credit_loss=lost,
    )


def test_the_whole_is_the_total_of_its_tiers_with_an_interval_narrower_than_theirs(tmp_path: Path) -> None:
    assert told_of(tmp_path).value == total(1_000.0, clients=4)


def test_a_book_that_knows_no_defaults_tells_value_as_one_amount(tmp_path: Path) -> None:
    folder = published(tmp_path / "scores" / "now", NOW, LATER, credit_loss=float("nan"))
    found = book_overview(small_book(tmp_path), settings(work_dir=tmp_path), folder).value
    assert (found.expected, found.margin, found.credit_loss) == (1_000.0, None, None)


def test_movers_are_counted_from_tier_to_tier_and_the_largest_come_first(tmp_path: Path) -> None:
    reported = told_of(tmp_path)
    assert reported.movers.before == BEFORE
    assert reported.movers.names == ("AA", "A", "B", "not scored")
    assert reported.movers.counts == ((0, 1, 0, 0), (0, 0, 0, 1), (0, 1, 0, 0), (0, 1, 1, 0))
    assert (reported.movers.upgraded, reported.movers.downgraded) == (1, 1)
    assert [(each.client_id, each.before, each.tier) for each in reported.movers.largest] == [
        ("a", "AA", "A"),
        ("b", "B", "A"),
    ]
    assert reported.names == {"a": "a Ltd", "b": "b Ltd"}


def test_the_page_shows_the_mix_and_says_what_is_not_there(tmp_path: Path) -> None:
    page = overview_page(told_of(tmp_path, earlier=False))
    assert "desk (67%), team (33%)" in page
    assert "No earlier run was published" in page
    assert "This run did not look for warnings" in page
    assert "No opportunity had begun before 2020-07-01" in page  # the only one begins on that day


def warned_row(number: int, state: str, *, top: bool = False) -> dict[str, Any]:
    return {
        "client_id": "abcd"[number % 4],
        "as_of": NOW,
        "state": state,
        "rank": number if state == "shown" else None,
        "severity": 60.0,
        "dimensions": ["risk", "arrears"],
        "evidence": [],
        "business_at_risk": 1_000.0 * number,
        "credit_loss": 44_000.0 if number % 2 else None,
        "first_seen": BEFORE,
        "repeat": False,
        "always_shown": top,
    }


def told_of_warnings(root: Path, rows: Sequence[dict[str, Any]], **facts: Any) -> Overview:
    folder = published(root / "scores" / "now", NOW, LATER)
    pq.write_table(pa.Table.from_pylist(list(rows)), folder / "warnings.parquet")
    states = [row["state"] for row in rows]
    counts = {"shown": states.count("shown"), "held_back": states.count("held back"), "without_news": 0, "repeats": 0}
    alarms = counts | {"budget": 5, "always_shown": sum(row["always_shown"] for row in rows)}
    (folder / "manifest.json").unlink()
    more = {"previous": None, "alarms": alarms, **facts}
    write_manifest(folder, {"as_of": NOW.isoformat(), "run_key": folder.name, **more})
    return book_overview(small_book(root), settings(work_dir=root), folder)


def test_all_top_clients_that_turned_are_listed_first_and_those_held_back_are_counted(tmp_path: Path) -> None:
    rows = [warned_row(number, "shown", top=number <= 30) for number in range(1, 33)]
    reported = told_of_warnings(tmp_path, [warned_row(0, "held back"), *rows[::-1]], warnings_ranked_by_stake=0.5)
    assert [each.rank for each in reported.alarms.first] == list(range(1, 31))
    page = overview_page(reported)
    assert "32 shown, 30 of them whatever the budget of 5; 1 held back by it." in page
    assert "The first 30 are listed." in page
    assert "<summary>The next" not in page  # what is shown whatever the budget is not folded away
    assert "Ranked with those first who are or were AA, whatever the budget" in page
    assert "severity × √(probability of decline × stake)" in page
    assert "Business at risk is the margin that goes if the client declines" in page
    first = page[page.index('<td class="skip">1</td>') :]
    assert first.index('data-label="business at risk">1,000<') < first.index('data-label="credit loss">44.0k<')
    assert 'data-label="credit loss">–<' in page
    assert "expected loss" not in page


def test_a_run_from_before_names_no_warned_client_but_says_how_many(tmp_path: Path) -> None:
    page = overview_page(told_of_warnings(tmp_path, [warned_row(1, "shown"), warned_row(2, "held back")]))
    assert "1 shown, 0 of them whatever the budget of 5; 1 held back by it." in page
    assert "Ranked" not in page


def test_the_order_of_rows_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "SAMPLE", 2)
    one, other = told_of(tmp_path / "one"), told_of(tmp_path / "other", LATER[::-1])
    assert one == other
    assert len(one.sample.tier) == 2


def test_scores_that_were_changed_later_are_refused(tmp_path: Path) -> None:
    folder = published(tmp_path / "scores" / "now", NOW, LATER)
    (folder / "scores.parquet").write_bytes(b"other")
    with pytest.raises(DamagedBundleError, match=r"scores\.parquet"):
        book_overview(small_book(tmp_path), settings(work_dir=tmp_path), folder)


def notice(number: int, severity: Severity = Severity.WARNING, code: str = "rows_left_out") -> Notice:
    return Notice(
        code=code,
        severity=severity,
        subject=f"table_{number}",
        found=f"{number} rows are <left> out",
        remedy="read quarantine.parquet" if number % 2 else "",
        count=number,
    )


def noticed(root: Path, *notices: Notice) -> str:
    return overview_page(replace(told_of(root), notices=notices))


def test_many_notices_are_short_and_each_has_its_severity_as_a_word(tmp_path: Path) -> None:
    page = noticed(tmp_path, notice(1, Severity.REFUSED), *map(notice, range(2, 13)))
    shown, folded = page.split("<summary>9 more</summary>")
    assert [f"table_{number}</b>" in shown for number in range(1, 13)] == [True] * 3 + [False] * 9
    assert folded.count('<span class="badge fair">warning</span>') == 9
    assert '<span class="badge bad">1 refused</span>' in page
    assert '<span class="badge fair">11 warnings</span>' in page
    assert "1 rows are &lt;left&gt; out" in page


def test_what_is_more_than_bad_rows_stands_before_them(tmp_path: Path) -> None:
    page = noticed(tmp_path, *map(notice, range(1, 5)), notice(9, code="value_not_calibrated"))
    assert page.index("table_9</b>") < page.index("table_1</b>") < page.index("<summary>2 more</summary>")


def test_a_few_notices_are_not_folded(tmp_path: Path) -> None:
    page = noticed(tmp_path, notice(1, Severity.NOTE))
    assert "1 note</span>" in page
    assert " more</summary>" not in page


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        (("data", "credit", "pd_last", None), "credit: pd last (data)"),
        (("data or models", "decline_risk", "decline_high", None), "decline risk: decline high (data or models)"),
        (("data", None, "arrears_days", "overdue_30"), "cap overdue 30: arrears days"),
        (("override", None, None, None), "a person&#39;s decision"),
        ((None, None, None, None), "–"),
    ],
)
def test_the_largest_movers_say_what_moved_them(tmp_path: Path, causes: tuple[str | None, ...], said: str) -> None:
    found = told_of(tmp_path)
    named = dict(zip(("moved_by", "dimension", "criterion", "cap"), causes, strict=True))
    moved = replace(found.movers.largest[0], **named)
    page = overview_page(replace(found, movers=replace(found.movers, largest=(moved,))))
    assert f'data-label="moved by">{said}</td>' in page
    assert "movers.parquet" in page


def test_every_way_to_move_has_words() -> None:
    # data and models move a dimension or a cap, which is named; who was not active is not among the largest
    assert {*MovedBy} - {*MOVED_BY} == {MovedBy.DATA, MovedBy.MODELS, MovedBy.ACTIVITY}
