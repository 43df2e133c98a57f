"""A published warning of one client as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from models.panel.features.words import FeatureWords, FigureUnit
from models.reasons.figures import day, figure_in_words, money, tells_what_became
from models.text import Language, Text

WARNINGS = "warnings.parquet"
RISK = "decline_probability"
_DIMENSIONS = {
    "risk": Text("risk", "side of a warning"),
    "utilisation": Text("utilisation", "side of a warning"),
    "arrears": Text("arrears", "side of a warning"),
    "rating": Text("rating", "side of a warning"),
    "activity": Text("activity", "side of a warning"),
    "satisfaction": Text("satisfaction", "side of a warning"),
    "tone": Text("tone", "side of a warning"),
}
_RISK = Text("probability of decline")
_SUMMARY = Text("Severity {severity:.0f} of 100, expected loss {loss}, first seen on {first}.")
_EVIDENCE = Text("{dimension}: {feature} went from {before} to {now}")
_COURSE = Text("{dimension}: {feature}: “{before}” then, “{now}” now")
"""Of what is reported as an outcome: nothing goes from "began anew" to "stopped"."""
_USUAL = Text(" (usual for clients like this one: {usual}).")
_END = Text(".")
_UNKNOWN = Text("unknown")


def warning_sentences(
    published: Path, client: str, as_of: date, *, words: Mapping[str, FeatureWords], currency: str, lang: Language
) -> tuple[str, ...]:
    """How bad it is, then each side on which the client turned; empty where nothing was published of it at ``as_of``.

    ``published`` is the folder below which scores are published; of several runs at that date the newest counts.
    """
    runs = sorted(published.glob(f"{as_of.isoformat()}-*/{WARNINGS}"), key=lambda path: path.stat().st_mtime_ns)
    if not runs:
        return ()
    rows = ds.dataset(runs[-1]).to_table(filter=ds.field("client_id") == client).to_pylist()
    return tuple(sentence for row in rows for sentence in _told(row, words, currency, lang))


def _told(row: Mapping[str, Any], words: Mapping[str, FeatureWords], currency: str, lang: Language) -> list[str]:
    summary = _SUMMARY.within(
        lang,
        severity=row["severity"],
        loss=money(row["expected_loss"], currency, lang),
        first=day(row["first_seen"], lang),
    )
    return [summary, *(_evidence(each, words, currency, lang) for each in row["evidence"])]


def _evidence(each: Mapping[str, Any], words: Mapping[str, FeatureWords], currency: str, lang: Language) -> str:
    known = words.get(each["feature"])
    figure = FigureUnit.SHARE if each["feature"] == RISK else FigureUnit.NUMBER if known is None else known.figure
    described = _RISK.within(lang) if each["feature"] == RISK else known.describe(lang) if known else each["feature"]

    def written(number: float | None) -> str:
        if number is None:
            return _UNKNOWN.within(lang)
        return figure_in_words(number, figure, lang, currency=currency, signed=figure is FigureUnit.GROWTH)

    dimension = _DIMENSIONS[each["dimension"]].within(lang) if each["dimension"] in _DIMENSIONS else each["dimension"]
    ends = {name: each[name] for name in ("before", "now")}
    is_course = figure is FigureUnit.GROWTH and any(end is not None and tells_what_became(end) for end in ends.values())
    reported = (_COURSE if is_course else _EVIDENCE).within(
        lang, dimension=dimension, feature=described, **{name: written(end) for name, end in ends.items()}
    )
    usual = _END if each["usual"] is None else _USUAL
    return f"{reported[:1].upper()}{reported[1:]}{usual.within(lang, usual=written(each['usual']))}"
