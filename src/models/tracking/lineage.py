"""The origin of a run in MLflow's own words: user, program, git commit, and the book that it read."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.tracking.context.registry import resolve_tags
from mlflow.types import ColSpec, Schema
from mlflow.utils.git_utils import get_git_branch, get_git_commit, get_git_repo_url
from mlflow.utils.mlflow_tags import (
    MLFLOW_DATASET_CONTEXT,
    MLFLOW_GIT_BRANCH,
    MLFLOW_GIT_COMMIT,
    MLFLOW_GIT_REPO_URL,
)

from models.book.door import Book
from models.showable import without_secrets
from models.store.code import scoring_code

EXPERIMENT_KIND = "mlflow.experimentKind"
"""Tag of an experiment: as what the page of MLflow shows it; without it, as one of language models."""
MACHINE_LEARNING = "custom_model_development"
CODE_TAG = "clientvalue.code"
"""Tag of a run: the hash of the code that decides what is scored."""
_LONGEST_DIGEST = 36
"""What MLflow keeps of a digest; the whole fingerprint is the parameter ``data`` and stands in the profile."""
_TYPES = {pa.float64(): "double", pa.int64(): "long", pa.bool_(): "boolean", pa.date32(): "datetime"}


def context_tags() -> dict[str, str]:
    """User, program and commit of this process, as MLflow finds them for every run that it starts itself.

    The commit is that of the checkout in which the program stands, else of the one in which it works; none of neither.
    """
    found = {name: str(value) for name, value in resolve_tags().items()}
    if MLFLOW_GIT_COMMIT not in found:
        here = str(Path.cwd())
        known = {
            MLFLOW_GIT_COMMIT: get_git_commit(here),
            MLFLOW_GIT_BRANCH: get_git_branch(here),
            MLFLOW_GIT_REPO_URL: get_git_repo_url(here),
        }
        found |= {name: value for name, value in known.items() if value}
    return {**found, CODE_TAG: scoring_code()}


def dataset_of(book: Book, place: str) -> DatasetInput:
    """A book as the data that a run learns from: its fingerprint, columns, rows and ``place``, and none of its data."""
    dataset = Dataset(
        name=book.name,
        digest=book.fingerprint[:_LONGEST_DIGEST],
        source_type="sql" if "://" in place else "local",
        source=json.dumps({"uri": without_secrets(place)}),
        schema=json.dumps({"mlflow_colspec": _columns(book).to_dict()}),
        profile=json.dumps(_profile(book)),
    )
    return DatasetInput(dataset=dataset, tags=[InputTag(MLFLOW_DATASET_CONTEXT, "training")])


def _columns(book: Book) -> Schema:
    """The columns of all tables, as ``table.column``."""
    return Schema(
        [
            ColSpec(_TYPES.get(column.type, "string"), f"{table}.{column.name}", required=False)
            for table in sorted(book.tables)
            for column in pq.read_schema(book.stored_here(table))
        ]
    )


def _profile(book: Book) -> dict[str, object]:
    used = {count.table: count.rows_used for count in book.counts}
    return {
        "num_rows": sum(used.values()),
        "rows": used,
        "fingerprint": book.fingerprint,
        "first_date": book.first_date.isoformat(),
        "known_until": book.known_until.isoformat(),
        "currency": book.currency,
    }
