"""Names of the gate's lines, and what became of a promotion, in sentences."""

from __future__ import annotations

from models.config.gate import GateRule
from models.promotion.report import GateLine, GateVerdict, PromotionOutcome, PromotionReport, RollbackReport

CALLED = {
    GateRule.OUTCOMES: "outcomes",
    GateRule.AUC: "ranking of decline",
    GateRule.VALUE_RANKING: "ranking of value",
    GateRule.VALUE_ERROR: "error of value",
    GateRule.DECLINES: "number of declines",
    GateRule.CALIBRATION_SLOPE: "calibration",
    GateRule.VALUE_TOTAL: "total value",
    GateRule.COVERAGE: "intervals of value",
    GateRule.TIER_MOVES: "tiers",
    GateRule.EXPLANATIONS: "reasons",
    GateRule.DATA_AGE: "age of the data",
}


def verdict_of(line: GateLine) -> str:
    """The verdict in words."""
    left_open = line.verdict is GateVerdict.NOT_JUDGED
    return f"{line.verdict.value}, accepted" if left_open and line.accepted else line.verdict.value


def outcome_sentence(report: PromotionReport) -> str:
    """What became of it, and where that is on record."""
    version, champion = f"version {report.version}", f"version {report.champion}" if report.champion else "nobody"
    recorded = f" (line {report.entry} of the ledger of publications)" if report.entry else ""
    if report.outcome is PromotionOutcome.PROMOTED:
        return f"{version} takes the place of {champion}: the gate holds{recorded}."
    if report.outcome is PromotionOutcome.OVERRIDDEN:
        return f"{version} takes the place of {champion} against the gate: {report.override_reason}{recorded}."
    if report.outcome is PromotionOutcome.SERVES:
        return f"{version} is the champion; nothing was changed."
    if report.outcome is PromotionOutcome.WOULD_SERVE:
        return f"{version} would take the place of {champion}: the gate holds. Nothing was changed."
    lacking = ", ".join(CALLED[line.rule] for line in report.lines if not line.holds)
    would = "would not take" if report.outcome is PromotionOutcome.WOULD_NOT_SERVE else "does not take"
    return f"{version} {would} the place of {champion}: {lacking}. Nothing was changed."


def evidence_sentence(report: PromotionReport) -> str:
    """What the gate found, in a sentence: how many lines met which verdict, and by what came after when."""
    if report.comparison is None:
        return "not compared: no champion could be read"
    verdicts = [line.verdict for line in report.lines]
    counts = ", ".join(f"{verdicts.count(each)} {each.value}" for each in GateVerdict if each in verdicts)
    judged = report.comparison.judged
    when = f", by what came after {judged.as_of}" if judged is not None else ""
    return f"gate beside version {report.champion}: {counts}{when}"


def next_steps(report: PromotionReport) -> list[str]:
    """What can be done about a gate that does not hold; nothing where it does."""
    if not report.is_refused:
        return []
    why = report.comparison.why if report.comparison else ""
    left_open = [] if why else _left_open(report)
    accept = f"Or accept what cannot be judged: gate.accept_not_judged: [{', '.join(left_open)}]." if left_open else ""
    on_record = f"Or put the decision on record: clientvalue promote {report.version} --override-reason TEXT"
    waiting = f"{why[0].upper()}{why[1:]}." if why else "Train another version."
    return [each for each in (waiting, accept, on_record) if each]


def cards_sentence(cards: str, version: str) -> list[str]:
    """Which kept cards are as before, and where to read how it stands; nothing where all were made anew."""
    return [f"{cards[0].upper()}{cards[1:]}. As it stands: clientvalue card {version}"] if cards else []


def _left_open(report: PromotionReport) -> list[str]:
    return [line.rule.value for line in report.lines if not line.holds and line.verdict is GateVerdict.NOT_JUDGED]


def rollback_sentence(report: RollbackReport) -> str:
    """Who serves again, and where that is on record."""
    if report.mended:
        return f"{report.mended}. Nothing else was changed; version {report.version} serves."
    return (
        f"version {report.version} serves again in the place of version {report.champion}: {report.reason} "
        f"(line {report.entry} of the ledger of publications)."
    )
