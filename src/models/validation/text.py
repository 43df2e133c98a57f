"""Sentences of a validation file: each is a claim that leads to the figure which shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from models.card.tables import act_name, reason_given
from models.card.text import JUDGEMENTS, method_lines
from models.evaluation.report.names import benchmark_name
from models.evaluation.text import Judgement
from models.monitoring.text import elapsed_sentence
from models.monitoring.text import headline as monitoring_headline
from models.text import CLAUSES, ENGLISH, Language, Text, heard, joined
from models.validation.figures import FigureClaim
from models.validation.report import Gravity, ValidationReport
from models.validation.rules import figure_of
from models.validation.tried_text import OFF, fairness_claims, sensitivity_claims, stability_claims

PARTS: Mapping[str, Text] = {
    "findings": Text("Open findings"),
    "soundness": Text("Conceptual soundness"),
    "lineage": Text("Lineage"),
    "outcomes": Text("Outcome analysis"),
    "benchmarks": Text("Benchmarks"),
    "sensitivity": Text("Sensitivity and stress"),
    "stability": Text("Stability", "part of a validation file"),
    "fairness": Text("Fairness"),
    "plan": Text("Monitoring plan"),
    "signing": Text("Sign-off"),
}
"""The parts of the page in its order, as SR 11-7 and the ECB guide to internal models ask for them."""
STYLES: Final = {
    Judgement.WRONG: "bad",
    Judgement.PERHAPS: "fair",
    Judgement.RIGHT: "good",
    Judgement.BETTER: "good",
    Judgement.OPEN: "quiet",
}
GRAVITIES: Final = {Gravity.HIGH: "bad", Gravity.MEDIUM: "fair", Gravity.LOW: "quiet"}
GRAVITY_NAMES: Final = {
    Gravity.HIGH: Text("high", "gravity"),
    Gravity.MEDIUM: Text("medium", "gravity"),
    Gravity.LOW: Text("low", "gravity"),
}
_COUNTED: Final = Text("{count} {gravity}", "findings")
_FINDINGS: Final = Text("Open findings: {counts}.")
_NO_FINDING: Final = Text("No open finding.")
_METRICS: Final = {"auc": Text("AUC"), "normalized_gini": Text("normalized Gini")}
_TARGETS: Final = {"decline": Text("decline", "target"), "value": Text("value", "target")}
_SHOWN = 4
_ASSUMED: Final = (
    (
        Text("Assumed: Clients go on as clients like them did at the dates learned from; a cycle longer than these "
             "dates is not known."),
        "settings",
    ),
    (
        Text("Assumed: Everything dated before the as-of date was known on it; bookings that come late look known too "
             "early."),
        "limits",
    ),
    (
        Text("Assumed: Clients of one sponsor group share a fate: intervals draw groups whole where the book names "
             "them."),
        "metrics",
    ),
)  # fmt: skip
_CANNOT: Final = (
    (
        Text("Limit: Inputs are no levers: an effect shown here is how the models answer, not what acting would "
             "bring."),
        "shocks",
    ),
    (
        Text("Limit: Trees say beyond the range that they saw what they say at its edge: stress beyond it is "
             "understated."),
        "shocks",
    ),
    (
        Text("Limit: A regulatory probability of default is not what is foreseen: decline is defined by this book."),
        "settings",
    ),
)  # fmt: skip
_PURPOSE: Final = Text("Purpose: {purpose}")
_NOT_FOR: Final = Text("Not for {what}.")
_LEARNED: Final = Text(
    "The models learned from {rows:,} rows, a client at one of {dates} dates each, with outcomes until {until}; they "
    "look at {features} inputs, each known before the as-of date."
)
_REGISTERED: Final = Text(
    "Version {version} of {model} was registered; its bundle, data, config and code are named by hashes."
)
_REGISTERED_ON: Final = Text(
    "Version {version} of {model} was registered on {day}; its bundle, data, config and code are named by hashes."
)
_SERVES: Final = Text("It serves since it was {act} by {by}: {why}.")
_NOBODY: Final = Text("Nobody has approved it to serve.")
_ENTRIES: Final = Text("{entries} entries stand in the ledger of publications, {runs} of them runs, sealed one by one.")
_AT_DATE: Final = Text("{day}: {sentence}", "verdict at a date")
_NOTHING: Final = Text("This version has published nothing.")
_MONITORED: Final = Text("Monitoring as of {day}, outcomes known until {until}: {headline}.")
_SINCE: Final = {
    "decline": Text("{elapsed}: {foreseen:.1f} declines foreseen by now, {came:.1f} came ({low:.1f} to {high:.1f})."),
    "return": Text("{elapsed}: {foreseen:.1f} returns foreseen by now, {came:.1f} came ({low:.1f} to {high:.1f})."),
}
_MARKS: Final = {
    "open": Text("open", "mark of a claim"),
    "monitor": Text("monitor", "mark of a claim"),
    "as foreseen": Text("as foreseen", "mark of a claim"),
    "off": OFF,
}
_BENCHMARK: Final = Text(
    "{day}, {target}: {metric} {estimate:.3f} ({low:.3f} to {high:.3f}); the best of the others, {name}, has "
    "{other:.3f}."
)
_GUARD: Final = {
    "stop": Text("Before scores are published the guard looks at them, and stops what cannot be."),
    "mark": Text("Before scores are published the guard looks at them, and marks what cannot be."),
    "off": Text("Nobody looks at scores before they are published: the guard is off."),
}
_NIGHTS_LOOK: Final = Text(
    "A scheduler scores and publishes every {every}; drift and outcomes are looked at each time."
)
_NIGHTS_DO_NOT: Final = Text(
    "A scheduler scores and publishes every {every}; drift and outcomes are not looked at by it."
)
_EVERY: Final = {
    "day": Text("day", "each"),
    "period": Text("period", "each"),
}
_GATE: Final = Text("A new version serves only if it passes the gate, or for a reason on record.")
_KEPT: Final = Text("Official runs and their models are kept; replaced ones go after {days} days.")


def headline(report: ValidationReport, language: Language = ENGLISH) -> str:
    """What a validator must know first."""
    counts = {gravity: sum(each.gravity is gravity for each in report.findings) for gravity in Gravity}
    named = [
        _COUNTED.within(language, count=count, gravity=GRAVITY_NAMES[gravity])
        for gravity, count in counts.items()
        if count
    ]
    if not named:
        return _NO_FINDING.within(language)
    return _FINDINGS.within(language, counts=joined(named, language, CLAUSES))


def claims(report: ValidationReport, language: Language = ENGLISH) -> dict[str, tuple[FigureClaim, ...]]:
    """Part -> its claims."""
    makers: dict[str, Callable[[ValidationReport, Language], Iterator[FigureClaim]]] = {
        "soundness": _soundness,
        "lineage": _lineage,
        "outcomes": _outcomes,
        "benchmarks": _benchmarks,
        "sensitivity": sensitivity_claims,
        "stability": stability_claims,
        "fairness": fairness_claims,
        "plan": _plan,
    }
    return {part: tuple(make(report, language)) for part, make in makers.items()}


def _soundness(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    card = report.card
    yield FigureClaim(said=_PURPOSE.within(language, purpose=heard(card.purpose, language)), figure="lineage")
    for each in card.not_for:
        yield FigureClaim(said=_NOT_FOR.within(language, what=heard(each, language)), figure="limits")
    for term in card.terms:
        yield FigureClaim(said=heard(term, language), figure="settings")
    lines = method_lines(card, language)
    for line, figure in zip(lines, _figures_of_method(len(lines)), strict=True):
        yield FigureClaim(said=line.said, figure=figure)
    learned = _LEARNED.within(
        language,
        rows=card.rows,
        dates=len(card.learned_from),
        until=str(card.learned_until),
        features=card.features,
    )
    yield FigureClaim(said=learned, figure="inputs")
    for said, figure in (*_ASSUMED, *_CANNOT):
        yield FigureClaim(said=said.within(language), figure=figure)


def _figures_of_method(lines: int) -> list[str]:
    """Who serves stands first, then calibration and intervals, tiers, reasons."""
    return [*["benchmarks"] * (lines - 3), "calibration", "settings", "inputs"]


def _lineage(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    version = report.card.version
    day = "" if version.registered is None else f"{version.registered:%Y-%m-%d}"
    registered = (_REGISTERED_ON if day else _REGISTERED).filled(version=version.version, model=version.model, day=day)
    yield FigureClaim(said=registered.within(language), figure="lineage")
    latest = report.card.approvals[-1:]
    for each in latest:
        act, why = act_name(each.act, language), reason_given(each.why, language)
        yield FigureClaim(said=_SERVES.within(language, act=act, by=each.by, why=why), figure="approvals")
    if not latest:
        yield FigureClaim(said=_NOBODY.within(language), figure="approvals", style="fair")
    runs = sum(entry.as_of is not None for entry in report.ledger)
    if report.ledger:
        yield FigureClaim(said=_ENTRIES.within(language, entries=len(report.ledger), runs=runs), figure="ledger")


def _outcomes(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    """Verdicts as the card has them, red first; then what came of publications."""
    for each in report.card.verdicts:
        yield FigureClaim(
            said=_AT_DATE.within(language, day=str(each.as_of), sentence=heard(each.said, language)),
            figure=figure_of(each.said),
            style=STYLES.get(each.judgement, "quiet"),
            mark=JUDGEMENTS[each.judgement].within(language),
        )
    yield from _publications(report, language)


def _publications(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    found = report.monitoring
    marks = {name: mark.within(language) for name, mark in _MARKS.items()}
    if found is None:
        said = _NOTHING.within(language)
        yield FigureClaim(said=said, figure="publications", style="fair", mark=marks["open"])
        return
    said = _MONITORED.within(
        language, day=str(found.as_of), until=str(found.known_until), headline=monitoring_headline(found, language)
    )
    style = "bad" if found.is_raised else "good"
    yield FigureClaim(said=said, figure="alarms" if found.alarms else "dates", style=style, mark=marks["monitor"])
    for outcome in found.outcomes[-_SHOWN:]:
        whole = outcome.whole
        inside = whole.came.low <= whole.foreseen <= whole.came.high
        elapsed = elapsed_sentence(outcome, found.period, language)
        said = _SINCE[outcome.event].within(
            language,
            elapsed=elapsed[0].upper() + elapsed[1:],
            foreseen=whole.foreseen,
            came=whole.came.estimate,
            low=whole.came.low,
            high=whole.came.high,
        )
        mark = marks["as foreseen" if inside else "off"]
        yield FigureClaim(said=said, figure="publications", style="good" if inside else "fair", mark=mark)


def _benchmarks(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    for each in report.card.figures:
        if each.other is not None:
            said = _BENCHMARK.within(
                language,
                day=str(each.as_of),
                target=_TARGETS[each.target],
                metric=_METRICS[each.metric],
                estimate=each.estimate,
                low=each.low,
                high=each.high,
                name=benchmark_name(each.best_other, language),
                other=each.other,
            )
            yield FigureClaim(said=said, figure="benchmarks", style="good" if each.estimate >= each.other else "fair")


def _plan(report: ValidationReport, language: Language) -> Iterator[FigureClaim]:
    known = {each.name: each.fact for each in report.plan}
    guard, every = known["monitor.guard"], known["nightly.every"]
    style = "fair" if guard == "off" else ""
    yield FigureClaim(said=_GUARD[guard].within(language), figure="plan", style=style)
    nights = _NIGHTS_LOOK if known["nightly.monitor"] == "yes" else _NIGHTS_DO_NOT
    yield FigureClaim(said=nights.within(language, every=_EVERY.get(every, every)), figure="plan")
    yield FigureClaim(said=_GATE.within(language), figure="plan")
    yield FigureClaim(said=_KEPT.within(language, days=known["nightly.kept.replaced_days"]), figure="plan")
