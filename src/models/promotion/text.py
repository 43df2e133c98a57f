"""Names of the gate's lines, and what became of a promotion, in sentences."""

from __future__ import annotations

from typing import Final

from models.config.gate import GateRule
from models.promotion.report import GateLine, GateVerdict, PromotionOutcome, PromotionReport, RollbackReport
from models.text import CLAUSES, ENGLISH, Language, Text, in_a_row, joined

CALLED: Final = {
    GateRule.OUTCOMES: Text("outcomes", "line of the gate"),
    GateRule.AUC: Text("ranking of decline", "line of the gate"),
    GateRule.VALUE_RANKING: Text("ranking of value", "line of the gate"),
    GateRule.VALUE_ERROR: Text("error of value", "line of the gate"),
    GateRule.DECLINES: Text("number of declines", "line of the gate"),
    GateRule.CALIBRATION_SLOPE: Text("calibration", "line of the gate"),
    GateRule.VALUE_TOTAL: Text("total value", "line of the gate"),
    GateRule.COVERAGE: Text("intervals of value", "line of the gate"),
    GateRule.TIER_MOVES: Text("tiers", "line of the gate"),
    GateRule.EXPLANATIONS: Text("reasons", "line of the gate"),
    GateRule.DATA_AGE: Text("age of the data", "line of the gate"),
}
_VERDICTS: Final = {
    GateVerdict.PASSED: Text("passed", "verdict of the gate"),
    GateVerdict.FAILED: Text("failed", "verdict of the gate"),
    GateVerdict.NOT_JUDGED: Text("not judged", "verdict of the gate"),
}
_ACCEPTED: Final = Text("not judged, accepted", "verdict of the gate")
_VERSION: Final = Text("version {number}")
_NOBODY: Final = Text("nobody", "champion")
_RECORDED: Final = Text(" (line {entry} of the ledger of publications)")
_PROMOTED: Final = Text("{version} takes the place of {champion}: the gate holds{recorded}.")
_OVERRIDDEN: Final = Text("{version} takes the place of {champion} against the gate: {reason}{recorded}.")
_SERVES: Final = Text("{version} is the champion; nothing was changed.")
_WOULD_SERVE: Final = Text("{version} would take the place of {champion}: the gate holds. Nothing was changed.")
_WOULD_NOT: Final = Text("{version} would not take the place of {champion}: {lacking}. Nothing was changed.")
_DOES_NOT: Final = Text("{version} does not take the place of {champion}: {lacking}. Nothing was changed.")
_NOT_COMPARED: Final = Text("not compared: no champion could be read")
_EVIDENCE: Final = Text("gate beside {champion}: {counts}")
_EVIDENCE_AFTER: Final = Text("gate beside {champion}: {counts}, by what came after {day}")
_COUNTED: Final = Text("{count} {verdict}", "verdicts of the gate")
_WHY: Final = Text("{why}.", "why nothing was judged")
_TRAIN: Final = Text("Train another version.")
_ACCEPT: Final = Text("Or accept what cannot be judged: gate.accept_not_judged: [{lines}].")
_ON_RECORD: Final = Text("Or put the decision on record: clientvalue promote {version} --override-reason TEXT")
_CARDS: Final = Text("{left}. As it stands: clientvalue card {version}")
_MENDED: Final = Text("{mended}. Nothing else was changed; {version} serves.")
_ROLLED_BACK: Final = Text(
    "{version} serves again in the place of {champion}: {reason} (line {entry} of the ledger of publications)."
)


def verdict_of(line: GateLine, language: Language = ENGLISH) -> str:
    """The verdict in words."""
    left_open = line.verdict is GateVerdict.NOT_JUDGED
    return (_ACCEPTED if left_open and line.accepted else _VERDICTS[line.verdict]).within(language)


def outcome_sentence(report: PromotionReport, language: Language = ENGLISH) -> str:
    """What became of it, and where that is on record."""
    lacking = in_a_row([CALLED[line.rule] for line in report.lines if not line.holds] or [""])
    said = {
        PromotionOutcome.PROMOTED: _PROMOTED,
        PromotionOutcome.OVERRIDDEN: _OVERRIDDEN,
        PromotionOutcome.SERVES: _SERVES,
        PromotionOutcome.WOULD_SERVE: _WOULD_SERVE,
        PromotionOutcome.WOULD_NOT_SERVE: _WOULD_NOT,
        PromotionOutcome.REFUSED: _DOES_NOT,
    }[report.outcome]
    return said.within(
        language,
        version=_VERSION.filled(number=report.version),
        champion=_VERSION.filled(number=report.champion) if report.champion else _NOBODY,
        reason=report.override_reason,
        recorded=_RECORDED.filled(entry=report.entry) if report.entry else "",
        lacking=lacking,
    )


def evidence_sentence(report: PromotionReport, language: Language = ENGLISH) -> str:
    """What the gate found, in a sentence: how many lines met which verdict, and by what came after when."""
    if report.comparison is None:
        return _NOT_COMPARED.within(language)
    verdicts = [line.verdict for line in report.lines]
    counts = [
        _COUNTED.within(language, count=verdicts.count(each), verdict=_VERDICTS[each])
        for each in GateVerdict
        if each in verdicts
    ]
    judged = report.comparison.judged
    return (_EVIDENCE if judged is None else _EVIDENCE_AFTER).within(
        language,
        champion=_VERSION.filled(number=report.champion),
        counts=joined(counts, language, CLAUSES),
        day="" if judged is None else str(judged.as_of),
    )


def next_steps(report: PromotionReport, language: Language = ENGLISH) -> list[str]:
    """What can be done about a gate that does not hold; nothing where it does."""
    if not report.is_refused:
        return []
    why = "" if report.comparison is None else _why(report, language)
    left_open = [] if why else _left_open(report)
    accept = _ACCEPT.within(language, lines=", ".join(left_open)) if left_open else ""
    waiting = _WHY.within(language, why=_capital(why)) if why else _TRAIN.within(language)
    return [each for each in (waiting, accept, _ON_RECORD.within(language, version=report.version)) if each]


def _why(report: PromotionReport, language: Language) -> str:
    """Why nothing could be judged; empty where something was."""
    compared = report.comparison
    if compared is None:
        return ""
    return compared.why if compared.why_text is None else compared.why_text.within(language)


def cards_sentence(report: PromotionReport | RollbackReport, language: Language = ENGLISH) -> list[str]:
    """Which kept cards are as before, and where to read how it stands; nothing where all were made anew."""
    if not report.cards:
        return []
    left = report.cards if report.cards_text is None else report.cards_text.within(language)
    return [_CARDS.within(language, left=_capital(left), version=report.version)]


def mended_sentence(report: PromotionReport | RollbackReport, language: Language = ENGLISH) -> str:
    """What an earlier process had left undone, and was done first; empty where there was nothing."""
    return report.mended if report.mended_text is None else report.mended_text.within(language)


def _left_open(report: PromotionReport) -> list[str]:
    return [line.rule.value for line in report.lines if not line.holds and line.verdict is GateVerdict.NOT_JUDGED]


def rollback_sentence(report: RollbackReport, language: Language = ENGLISH) -> str:
    """Who serves again, and where that is on record."""
    version = _VERSION.filled(number=report.version)
    if report.mended:
        return _MENDED.within(language, mended=mended_sentence(report, language), version=version)
    champion = _VERSION.filled(number=report.champion)
    return _ROLLED_BACK.within(language, version=version, champion=champion, reason=report.reason, entry=report.entry)


def _capital(sentence: str) -> str:
    """A sentence that begins with a large letter, where its language has such."""
    return sentence[:1].upper() + sentence[1:]
