"""What identifies a scoring run, and the folder in which its results stand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from models.config import Config
from models.tables.book import Book
from models.tables.stamps import scoring_code
from models.workflows.bundle import Bundle, scoring_facts
from models.workflows.previous import PreviousScores
from models.workflows.publish import canonical_json, text_hash

_KEY_LENGTH = 12


def run_key(book: Book, bundle: Bundle, settings: Config, as_of: date, previous: PreviousScores | None = None) -> str:
    """Hash of everything that decides the scores, the code included; equal keys mean equal bytes."""
    return text_hash(
        canonical_json(
            {
                "input": book.fingerprint,
                "bundle": bundle.key,
                "config": scoring_facts(settings.meaning()),
                "code": scoring_code(),
                "as_of": as_of.isoformat(),
                "previous": None if previous is None else previous.run_key,
            }
        )
    )


def run_folder(out: Path, as_of: date, key: str) -> Path:
    """Where the run with this key publishes below ``out``."""
    return out / f"{as_of.isoformat()}-{key[:_KEY_LENGTH]}"


def model_version(bundle: Bundle) -> str:
    """The bundle's identity, the same wherever and however often it was trained."""
    return bundle.key[:_KEY_LENGTH]
