"""The purchases of CDNOW, as the master file and as the sample."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.errors import UnreadableFileError
from support.published_files import PROJECT, as_csv, load_text, rows_of

MASTER = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n"


def test_orders_of_one_day_are_one_and_orders_of_nought_stay(tmp_path: Path) -> None:
    more = " 00002 19970112  5   77.07\n 00003 19970102  1    0.00\n"
    book = load_text("cdnow", tmp_path, MASTER + more)
    assert rows_of(book, "cashflows", "client_id", "date", "kind", "amount") == [
        ("00001", date(1997, 1, 1), "order", 11.77),
        ("00002", date(1997, 1, 12), "order", 89.07),
        ("00003", date(1997, 1, 2), "order", 0.0),
    ]
    assert book.known_until == date(1998, 7, 1)


def test_the_sample_names_clients_by_their_number_in_the_master_file(tmp_path: Path) -> None:
    book = load_text("cdnow", tmp_path, " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n")
    assert rows_of(book, "cashflows", "client_id", "amount") == [("00004", 29.33), ("00004", 29.73)]


def test_a_line_with_too_few_fields_is_quarantined(tmp_path: Path) -> None:
    book = load_text("cdnow", tmp_path, MASTER + " 00003 19970102\n", "book.max_quarantine_share=0.5")
    assert (book.counts[0].rows_in, book.counts[0].rows_used) == (3, 2)
    assert book.counts[0].reasons == {"customer required": 1}


def test_a_file_of_another_shape_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"must have 4 fields \(master\) or 5 \(sample\)"):
        load_text("cdnow", tmp_path, as_csv([PROJECT]))
