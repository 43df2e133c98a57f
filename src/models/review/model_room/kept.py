"""Reports that runs and verbs leave in the folder of a book, and the pages that are made of them.

Each is read as the dataclass that was written, once for as long as its file stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from models import codec
from models.backtest.contents import BacktestReport
from models.backtest.page import BACKTEST_FILE, backtest_page
from models.card import page as card_pages
from models.card.report import ModelCard
from models.card.text import weaknesses_line
from models.comparison import page as comparison_pages
from models.comparison.report import VersionComparison
from models.config.places import work_dir
from models.config.root import Config
from models.evaluation.page import report_page
from models.evaluation.report.contents import EvaluationReport
from models.monitoring.page import MONITOR_PAGE, monitor_page
from models.monitoring.report import MonitorReport
from models.pipeline.bundle import REPORT, read_report
from models.promotion import page as promotion_pages
from models.promotion.report import PromotionReport
from models.review.shared.languages import page_language
from models.review.site import shown_site
from models.shell.editions import Edition
from models.text import Text
from models.tracking.names import CHAMPION
from models.validation import page as validation_pages
from models.validation.report import ValidationReport
from models.workspace.opening import registered_folder

Page = Callable[[object, Config, Edition], str]
_REMEDY: Final = "make it anew, by the verb that wrote it"


@dataclass(frozen=True, kw_only=True)
class KeptReport:
    """One kind of report.

    Attributes:
        key: in addresses. tells: what is read on its page.
        command: the verb that leaves it, to be typed with the config of the book.
        place: where the newest one stands; None where none was made.
        read: the report in such a file; page: what is made of it.
    """

    key: str
    title: Text
    tells: Text
    command: str
    place: Callable[[Config], Path | None]
    read: Callable[[Path], object]
    page: Page


@dataclass(frozen=True, kw_only=True)
class FoundReport:
    """A report that is there, when its file was written (UTC), and the file."""

    kind: KeptReport
    file: Path
    made: datetime

    @property
    def report(self) -> object:
        """What stands in the file. Raises ``UserError`` if it is not as it was written."""
        return _read(self.kind.key, self.file, self.file.stat().st_mtime_ns)

    def page(self, settings: Config, edition: Edition) -> str:
        """The page in a language."""
        return self.kind.page(self.report, settings, edition)


def found_report(kind: KeptReport, settings: Config) -> FoundReport | None:
    """The newest report of a kind; None where none was made."""
    file = kind.place(settings)
    if file is None or not file.is_file():
        return None
    return FoundReport(kind=kind, file=file, made=datetime.fromtimestamp(file.stat().st_mtime, tz=UTC))


@lru_cache(maxsize=16)
def _read(key: str, file: Path, changed: int) -> object:
    """``changed`` tells a file that was written anew from the one before."""
    return KINDS[key].read(file)


def _in_folder(name: str) -> Callable[[Config], Path]:
    """A file in the folder of the book's results."""
    return lambda settings: work_dir(settings) / Path(name).with_suffix(".json")


def _of_champion(settings: Config) -> Path | None:
    """The report that the bundle of the champion carries."""
    return registered_folder(settings, CHAMPION) / REPORT


def _newest_validation(settings: Config) -> Path | None:
    folder = work_dir(settings) / validation_pages.FOLDER
    files = sorted(folder.glob(f"version-*/{validation_pages.REPORT}"), key=lambda file: file.stat().st_mtime_ns)
    return files[-1] if files else None


def _as(kind: type[object]) -> Callable[[Path], object]:
    return lambda file: codec.read(kind, file, remedy=_REMEDY)


def _evaluated(file: Path) -> object:
    return read_report(file.parent, EvaluationReport, whole=False)


_CARD: Final = KeptReport(
    key="card",
    title=Text("Model card"),
    tells=Text("what the models are for, how good they are, their limits, and who approved them"),
    command="card",
    place=_in_folder(card_pages.DATA),
    read=_as(ModelCard),
    page=lambda report, _, edition: card_pages.card_page(cast("ModelCard", report), edition),
)
_EVALUATION: Final = KeptReport(
    key="evaluation",
    title=Text("Evaluation"),
    tells=Text("forecasts of past dates beside what came and beside benchmarks"),
    command="train",
    place=_of_champion,
    read=_evaluated,
    page=lambda report, _, edition: report_page(cast("EvaluationReport", report), edition=edition),
)
_MONITOR: Final = KeptReport(
    key="monitor",
    title=Text("Monitoring"),
    tells=Text("publications beside training, beside the one before, and beside what came since"),
    command="monitor",
    place=_in_folder(MONITOR_PAGE),
    read=_as(MonitorReport),
    page=lambda report, settings, edition: monitor_page(cast("MonitorReport", report), settings.monitor, edition),
)
_COMPARISON: Final = KeptReport(
    key="comparison",
    title=Text("Comparison"),
    tells=Text("two versions on what came since, and who would change tier"),
    command="compare",
    place=_in_folder(comparison_pages.PAGE),
    read=_as(VersionComparison),
    page=lambda report, _, edition: comparison_pages.comparison_page(cast("VersionComparison", report), edition),
)
_GATE: Final = KeptReport(
    key="gate",
    title=Text("Gate"),
    tells=Text("whether a version may take the place of the champion, line by line"),
    command="promote VERSION --dry-run",
    place=_in_folder(promotion_pages.PAGE),
    read=_as(PromotionReport),
    page=lambda report, _, edition: promotion_pages.gate_page(cast("PromotionReport", report), edition),
)
_BACKTEST: Final = KeptReport(
    key="backtest",
    title=Text("Backtest"),
    tells=Text("whether grading and work lists would have paid at past dates"),
    command="backtest",
    place=_in_folder(BACKTEST_FILE),
    read=_as(BacktestReport),
    page=lambda report, _, edition: backtest_page(cast("BacktestReport", report), edition),
)
_VALIDATION: Final = KeptReport(
    key="validation",
    title=Text("Validation file"),
    tells=Text("what a validator finds open: shocks, stability, fairness, each claim with its figure"),
    command="validate",
    place=_newest_validation,
    read=_as(ValidationReport),
    page=lambda report, _, edition: validation_pages.validation_page(cast("ValidationReport", report), {}, edition),
)
KINDS: Final = {each.key: each for each in (_CARD, _EVALUATION, _MONITOR, _BACKTEST, _VALIDATION, _COMPARISON, _GATE)}
"""All kinds, in the order in which a validator reads them."""


def known_weaknesses() -> str:
    """What is found wrong with the champion, in one line in the language of the page; empty where it has no card yet.

    For every screen that shows what the models say.
    """
    found = found_report(_CARD, shown_site().config)
    return "" if found is None else weaknesses_line(cast("ModelCard", found.report), page_language())
