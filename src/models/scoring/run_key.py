"""The identity of a scoring run, and the folder that holds its results."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from models.book.door import Book
from models.config.root import Config
from models.pipeline.bundle import Bundle
from models.plugins import PluginGroup, plugin_facts
from models.publications.previous import PreviousScores
from models.store.code import scoring_code
from models.store.keys import Key

KEY_LENGTH = 12
_OF_BOOK = ("name", "currency", "money_step")


def run_key(book: Book, bundle: Bundle, settings: Config, as_of: date, previous: PreviousScores | None = None) -> str:
    """Hash of everything that decides the scores, the code included; equal keys mean equal bytes."""
    return Key.of(
        input=book.fingerprint,
        bundle=bundle.key,
        config=_deciding(settings),
        code=scoring_code(),
        as_of=as_of.isoformat(),
        previous=None if previous is None else previous.built_on,
        **_tier_rules(settings),
    ).digest


def _tier_rules(settings: Config) -> dict[str, Any]:
    """The code of the policy's plug-ins, which may be another than the bundle's: a policy changes without training."""
    facts = plugin_facts({PluginGroup.TIER_RULES: settings.grading.tier_rules})
    return {"tier_rules": [asdict(each) for each in facts]} if facts else {}


def _deciding(settings: Config) -> dict[str, Any]:
    """The settings that decide scores of given data: how they were read is in the data, how models were fitted in them.

    Else whoever explains a client, with another seed or from another file, would explain another run.
    """
    facts = {name: value for name, value in settings.meaning().items() if name != "run"}
    return {**facts, "book": {name: facts["book"][name] for name in _OF_BOOK}}


def run_folder(out: Path, as_of: date, key: str) -> Path:
    """Where the run with this key publishes below ``out``."""
    return out / f"{as_of.isoformat()}-{key[:KEY_LENGTH]}"


def model_version(bundle: Bundle) -> str:
    """The bundle's identity, the same wherever and however often it was trained."""
    return bundle.key[:KEY_LENGTH]
