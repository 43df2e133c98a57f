"""Computes the features of every active client of a book, block by block, and publishes all of them or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from models.book.door import Book
from models.config.root import Config
from models.errors import TooLittleDataError
from models.features.report import FEATURES, LATEST_FEATURES, OF_FEATURES, PublishedFeatures
from models.learners.contract import FeatureContract
from models.panel.build import panels_by_block
from models.panel.ledger_cache import kept_book
from models.panel.panel import Panel
from models.pipeline.bundle import Bundle
from models.pipeline.likeness import likeness_notices, refuse_unlike
from models.scoring.explanations import METADATA_KEY
from models.scoring.parquet import ParquetFile
from models.scoring.policy_in_force import scoring_config
from models.scoring.run_key import model_version, run_folder
from models.store.code import scoring_code
from models.store.drafts import point_to
from models.store.keys import Key, canonical_json
from models.store.sealed import publish_folder, write_manifest
from models.vocab import Progress, SilentProgress

_DATE_LENGTH = len("2023-12-01")
_READING = {
    "client_id": "as in explanations.parquet and scores.parquet of the same date and model version",
    "number": "float64, null where nothing is known",
    "category": "text, null where nothing is known",
}


def publish_features(
    book: Book,
    bundle: Bundle,
    config: Config,
    out: Path,
    as_of: date | None = None,
    *,
    progress: Progress = SilentProgress(),
) -> PublishedFeatures:
    """Write the features that a bundle asks for, of all clients active before ``as_of``, into a folder below ``out``.

    ``out/latest`` leads to the newest date. The same book, bundle, code and date give the same bytes.
    Raises ``TooLittleDataError`` if no client is active, ``UnlikeTrainingError`` if the section ``guard`` refuses the
    book beside that of training.
    """
    settings, when = scoring_config(bundle, config), as_of or book.known_until
    notices = (*book.notices, *likeness_notices(book, bundle.profile, bundle.config, config.guard))
    refuse_unlike(book.name, notices)
    key = Key.of(
        features=book.fingerprint, bundle=bundle.key, code=scoring_code(), as_of=when.isoformat(), book=book.name
    ).digest
    folder = run_folder(out, when, key)
    prepared = kept_book(book, settings, when, bundle.models.notes)
    blocks = progress.track(
        panels_by_block(prepared, settings, [0], targets=False),
        total=len(prepared.block_numbers),
        title="Computing features",
    )

    manifest = publish_folder(
        folder, lambda draft: _write(draft, blocks, bundle, book, when), remedies=OF_FEATURES
    ).manifest
    _lead_latest(folder)
    return PublishedFeatures(
        folder=folder,
        file=folder / FEATURES,
        as_of=when,
        model_version=model_version(bundle),
        clients=manifest["clients"],
        features=manifest["features"],
        notices=notices,
    )


def _write(draft: Path, blocks: Iterable[Panel], bundle: Bundle, book: Book, as_of: date) -> None:
    """The file and its manifest."""
    clients = 0
    with ParquetFile(draft / FEATURES) as file:
        for panel in blocks:
            if len(panel):
                file.append(_table(panel, bundle, book, as_of))
                clients += len(panel)
    _require(clients, bundle.config, as_of)
    facts = {"bundle": bundle.key, "as_of": as_of.isoformat(), "input": book.fingerprint, "clients": clients}
    write_manifest(draft, {**facts, "code": scoring_code(), "features": len(bundle.models.contract.names)})


def _table(panel: Panel, bundle: Bundle, book: Book, as_of: date) -> pa.Table:
    """The clients of a block: their keys, then the features of the contract, in its order.

    Each column tells its kind and unit, and the schema all of them at once.
    """
    contract = bundle.models.contract
    keys = {
        "client_id": pa.array(panel.client_id, type=pa.string()),
        "as_of": pa.repeat(pa.scalar(as_of, pa.date32()), len(panel)),
    }
    features = {feature.name: _column(panel.features[feature.name], feature.kind) for feature in contract.features}
    fields = [
        *(pa.field(name, array.type) for name, array in keys.items()),
        *(
            pa.field(each.name, features[each.name].type, metadata={"kind": each.kind, "unit": each.unit})
            for each in contract.features
        ),
    ]
    facts = _facts(contract, bundle, book, as_of)
    schema = pa.schema(fields, metadata={METADATA_KEY: canonical_json(facts)})
    return pa.Table.from_arrays([*keys.values(), *features.values()], schema=schema)


def _column(values: pd.Series, kind: str) -> pa.Array:
    return pa.array(values, type=pa.string() if kind == "category" else pa.float64(), from_pandas=True)


def _facts(contract: FeatureContract, bundle: Bundle, book: Book, as_of: date) -> dict[str, object]:
    return {
        "as_of": as_of.isoformat(),
        "bundle": bundle.key,
        "model_version": model_version(bundle),
        "currency": book.currency,
        "reading": _READING,
        "features": [{"name": each.name, "kind": each.kind, "unit": each.unit} for each in contract.features],
    }


def _require(clients: int, settings: Config, as_of: date) -> None:
    if not clients:
        raise TooLittleDataError(
            rule=f"some clients must be active in the {settings.time.activity_periods} {settings.time.period}s before "
            f"{as_of}",
            got="none",
            remedy="choose another --as-of",
        )


def _lead_latest(folder: Path) -> None:
    """Make ``latest`` lead to the folder of the last date; of one date, to the one just published."""
    others = [path for path in folder.parent.iterdir() if path.is_dir() and path.name[:1].isdigit()]
    newest = max(others, key=lambda path: (path.name[:_DATE_LENGTH], path == folder))
    point_to(newest, LATEST_FEATURES)
