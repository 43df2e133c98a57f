"""Names of facts, metrics, units and bands in a validation file."""

from __future__ import annotations

from typing import Final

from models.notices import Severity
from models.text import ENGLISH, Language, Text

SEVERITIES: Final = {
    Severity.NOTE: Text("note", "severity"),
    Severity.WARNING: Text("warning", "severity"),
    Severity.REFUSED: Text("refused", "severity"),
}
_TARGETS: Final = {"decline": Text("decline", "target"), "value": Text("value", "target")}
_METRICS: Final = {
    "auc": Text("auc", "metric"),
    "brier": Text("brier", "metric"),
    "brier reliability": Text("brier reliability", "metric"),
    "brier resolution": Text("brier resolution", "metric"),
    "log loss": Text("log loss", "metric"),
    "h measure": Text("h measure", "metric"),
    "calibration slope": Text("calibration slope", "metric"),
    "calibration intercept": Text("calibration intercept", "metric"),
    "ece": Text("ece", "metric"),
    "normalized gini": Text("normalized gini", "metric"),
    "signed concentration": Text("signed concentration", "metric"),
    "total ratio": Text("total ratio", "metric"),
    "decile mape": Text("decile mape", "metric"),
    "rmse": Text("rmse", "metric"),
    "mae": Text("mae", "metric"),
    "campaign profit": Text("campaign profit", "metric"),
    "curve auc": Text("curve auc", "metric"),
    "curve brier": Text("curve brier", "metric"),
    "pr auc": Text("pr auc", "metric"),
    "interval coverage": Text("interval coverage", "metric"),
    "interval score": Text("interval score", "metric"),
    "interval width": Text("interval width", "metric"),
    "loss concentration": Text("loss concentration", "metric"),
    "spearman": Text("spearman", "metric"),
    "top decile lift": Text("top decile lift", "metric"),
}
_UNITS: Final = {
    "as recorded": Text("as recorded", "unit of an input"),
    "basis points": Text("basis points", "unit of an input"),
    "category": Text("category", "unit of an input"),
    "clients": Text("clients", "unit of an input"),
    "currency": Text("currency", "unit of an input"),
    "days": Text("days", "unit of an input"),
    "events": Text("events", "unit of an input"),
    "events a year": Text("events a year", "unit of an input"),
    "facilities": Text("facilities", "unit of an input"),
    "hours": Text("hours", "unit of an input"),
    "months": Text("months", "unit of an input"),
    "name": Text("name", "unit of an input"),
    "opportunities": Text("opportunities", "unit of an input"),
    "periods": Text("periods", "unit of an input"),
    "products": Text("products", "unit of an input"),
    "ratio": Text("ratio", "unit of an input"),
    "share": Text("share", "unit of an input"),
    "share of tenure": Text("share of tenure", "unit of an input"),
    "steps": Text("steps", "unit of an input"),
    "years": Text("years", "unit of an input"),
}
_FACTS: Final = {
    "version": Text("version", "lineage"),
    "validated with": Text("validated with", "lineage"),
    "owner": Text("owner", "lineage"),
    "model": Text("model", "lineage"),
    "aliases": Text("aliases", "lineage"),
    "bundle": Text("bundle", "lineage"),
    "registered": Text("registered", "lineage"),
    "MLflow run": Text("MLflow run", "lineage"),
    "commit": Text("commit", "lineage"),
    "book": Text("book", "lineage"),
    "fingerprint of the data it learned from": Text("fingerprint of the data it learned from", "lineage"),
    "fingerprint of the book validated on": Text("fingerprint of the book validated on", "lineage"),
    "config of the models (hash)": Text("config of the models (hash)", "lineage"),
    "policy of the models (hash)": Text("policy of the models (hash)", "lineage"),
    "policy in force (hash)": Text("policy in force (hash)", "lineage"),
    "code that scores (hash)": Text("code that scores (hash)", "lineage"),
    "learned from": Text("learned from", "lineage"),
    "inputs": Text("inputs", "lineage"),
}
"""Facts of the lineage by their English; libraries are called as they are."""


def fact_name(name: str, language: Language = ENGLISH) -> str:
    """What a fact of the lineage is called."""
    return _FACTS[name].within(language) if name in _FACTS else name


def unit_name(unit: str, language: Language = ENGLISH) -> str:
    """What an input is counted in."""
    return _UNITS[unit].within(language) if unit in _UNITS else unit


def metric_name(metric: str, language: Language = ENGLISH) -> str:
    """What a metric of the evaluation is called."""
    spelt = metric.replace("_", " ")
    return _METRICS[spelt].within(language) if spelt in _METRICS else spelt


def target_name(target: str, language: Language = ENGLISH) -> str:
    """What is foreseen, within a table."""
    return _TARGETS[target].within(language)
