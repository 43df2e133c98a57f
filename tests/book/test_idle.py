"""Settings without effect in a book are warned of: absent tables, columns that nothing fills, misspelled words."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import UserError
from support.mapped_books import mapped_book, told_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

CLIENTS = "client_id,country,industry\nA,DE,\nB,FR,\n"
CASHFLOWS = "client_id,date,kind,amount\nA,2022-01-03,fee,100\nB,2022-02-03,interest,10\n"


def told(tmp_path: Path, *overrides: str) -> list[str]:
    return told_of(
        mapped_book(tmp_path, "", *overrides, clients=CLIENTS, cashflows=CASHFLOWS), "setting_without_effect"
    )


def test_a_config_that_finds_all_it_names_is_told_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, "features.attributes=[country]", "features.measures={fees: {kinds: [fee]}}") == []


def test_what_looks_at_nothing_is_told_by_setting(tmp_path: Path) -> None:
    assert told(
        tmp_path,
        "features.attributes=[country, industry]",
        "features.context=[region]",
        "features.measures={pd: {table: ratings, column: pd, form: state}, loans: {products: [loan]}}",
        "features.facility_counts={loan: {products: [loan]}}",
        "features.macro=[gdp_growth]",
        "features.text_components=2",
    ) == [
        "features.attributes: it looks at clients.industry, which no row fills; name the column of the source in "
        "book.columns.clients.industry, or remove the setting",
        "features.context: it looks at clients.region, which no row fills; name the column of the source in "
        "book.columns.clients.region, or remove the setting",
        "features.measures.pd: it looks at the table ratings, which the book lacks; bring the table, or remove the "
        "setting",
        "features.measures.loans.products: it looks at the table facilities, which the book lacks; bring the table, or "
        "remove the setting",
        "features.facility_counts.loan: it looks at the table facilities, which the book lacks; bring the table, or "
        "remove the setting",
        "features.macro: it looks at the table macro, which the book lacks; bring the table, or remove the setting",
        "features.text_components: it looks at the table interactions, which the book lacks; bring the table, or "
        "remove the setting",
    ]


def test_currencies_of_a_book_without_any_are_told(tmp_path: Path) -> None:
    book = mapped_book(tmp_path, "currencies: {constants: {USD: 0.9}}", clients=CLIENTS, cashflows=CASHFLOWS)
    assert told_of(book, "setting_without_effect") == [
        "book.currencies: no table has a column currency, so that it converts nothing; name the column in "
        "book.columns, such as book.columns.cashflows.currency"
    ]


@pytest.mark.parametrize(
    ("override", "near"),
    [
        ("features.attributes=[naem]", "did you mean name?"),
        ("features.context=[cuntry]", "did you mean country?"),
        ("features.measures={fees: {kinds: [fees]}}", "did you mean fee?"),
        ("book.map={cashflow: {constants: {kind: fee}}}", "did you mean cashflows?"),
        ("book.columns={client: {name: n}}", "did you mean clients?"),
    ],
)
def test_a_misspelled_name_is_refused_with_the_nearest(tmp_path: Path, override: str, near: str) -> None:
    with pytest.raises(UserError) as caught:
        told(tmp_path, override)
    assert near in str(caught.value)
