"""A validation file as one HTML page without scripts, made to be printed: parts, claims, figures, and where to sign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from models.shell.editions import ALONE, Edition
from models.shell.html import environment, mono
from models.text import Text
from models.validation.figures import FigureColumn
from models.validation.plots import figure_charts
from models.validation.report import ValidationReport
from models.validation.tables import figure_tables
from models.validation.text import GRAVITIES, GRAVITY_NAMES, PARTS, claims, headline

PAGE, REPORT, FOLDER = "validation.html", "validation.json", "validation"
"""Files of a validation, and the folder of all of them among the results of a book."""
_NUMBERS: Final = frozenset({"number", "share", "money", "count"})
_CODES: Final = frozenset(
    (
        "run",
        "bundle",
        "data",
        "seal",
        "policy",
        "input",
        "setting",
        "code",
        "subject",
        "subjects",
        "leading",
        "evidence",
    )
)
"""Columns of ids, names of inputs and settings, which are the same in every language."""
_SAYING: Final = frozenset(("meaning", "why", "found", "remedy", "finding"))
"""Columns of sentences, which a config or an earlier run may have said in English alone."""
SIGNERS: Final = (Text("Model owner"), Text("Model validator"), Text("Head of model risk"))


def validation_page(report: ValidationReport, files: Mapping[str, Text], edition: Edition = ALONE) -> str:
    """The page of a report; ``files`` are those beside it, by name what they are."""
    language = edition.language
    tables = figure_tables(report, language)
    numbers = {table.key: place for place, table in enumerate(tables, start=1)}
    functions: dict[str, Callable[..., object]] = {
        "gravity_style": GRAVITIES.get,
        "gravity_name": GRAVITY_NAMES.get,
        "is_number": _NUMBERS.__contains__,
        "is_code": _CODES.__contains__,
        "is_sentence": _SAYING.__contains__,
        "mono": mono,
        "written": partial(FigureColumn.written, language=language),
    }
    return str(
        environment(edition, functions=functions)
        .get_template("validation/page.html")
        .render(
            report=report,
            headline=headline(report, language),
            parts=PARTS,
            claims=claims(report, language),
            tables={part: [table for table in tables if table.part == part] for part in PARTS},
            charts=figure_charts(report, language),
            numbers=numbers,
            files=files,
            signers=SIGNERS,
        )
    )
