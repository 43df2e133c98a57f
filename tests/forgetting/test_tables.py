"""Tables without a client: which rows are its own, whatever its ids look like, and that others stay as they are."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.forgetting.searching import FileKind, kind_of, lines_naming, names
from models.forgetting.tables import Rewriting
from models.forgetting.terms import Terms, terms_in

FACILITIES = "facilities.parquet"
A, B = "K-0001", "K-0002"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two clients who share a facility, and tables with and without their ids."""
    tables = {
        "facilities": {"facility_id": ["F-0001", "F-0002"], "client_id": [A, A]},
        "cashflows": {
            "client_id": [A, B, None, B],
            "facility_id": ["F-0001", "F-0001", "F-0002", None],
            "amount": [1, 2, 3, 4],
        },
        "balances": {"facility_id": ["F-0001", "F-0002"], "drawn": [1, 2]},
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    return tmp_path


def rewritten(folder: Path, name: str, terms: Terms) -> pa.Table:
    Rewriting(terms=terms, stand_in="P").write(folder / f"{name}.parquet", folder / "new.parquet")
    return pq.read_table(folder / "new.parquet")


def test_a_client_id_decides_alone_and_a_shared_facility_is_of_nobody(folder: Path) -> None:
    terms = terms_in(A, [folder])
    assert terms.keys["facility_id"] == ("F-0002",)
    flows = pq.read_table(folder / "cashflows.parquet")
    assert rewritten(folder, "cashflows", terms).equals(flows.take([1, 3]))
    assert rewritten(folder, "balances", terms)["facility_id"].to_pylist() == ["F-0001"]


def test_rows_of_others_that_name_a_facility_of_the_client_stay(folder: Path) -> None:
    terms = Terms(client_id=A, keys={"client_id": (A,), "facility_id": ("F-0001", "F-0002")})
    assert rewritten(folder, "cashflows", terms)["amount"].to_pylist() == [2, 4]


def test_a_client_is_known_by_all_old_ids_that_lead_to_it(folder: Path) -> None:
    aliases = {"old_id": ["K-0009", "K-0008", "K-0007"], "client_id": [A, "K-0009", B]}
    pq.write_table(pa.table(aliases), folder / "aliases.parquet")
    terms = terms_in(A, [folder])
    assert terms.ids == (A, "K-0009", "K-0008")
    assert "K-0008" in terms.words


@pytest.mark.parametrize("keeps_rows", [False, True])
def test_ids_that_are_whole_numbers_are_found_and_go(keeps_rows: bool, tmp_path: Path) -> None:
    file, new = tmp_path / "clients.parquet", tmp_path / "new.parquet"
    rows = pa.table({"client_id": [100001, 100002], "name": ["Astra Ltd", "Bolt Ltd"], "count": [100002, 100001]})
    pq.write_table(rows, file)
    pq.write_table(rows.select(["client_id"]).append_column("facility_id", [[7000001, 7000002]]), tmp_path / FACILITIES)
    terms = terms_in("100001", [tmp_path])
    assert (terms.names, terms.keys["facility_id"]) == (("Astra Ltd",), ("7000001",))
    assert names(tmp_path / FACILITIES, FileKind.PARQUET, terms)
    rewriting = Rewriting(terms=terms, stand_in="P", keeps_rows=keeps_rows)
    assert (rewriting.own_rows(file), rewriting.write(file, new)) == (1, 1)
    assert pq.read_table(new).equals(rows.slice(1))
    assert not names(new, FileKind.PARQUET, terms)


@pytest.mark.parametrize("packing", [gzip, bz2, lzma])
def test_packed_files_are_searched_unpacked(packing: ModuleType, tmp_path: Path) -> None:
    terms = Terms(client_id=A, keys={"client_id": (A,)})
    for client, found in ((A, True), (B, False)):
        file = tmp_path / "clients.csv.packed"
        with packing.open(file, "wb") as packed:
            packed.write(f"client_id,name\n{client},Astra\n".encode())
        assert kind_of(file) is FileKind.PACKED
        assert names(file, FileKind.PACKED, terms) is found


def test_rows_and_lines_that_name_the_client_are_told(tmp_path: Path) -> None:
    """Whole-number ids of Parquet, a line with a break in its id, and packed text: as an editor and a reader number."""
    ids = pa.array([100001, 8, 100001, None])
    pq.write_table(pa.table({"client_id": ids, "note": ["", "of 100001", "x", "y"]}), tmp_path / "a.parquet")
    terms = terms_in("100001", [tmp_path])
    assert lines_naming(tmp_path / "a.parquet", FileKind.PARQUET, terms) == (1, 2, 3)
    (tmp_path / "a.csv").write_text('client_id;note\n"8\nb";x\n100001;"y\nz"\n"1000011";100001\n', encoding="utf-8")
    assert lines_naming(tmp_path / "a.csv", FileKind.TEXT, terms) == (4, 6)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((tmp_path / "a.csv").read_bytes()))
    assert lines_naming(tmp_path / "a.csv.gz", FileKind.PACKED, terms) == (4, 6)
