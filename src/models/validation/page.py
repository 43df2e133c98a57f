"""A validation file as one HTML page without scripts, made to be printed: parts, claims, figures, and where to sign."""

from __future__ import annotations

from collections.abc import Mapping

from models.shell.html import environment
from models.validation.plots import figure_charts
from models.validation.report import ValidationReport
from models.validation.tables import figure_tables
from models.validation.text import GRAVITIES, PARTS, claims, headline

_NUMBERS = frozenset({"number", "share", "money", "count"})
SIGNERS = ("Model owner", "Model validator", "Head of model risk")


def validation_page(report: ValidationReport, files: Mapping[str, str]) -> str:
    """The page of a report; ``files`` are those beside it, by name what they are."""
    tables = figure_tables(report)
    numbers = {table.key: place for place, table in enumerate(tables, start=1)}
    return str(
        environment(functions={"gravity_style": GRAVITIES.get, "is_number": _NUMBERS.__contains__})
        .get_template("validation/page.html")
        .render(
            report=report,
            headline=headline(report),
            parts=PARTS,
            claims=claims(report),
            tables={part: [table for table in tables if table.part == part] for part in PARTS},
            charts=figure_charts(report),
            numbers=numbers,
            files=files,
            signers=SIGNERS,
        )
    )
