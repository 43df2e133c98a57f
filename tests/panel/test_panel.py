"""The panel: one row per client and as-of date, with what was known beside what came."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.errors import AsOfOutsideBookError
from models.panel.build import panels_by_block
from models.panel.ledger_cache import prepared_book
from models.panel.panel import Panel, joined
from models.vocab import DeclineCause
from support.books import AS_OF, book_of, panel_from, rows, settings

CLIENTS = rows("client_id group_id country", ("00123", "G", None), ("NA", "G", None), ("中国建设银行", None, None))
CASHFLOWS = rows(
    "client_id date kind amount",
    ("00123", date(2019, 1, 10), "order", 1.0),
    ("00123", date(2020, 3, 10), "drawdown", 600.0),
    ("00123", date(2020, 7, 1), "drawdown", 200.0),
    ("00123", date(2020, 7, 31), "interest", 20.0),
    ("00123", date(2020, 9, 30), "interest", 20.0),
    ("00123", date(2020, 10, 1), "interest", 1e6),
    ("NA", date(2020, 6, 30), "commitment", 50.0),
    ("NA", date(2020, 7, 15), "funding_cost", 5.0),
    ("中国建设银行", date(2019, 12, 31), "commitment", 50.0),
)
TABLES = {"clients": CLIENTS, "cashflows": CASHFLOWS}


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """July and April 2020, three months ahead."""
    return panel_from(TABLES, tmp_path_factory.mktemp("panel"), origins=(0, -3), targets=True)


def test_a_client_that_drew_and_pays_interest_is_worth_its_discounted_margin(panel: Panel) -> None:
    july = panel.at([0])
    assert july.client_id.tolist() == ["00123", "NA"]
    monthly = 1.1 ** (-1 / 12)
    assert july.value is not None
    assert july.value.tolist() == pytest.approx([20.0 * monthly + 20.0 * monthly**3, -5.0 * monthly])
    assert july.features["activity_sum_6p"].tolist() == [600.0, 50.0]
    assert july.features["group_activity_count_6p"].tolist() == [1.0, 1.0]


def test_decline_is_activity_below_half_of_the_past_rate(panel: Panel) -> None:
    """600 in six months is 100 a month; 200 in the three after is 67."""
    july = panel.at([0])
    assert july.declined is not None
    assert july.declined.tolist() == [False, True]


def test_a_decline_has_an_onset_and_others_have_none(panel: Panel) -> None:
    assert panel.at([0]).event_period is not None
    assert panel.at([0]).event_period.tolist() == [0, 1]
    assert panel.cause is None, "no facility tells how it ended"


def test_a_loan_repaid_early_elsewhere_is_why_a_client_declined(tmp_path: Path) -> None:
    """00123 borrowed anew, 中国建设银行 refinanced in August, NA was written off in July and is closed much later."""
    flows = "client_id facility_id date kind amount"
    drawn = [(who, None, date(2020, 6, 1), "drawdown", 600.0) for who in ("00123", "NA", "中国建设银行")]
    tables = {
        "clients": CLIENTS,
        "cashflows": rows(
            flows,
            ("00123", None, date(2019, 1, 10), "order", 1.0),
            *drawn,
            ("00123", "F1", date(2020, 7, 5), "drawdown", 600.0),
            ("中国建设银行", "F2", date(2020, 7, 5), "drawdown", 120.0),
            ("NA", "F3", date(2020, 7, 20), "write_off", 600.0),
        ),
        "facilities": rows(
            "facility_id client_id signed closed exit_cause",
            ("F1", "00123", date(2020, 7, 1), None, None),
            ("F2", "中国建设银行", date(2020, 1, 1), date(2020, 8, 15), "refinanced_away"),
            ("F3", "NA", date(2020, 1, 1), date(2021, 7, 20), "default"),
        ),
    }
    panel = panel_from(tables, tmp_path, targets=True)
    assert panel.cause is not None
    assert panel.event_period is not None
    assert panel.declined is not None
    reported = dict(
        zip(panel.client_id, zip(panel.declined, panel.event_period, panel.cause, strict=True), strict=True)
    )
    codes = [cause.value for cause in DeclineCause]
    assert reported["00123"] == (False, 0, -1)
    assert reported["中国建设银行"] == (True, 3, codes.index("refinanced_away"))  # 120 keep up 50 a month for two
    assert reported["NA"] == (True, 1, codes.index("default"))
    lapse = panel_from(tables, tmp_path / "lapse", "decline.rule=lapse", targets=True)
    assert lapse.cause is None
    assert lapse.event_period is not None
    assert dict(zip(lapse.client_id, lapse.event_period, strict=True)) == {"00123": 1, "NA": 0, "中国建设银行": 1}


def test_rows_stand_in_order_of_origin_and_only_active_clients_have_one(panel: Panel) -> None:
    assert panel.origin.tolist() == [-3, -3, 0, 0]
    assert panel.client_id.tolist() == ["中国建设银行", "00123", "00123", "NA"]


def test_a_group_is_never_split_between_folds(panel: Panel) -> None:
    july = panel.at([0])
    assert july.groups_known
    assert len(set(july.group_fold(3))) == 1
    assert set(panel.group) == set(panel.at([-3]).group) | set(july.group)


def test_every_feature_has_a_unit(panel: Panel) -> None:
    assert list(panel.units) == list(panel.features.columns)
    assert (panel.units["activity_sum_6p"], panel.units["activity_count_6p"]) == ("EUR", "events")


def test_joined_panels_keep_the_order_of_blocks_within_an_origin(panel: Panel) -> None:
    halves = [panel.where(np.array([True, False, True, False])), panel.where(np.array([False, True, False, True]))]
    again = joined(halves)
    assert again.client_id.tolist() == panel.client_id.tolist()
    assert again.event_period is not None
    assert panel.event_period is not None
    assert again.event_period.tolist() == panel.event_period.tolist()
    pd.testing.assert_frame_equal(again.features, panel.features)


def test_a_panel_without_outcomes_has_none(tmp_path: Path) -> None:
    panel = panel_from(TABLES, tmp_path)
    assert panel.value is None
    assert panel.declined is None
    assert panel.event_period is None
    assert panel.cause is None
    assert len(panel) == 2


def test_a_book_narrowed_to_a_client_holds_its_group_as_it_is_in_the_whole(tmp_path: Path, panel: Panel) -> None:
    config = settings(work_dir=tmp_path / "work")
    with prepared_book(book_of(TABLES, tmp_path), config, AS_OF) as prepared:
        (part,) = panels_by_block(prepared.narrowed_to(["NA"]), config, [0], targets=False)
        assert prepared.clients == 3
    assert part.client_id.tolist() == ["00123", "NA"]
    pd.testing.assert_frame_equal(part.features, panel.at([0]).features, check_exact=True)
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.parametrize("as_of", [date(2019, 1, 10), date(2022, 1, 2)])
def test_an_as_of_date_outside_the_book_is_refused(as_of: date, tmp_path: Path) -> None:
    reported = f"must lie after 2019-01-10 and not after 2022-01-01, got {as_of}: choose a date that the book covers"
    with pytest.raises(AsOfOutsideBookError, match=reported):
        panel_from(TABLES, tmp_path, as_of=as_of)
