"""All figures of a validation report in the order of the page, each as a table and as the text of its CSV file."""

from __future__ import annotations

from collections.abc import Iterator

from models.card.tables import act_name, reason_given
from models.shell.csv import csv_text
from models.text import ENGLISH, Language, Text, heard
from models.validation.figures import HEADS, FigureColumn, FigureTable, columns_of
from models.validation.names import SEVERITIES, fact_name, unit_name
from models.validation.outcome_figures import benchmark_figures, outcome_figures
from models.validation.report import NamedFact, ValidationReport
from models.validation.text import claims
from models.validation.tried_figures import fairness_figures, sensitivity_figures, stability_figures

_FINDINGS = (
    Text("Open findings"),
    Text("everything red or not judged, the gravest first; each leads to its figure. Who owns it signs."),
)
_SETTINGS = (
    Text("What the models were fitted with"),
    Text("the config that travels with the bundle; defaults included."),
)
_INPUTS = (
    Text("Inputs that move the models most"),
    Text("share of all that moves the model, value or decline, which the input moves most."),
)
_LIMITS = (
    Text("Limits, and what was noticed at training"),
    Text("what is left out, assumed or implausible in what was learned from."),
)
_LINEAGE = (
    Text("Where the version comes from"),
    Text("hashes are SHA-256; the same data, config and code give the same bundle."),
)
_APPROVALS = (Text("Who made it serve, and why"), Text("as the registry and the ledger hold it."))
_LEDGER = (
    Text("Ledger of publications"),
    Text("each line is sealed by a hash that holds the one before; the file has all of them in full."),
)
_PLAN = (
    Text("What is watched, from which figure on, and why"),
    Text("sections monitor, nightly, gate and guard of the config in force."),
)
_LIMIT = Text("limit", "kind of a limit")
PART_NAMES = {
    "soundness": Text("soundness", "part of a validation file"),
    "lineage": Text("lineage", "part of a validation file"),
    "outcomes": Text("outcomes", "part of a validation file"),
    "sensitivity": Text("sensitivity", "part of a validation file"),
    "stability": Text("stability", "part of a validation file"),
    "fairness": Text("fairness", "part of a validation file"),
    "plan": Text("plan", "part of a validation file"),
}


def csv_files(report: ValidationReport) -> dict[str, str]:
    """File -> the figure that it holds, of all figures; numbers as they are."""
    return {
        table.file: csv_text([column.name for column in table.columns], table.rows) for table in figure_tables(report)
    }


def figure_tables(report: ValidationReport, language: Language = ENGLISH) -> tuple[FigureTable, ...]:
    """All figures in the order of the page; one without any row is left out, unless a finding or claim leads to it."""
    makers = (
        _soundness, _lineage, outcome_figures, benchmark_figures, sensitivity_figures, stability_figures,
        fairness_figures, _plan,
    )  # fmt: skip
    said = (claim for each in claims(report).values() for claim in each)
    asked = {finding.figure for finding in report.findings} | {claim.figure for claim in said}
    found = [table for maker in makers for table in maker(report, language)]
    return (_findings(report, language), *(table for table in found if table.rows or table.key in asked))


def _findings(report: ValidationReport, language: Language) -> FigureTable:
    return FigureTable(
        key="findings",
        part="findings",
        title=_FINDINGS[0].within(language),
        read=_FINDINGS[1].within(language),
        columns=columns_of("no.=number:count | severity | part | finding | figure | owner, date=owner", language),
        rows=tuple(
            (f.number, f.gravity.value, _part(f.part, language), f.within(language), f.figure, f.owner)
            for f in report.findings
        ),
    )


def _part(part: str, language: Language) -> str:
    return PART_NAMES[part].within(language)


def _soundness(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    yield FigureTable(
        key="settings",
        part="soundness",
        title=_SETTINGS[0].within(language),
        read=_SETTINGS[1].within(language),
        columns=columns_of("setting | value | what it is=meaning", language),
        rows=tuple((each.name, each.fact, _why(each, language)) for each in report.settings),
        is_long=True,
    )
    yield FigureTable(
        key="inputs",
        part="soundness",
        title=_INPUTS[0].within(language),
        read=_INPUTS[1].within(language),
        columns=columns_of("input | meaning | unit | share:share", language),
        rows=tuple(
            (each.name, heard(each.meaning or each.description, language), unit_name(each.unit, language), each.weight)
            for each in report.inputs
        ),
    )
    yield _limits(report, language)


def _why(fact: NamedFact, language: Language) -> str:
    return heard(fact.because or fact.why, language)


def _limits(report: ValidationReport, language: Language) -> FigureTable:
    notices = [
        (SEVERITIES[each.severity].within(language), each.subject, *each.within(language))
        for each in report.evaluation.notices
    ]
    limits = [(_LIMIT.within(language), "", heard(each, language), "") for each in report.card.limits]
    return FigureTable(
        key="limits",
        part="soundness",
        title=_LIMITS[0].within(language),
        read=_LIMITS[1].within(language),
        columns=columns_of("kind | of=subject | found | remedy", language),
        rows=(*limits, *notices),
        is_long=True,
    )


def _lineage(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    yield FigureTable(
        key="lineage",
        part="lineage",
        title=_LINEAGE[0].within(language),
        read=_LINEAGE[1].within(language),
        columns=columns_of("part | what=name | is=value", language),
        rows=tuple(
            (fact_name(each.part, language), fact_name(each.name, language), heard(each.stated or each.fact, language))
            for each in report.lineage
        ),
    )
    approvals = report.card.approvals
    yield FigureTable(
        key="approvals",
        part="lineage",
        title=_APPROVALS[0].within(language),
        read=_APPROVALS[1].within(language),
        columns=columns_of("when=at | what=act | by | why", language),
        rows=tuple(
            (
                "" if a.at is None else f"{a.at:%Y-%m-%d %H:%M}",
                act_name(a.act, language),
                a.by,
                reason_given(a.why, language),
            )
            for a in approvals
        ),
    )
    yield _ledger(report, language)


def _ledger(report: ValidationReport, language: Language) -> FigureTable:
    heads = (
        "no.",
        "when",
        "act",
        "as of",
        "run",
        "bundle",
        "version",
        "policy",
        "data",
        "by",
        "why",
        "evidence",
        "seal",
    )
    return FigureTable(
        key="ledger",
        part="lineage",
        title=_LEDGER[0].within(language),
        read=_LEDGER[1].within(language),
        columns=tuple(
            FigureColumn(head=HEADS[head].within(language), name=head.rstrip(".").replace(" ", "_")) for head in heads
        ),
        rows=tuple(
            (
                each.number,
                f"{each.at:%Y-%m-%d %H:%M}",
                act_name(each.act, language),
                "" if each.as_of is None else f"{each.as_of}",
                *(each.run_key, each.bundle, each.version, each.policy, each.data),
                *(each.by, reason_given(each.why, language), each.evidence, each.seal),
            )
            for each in report.ledger
        ),
        is_long=True,
    )


def _plan(report: ValidationReport, language: Language) -> Iterator[FigureTable]:
    yield FigureTable(
        key="plan",
        part="plan",
        title=_PLAN[0].within(language),
        read=_PLAN[1].within(language),
        columns=columns_of("setting | value | why", language),
        rows=tuple((each.name, each.fact, _why(each, language)) for each in report.plan),
    )
