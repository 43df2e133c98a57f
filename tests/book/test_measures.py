"""What a config measures: its flows and states as cells that never overlap."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.book.measures import Cell, absent_measures, measures_of, products_of
from models.book.names import require_known_names
from models.config.root import Config
from models.errors import ConfigError
from support.books import settings

TABLES = ("clients", "facilities", "cashflows", "interactions", "surveys", "ratings", "financials", "opportunities")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return settings(work_dir=tmp_path)


def test_loans_are_what_was_committed_or_drawn_under_a_loan(config: Config) -> None:
    book = measures_of(config, TABLES)
    loan = book.flows[book.flow_index("loan")]
    assert loan.cells == (
        Cell("cashflows", "amount", "commitment", "loan"),
        Cell("cashflows", "amount", "drawdown", "loan"),
    )
    assert (book.step_of("loan"), book.step_of("waiting")) == (0.01, 0.01)
    assert book.table_of("pd") == "ratings"


def test_value_is_a_weighted_set_of_flows(config: Config) -> None:
    book = measures_of(config, TABLES)
    assert book.value_weights == {"value_part_interest": 1.0, "value_part_fee": 0.5, "value_part_funding_cost": -1.0}
    interest = book.flows[book.flow_index("value_part_interest")]
    assert {cell.product for cell in interest.cells} == {"", "loan", "guarantee", "letter_of_credit"}


def test_every_cell_has_one_code_whatever_the_order_of_the_config(config: Config) -> None:
    book = measures_of(config, TABLES)
    assert len(set(book.flow_cells)) == len(book.flow_cells)
    assert list(book.flow_cells) == sorted(book.flow_cells)
    turned = dict(reversed(config.features.measures.items()))
    features = config.features.model_copy(update={"measures": turned})
    assert measures_of(config.model_copy(update={"features": features}), TABLES).flow_cells == book.flow_cells


def test_tables_that_the_book_lacks_leave_their_measures_out_and_are_named(config: Config) -> None:
    book = measures_of(config, ("clients", "cashflows"))
    assert book.states == ()
    assert "meetings" not in [flow.name for flow in book.flows]
    absent = absent_measures(config, ("clients", "cashflows"))
    assert absent["ratings"] == ("pd",)
    assert absent["surveys"] == ("csat",)


def test_products_are_named_once_in_order() -> None:
    cells = [Cell("cashflows", "amount", kind, product) for kind in "ab" for product in ("", "loan", "bond")]
    assert products_of(cells) == ("bond", "loan")


def test_what_no_table_can_hold_is_told_at_once(tmp_path: Path) -> None:
    config = settings(
        "activity.kinds=[comitment]",
        "features.measures.pd={table: ratings, form: state}",
        "features.measures.meetings={table: interactions, kinds: [visit], column: '', products: [loan]}",
        work_dir=tmp_path,
    )
    with pytest.raises(ConfigError) as caught:
        require_known_names(config)
    reported = [(problem.rule.split(" must")[0], problem.got) for problem in caught.value.problems]
    assert sorted(reported) == [
        ("activity.kinds", "'comitment'"),
        ("features.measures.meetings.kinds", "'visit'"),
        ("features.measures.meetings.products", "'loan'"),
        ("features.measures.pd.column", "'amount'"),
    ]
