"""Checks that answers agree with the published scores: same models, date, data and code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from models.book.door import Book
from models.config.root import Config
from models.notices import Notice, Severity
from models.pipeline.bundle import Bundle
from models.publications.latest import LATEST, published_facts
from models.publications.previous import newest_before
from models.scoring.run_key import KEY_LENGTH, model_version, run_key_after
from models.scoring.scoring import scoring_config
from models.store.code import scoring_code
from models.store.sealed import OF_SCORES, read_facts


def publication_notices(book: Book, bundle: Bundle, config: Config, as_of: date | None, scores: Path) -> list[Notice]:
    """Tells where ``bundle`` speaks of clients otherwise than the published scores may, and in what they differ."""
    facts = published_facts(scores)
    if facts is None:
        return []
    settings = scoring_config(bundle, config)
    when = as_of or book.known_until
    before = newest_before(scores, when)
    previous = None if before is None else str(read_facts(before, remedies=OF_SCORES).get("run_key"))
    key = run_key_after(book, bundle, settings, when, previous)
    if facts.get("run_key") == key:
        return []
    reported = "; ".join(_differences(facts, book, bundle, when)) or "other settings, or other scores before them"
    return [
        Notice(
            code="not_as_published",
            severity=Severity.WARNING,
            subject=LATEST,
            found=f"what is told here may differ from the published scores: {reported}",
            remedy=f"read {scores / LATEST} for what is published, or predict to publish what is told here",
        )
    ]


def _differences(facts: Mapping[str, Any], book: Book, bundle: Bundle, when: date) -> list[str]:
    pairs = {
        "models": (str(facts.get("bundle"))[:KEY_LENGTH], model_version(bundle)),
        "as-of date": (str(facts.get("as_of")), when.isoformat()),
        "book": (str(facts.get("input"))[:KEY_LENGTH], book.fingerprint[:KEY_LENGTH]),
        "code": (str(facts.get("code"))[:KEY_LENGTH], scoring_code()[:KEY_LENGTH]),
    }
    return [f"{name} {theirs} there, {ours} here" for name, (theirs, ours) in pairs.items() if theirs != ours]
