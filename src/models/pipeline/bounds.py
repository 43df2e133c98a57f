"""Bounds of forecasts as texts of a bundle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from models.grading.built_in import TierPolicy
from models.grading.compute import Bounds
from models.learners.intervals import ConformalBands
from models.learners.probability_band import ProbabilityBand

_NONE = "null"


def bounds_to_texts(bounds: Bounds) -> dict[str, str]:
    """File name -> text."""
    return {
        "intervals.json": _bands_text(bounds),
        "decline_band.json": bounds.decline_band.to_json() if bounds.decline_band else _NONE,
        "classes.json": json.dumps(asdict(bounds.classes), sort_keys=True),
    }


def bounds_from_texts(texts: Mapping[str, str]) -> Bounds:
    """Read what ``bounds_to_texts`` wrote."""
    facts, band = json.loads(texts["intervals.json"]), texts["decline_band.json"]
    return Bounds(
        classes=_classes(json.loads(texts["classes.json"])),
        bands={name: ConformalBands.from_json(text) for name, text in facts["bands"].items()},
        level_error=float(facts["level_error"]),
        decline_band=None if band == _NONE else ProbabilityBand.from_json(band),
    )


def _bands_text(bounds: Bounds) -> str:
    bands = {name: each.to_json() for name, each in bounds.bands.items()}
    return json.dumps({"bands": bands, "level_error": bounds.level_error})


def _classes(facts: Mapping[str, Any]) -> TierPolicy:
    return TierPolicy(
        tiers=tuple(map(str, facts["tiers"])),
        least_value=tuple(map(float, facts["least_value"])),
        max_decline=tuple(map(float, facts["max_decline"])),
        currency=str(facts["currency"]),
    )
