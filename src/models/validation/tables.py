"""All figures of a validation report in the order of the page, each as a table and as the text of its CSV file."""

from __future__ import annotations

from collections.abc import Iterator

from models.shell.csv import csv_text
from models.validation.figures import FigureColumn, FigureTable, columns_of
from models.validation.outcome_figures import benchmark_figures, outcome_figures
from models.validation.report import ValidationReport
from models.validation.text import claims
from models.validation.tried_figures import fairness_figures, sensitivity_figures, stability_figures


def csv_files(report: ValidationReport) -> dict[str, str]:
    """File -> the figure that it holds, of all figures; numbers as they are."""
    return {
        table.file: csv_text([column.name for column in table.columns], table.rows) for table in figure_tables(report)
    }


def figure_tables(report: ValidationReport) -> tuple[FigureTable, ...]:
    """All figures in the order of the page; one without any row is left out, unless a finding or claim leads to it."""
    makers = (
        _soundness, _lineage, outcome_figures, benchmark_figures, sensitivity_figures, stability_figures,
        fairness_figures, _plan,
    )  # fmt: skip
    said = (claim for each in claims(report).values() for claim in each)
    asked = {finding.figure for finding in report.findings} | {claim.figure for claim in said}
    found = [table for maker in makers for table in maker(report)]
    return (_findings(report), *(table for table in found if table.rows or table.key in asked))


def _findings(report: ValidationReport) -> FigureTable:
    return FigureTable(
        key="findings",
        part="findings",
        title="Open findings",
        read="everything red or not judged, the gravest first; each leads to its figure. Who owns it signs.",
        columns=columns_of("no.=number:count | severity | part | finding | figure | owner, date=owner"),
        rows=tuple((f.number, f.gravity.value, f.part, f.found, f.figure, f.owner) for f in report.findings),
    )


def _soundness(report: ValidationReport) -> Iterator[FigureTable]:
    yield FigureTable(
        key="settings",
        part="soundness",
        title="What the models were fitted with",
        read="the config that travels with the bundle; defaults included.",
        columns=columns_of("setting | value | what it is=meaning"),
        rows=tuple((each.name, each.fact, each.why) for each in report.settings),
        is_long=True,
    )
    yield FigureTable(
        key="inputs",
        part="soundness",
        title="Inputs that move the models most",
        read="share of all that moves the model, value or decline, which the input moves most.",
        columns=columns_of("input | meaning | unit | share:share"),
        rows=tuple((each.name, each.description, each.unit, each.weight) for each in report.inputs),
    )
    notices = [(each.severity.value, each.subject, each.found, each.remedy) for each in report.evaluation.notices]
    limits = [("limit", "", each, "") for each in report.card.limits]
    yield FigureTable(
        key="limits",
        part="soundness",
        title="Limits, and what was noticed at training",
        read="what is left out, assumed or implausible in what was learned from.",
        columns=columns_of("kind | of=subject | found | remedy"),
        rows=(*limits, *notices),
        is_long=True,
    )


def _lineage(report: ValidationReport) -> Iterator[FigureTable]:
    yield FigureTable(
        key="lineage",
        part="lineage",
        title="Where the version comes from",
        read="hashes are SHA-256; the same data, config and code give the same bundle.",
        columns=columns_of("part | what=name | is=value"),
        rows=tuple((each.part, each.name, each.fact) for each in report.lineage),
    )
    approvals = report.card.approvals
    yield FigureTable(
        key="approvals",
        part="lineage",
        title="Who made it serve, and why",
        read="as the registry and the ledger hold it.",
        columns=columns_of("when=at | what=act | by | why"),
        rows=tuple(("" if a.at is None else f"{a.at:%Y-%m-%d %H:%M}", a.act, a.by, a.why) for a in approvals),
    )
    yield _ledger(report)


def _ledger(report: ValidationReport) -> FigureTable:
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
        title="Ledger of publications",
        read="each line is sealed by a hash that holds the one before; the file has all of them in full.",
        columns=tuple(FigureColumn(head=head, name=head.rstrip(".").replace(" ", "_")) for head in heads),
        rows=tuple(
            (
                each.number,
                f"{each.at:%Y-%m-%d %H:%M}",
                each.act,
                "" if each.as_of is None else f"{each.as_of}",
                *(each.run_key, each.bundle, each.version, each.policy, each.data),
                *(each.by, each.why, each.evidence, each.seal),
            )
            for each in report.ledger
        ),
        is_long=True,
    )


def _plan(report: ValidationReport) -> Iterator[FigureTable]:
    yield FigureTable(
        key="plan",
        part="plan",
        title="What is watched, from which figure on, and why",
        read="sections monitor, nightly, gate and guard of the config in force.",
        columns=columns_of("setting | value | why"),
        rows=tuple((each.name, each.fact, each.why) for each in report.plan),
    )
