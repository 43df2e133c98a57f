"""Reading published files: packing, order and headers do not matter, and what cannot be read is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from models.book.sources.columns import match_headers
from models.errors import MissingColumnError, MissingFileError, UnreadableFileError, UserError
from support.published_files import PROJECT, as_csv, load, load_text, rows_of, without


@pytest.mark.parametrize("packing", ["bom", "crlf", "gzip", "gzip without its ending", "shuffled"])
def test_packing_and_order_do_not_matter(tmp_path: Path, packing: str) -> None:
    rows = [PROJECT | {"Project Number": str(number), "Company Name": f'A, "{number % 3}"'} for number in range(9)]
    expected = load_text("ifc", tmp_path, as_csv(rows))
    plain = as_csv(rows[::-1] if packing == "shuffled" else rows)
    packed = {
        "bom": ("\ufeff" + plain).encode(),
        "crlf": plain.encode(),
        "gzip": gzip.compress(plain.encode()),
        "gzip without its ending": gzip.compress(plain.encode()),
    }
    file = tmp_path / ("ifc.csv.gz" if packing == "gzip" else "ifc.csv")
    file.write_bytes(packed.get(packing, plain.replace("\r\n", "\n").encode()))
    book = load("ifc", file)
    assert book.fingerprint == expected.fingerprint
    assert len(rows_of(book, "clients", "client_id")) == 3


@pytest.mark.parametrize("name", ["Company Name", "Country", "IFC Approval Date", "Project Number"])
def test_a_missing_column_is_named_as_published(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingColumnError, match=f"table projects must have the columns {name}, got only Project"):
        load_text("ifc", tmp_path, as_csv([without(PROJECT, name)]))


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    good = as_csv([PROJECT, PROJECT | {"Project Number": "2"}]).encode()
    broken = {
        "empty": b"",
        "blank": b"\n \n",
        "binary": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        "cut": gzip.compress(good * 500)[:400],
        "ragged": good + b"one,two\r\n",
        "latin": good.replace(b"Solar", b"Sol\xe1r"),
    }
    for name, content in broken.items():
        file = tmp_path / f"{name}.csv"
        file.write_bytes(content)
        with pytest.raises(UnreadableFileError, match=name) as caught:
            load("ifc", file)
        assert "\n" not in str(caught.value)
        assert "ACME" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"the file must exist, got .*none\.csv"):
        load("ifc", tmp_path / "none.csv")
    with pytest.raises(MissingFileError, match="name a file, not a folder"):
        load("ifc", tmp_path)


def test_a_header_alone_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="at least one cashflow"):
        load_text("ifc", tmp_path, as_csv([PROJECT]).splitlines()[0] + "\n")


def test_exact_headers_go_before_similar_ones() -> None:
    assert match_headers(["loan type ", "Loan Type"], {"kind": ("Loan Type",)}) == {"kind": "Loan Type"}
    assert match_headers(["Sector", "Industry"], {"sector": ("Industry", "Sector")}) == {"sector": "Industry"}


@pytest.mark.real
def test_published_counts_of_the_other_files(real_data: Path, tmp_path: Path) -> None:
    expected = {
        ("ibrd", "ibrd/ibrd_loans_2020-11-30.csv.gz"): (8_986, 8_986),
        ("ibrd", "ibrd/ibrd_loans_2022-05-31.csv.gz"): (8_873, 8_873),
        ("cdnow", "cdnow/CDNOW_sample.txt.gz"): (6_919, 6_696),
        ("online_retail", "online_retail/online_retail.csv.gz"): (401_604, 22_190),
    }
    for (source, place), (rows_used, cashflows) in expected.items():
        file = tmp_path / "published.gz"
        file.write_bytes((real_data / place).read_bytes())
        book = load(source, file)
        assert (book.counts[0].rows_used, book.counts[-1].rows_used) == (rows_used, cashflows)
