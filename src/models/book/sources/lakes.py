"""Tables of a lake on this machine's disks: Delta and Iceberg, the rows of their newest version.

DuckDB's extensions for them are fetched from the network when first used, which a bank's machine may not do; deltalake
and pyiceberg are packages, of the extras ``delta`` and ``iceberg``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import UnreadableFileError, UserError
from models.lazy import lazy

if TYPE_CHECKING:
    import deltalake
    import pyiceberg.table as iceberg
else:
    deltalake = lazy("deltalake")
    iceberg = lazy("pyiceberg.table")

_STORED = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
"""Types that Parquet files of today's readers do not have -> those that they have."""


def lake_copy(folder: Path, form: str, target: Path) -> Path:
    """The rows of a lake's table as one Parquet file.

    Raises ``UnreadableFileError``, and ``UserError`` where the extra is not installed.
    """
    read: Callable[[Path], Any] = {"delta": _delta_batches, "iceberg": _iceberg_batches}[form]
    try:
        batches = read(folder)
        schema = pa.schema([field.with_type(_STORED.get(field.type, field.type)) for field in batches.schema])
        with pq.ParquetWriter(target, schema) as writer:
            for batch in batches:
                writer.write_table(pa.Table.from_batches([batch]).cast(schema))
    except ImportError:
        problem: UserError = UserError(
            rule=f"reading {form.title()} tables needs the extra {form}",
            got="none installed",
            remedy=f"pip install 'clientvalue[{form}]', or save the table as Parquet",
        )
    except Exception as error:  # noqa: BLE001 - the libraries share no class of errors
        problem = UnreadableFileError(
            rule=f"{folder.name} must be a whole {form.title()} table",
            got=f"{type(error).__name__} ({' '.join(str(error).split())[:200]})",
            remedy=f"look at {folder}, or save the table as Parquet",
        )
    else:
        return target
    raise problem


def _delta_batches(folder: Path) -> Any:
    """Through its query engine, which also knows deleted rows and renamed columns."""
    engine = deltalake.QueryBuilder().register("rows", deltalake.DeltaTable(str(folder)))
    return pa.RecordBatchReader.from_stream(engine.execute("SELECT * FROM rows"))


def _iceberg_batches(folder: Path) -> Any:
    newest = max((folder / "metadata").glob("*.metadata.json"), key=_version)
    return iceberg.StaticTable.from_metadata(str(newest)).scan().to_arrow_batch_reader()


def _version(metadata: Path) -> tuple[int, str]:
    """The number that the name of a metadata file begins with (``00003-...``, ``v3``); the newest has the largest."""
    digits = metadata.name.removeprefix("v").split("-")[0].split(".")[0]
    return int(digits) if digits.isdigit() else -1, metadata.name
