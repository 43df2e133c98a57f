"""A published demo book with every report that the model room shows, served in a process of its own."""

from __future__ import annotations

from pathlib import Path

from models.backtest.page import BACKTEST_FILE, write_backtest_page
from models.backtest.report import backtest_book
from models.codec import to_json_text, to_plain
from models.comparison.job import compare
from models.config.gate import GateRule
from models.config.loading import load_config
from models.config.places import SCORES_FOLDER, work_dir
from models.config.root import Config
from models.monitoring.job import monitor
from models.promotion.job import PAGE
from models.promotion.page import write_gate_page
from models.promotion.report import PromotionOutcome, PromotionReport
from models.promotion.rules import gate_lines
from models.publications.ledger import Act, Deed, PublicationLedger
from models.tracking.aliases import SUMMARY
from models.validation.job import validate
from models.vocab import SilentProgress
from models.workspace.opening import open_book, truth_file


def with_reports(config_file: Path) -> Path:
    """Makes every report of a published book, and records a promotion with its gate; returns the config."""
    config = load_config(config_file)
    book, folder = open_book(config, None, SilentProgress()), work_dir(config)
    monitor(config, book=book, track=False)
    replayed = backtest_book(book, config, truth=truth_file(config, None))
    (folder / BACKTEST_FILE).write_text(to_json_text(replayed), encoding="utf-8")
    write_backtest_page(replayed, (folder / BACKTEST_FILE).with_suffix(".html"))
    validate(config, book=book, refits=False)
    _passed_gate(config)
    return config_file


def _passed_gate(config: Config) -> None:
    """The version that serves, held against itself."""
    compared = compare(config, "champion", "1").report
    accepting = config.gate.model_copy(update={"accept_not_judged": tuple(GateRule)})
    lines = gate_lines(compared, accepting)
    report = PromotionReport(
        model="clientvalue-demo",
        version="1",
        champion="1",
        outcome=PromotionOutcome.WOULD_SERVE,
        lines=lines,
        comparison=compared,
    )
    write_gate_page(report, work_dir(config) / PAGE)
    PublicationLedger(work_dir(config) / SCORES_FOLDER).record(
        Deed(
            act=Act.PROMOTED,
            bundle=compared.versions[0].bundle,
            version="1",
            why="the gate holds",
            evidence={SUMMARY: "gate beside version 1", "gate": [to_plain(line) for line in lines]},
        )
    )
