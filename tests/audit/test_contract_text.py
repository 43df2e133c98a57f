"""Every column of the contract says in every language what it holds."""

from __future__ import annotations

import pytest

from models.audit.contract_text import column_note, reason_text, rule_text, rule_word
from models.book.columns import TableSchema
from models.book.contract import TABLES
from models.book.rules import RowRule, meaning
from models.text import ENGLISH
from support.languages import CHINESE


@pytest.mark.parametrize("table", TABLES.values(), ids=str)
def test_every_note_and_rule_is_known_in_every_language(table: TableSchema) -> None:
    for column in table.columns:
        assert column_note(column.note) == column.note
        assert column_note(column.note, CHINESE) != column.note
        for rule in RowRule:
            assert rule_text(rule, column).within(ENGLISH) == meaning(rule, column)


def test_a_reason_names_its_column_and_rule() -> None:
    for rule in RowRule:
        assert reason_text(f"client_id {rule}") == f"client_id {rule}"
        assert rule_word(rule) == rule
        assert rule_word(rule, CHINESE) in reason_text(f"client_id {rule}", CHINESE)
