"""The documents that commands print with ``--json``: command to class of its document, and their JSON schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.audit.compute import Audit
from models.backtest.contents import BacktestReport
from models.card.report import ModelCard
from models.codec import JsonObject, schema
from models.comparison.report import VersionComparison
from models.decisions.report import ChainReport
from models.directory.report import DirectoryPage
from models.evaluation.report.contents import EvaluationReport
from models.explanation.report import ClientDocument
from models.features.report import PublishedFeatures
from models.forgetting.report import Forgotten
from models.funnel.compute import FunnelReport
from models.init.report import InitDocument
from models.kpis.report import KpiReport
from models.letter.report import ClientLetter
from models.lists.report import WorkLists
from models.monitoring.report import MonitorReport
from models.movers.report import MovesReport
from models.overview.report import Overview
from models.promotion.report import PromotionReport, RollbackReport
from models.publications.report import LedgerReport
from models.retention.report import Collected
from models.run.job import RunDocument
from models.scoring.report import Predicted
from models.segments.compute import ProfilesReport
from models.simulator.book import SimulationSummary
from models.sinks.report import SinksReport
from models.training.result import TrainDocument
from models.validation.report import ValidationReport
from models.what_if.compute import TierShift

DOCUMENTS: Mapping[str, type[Any]] = {
    "audit": ChainReport,
    "backtest": BacktestReport,
    "card": ModelCard,
    "check": Audit,
    "clients": DirectoryPage,
    "compare": VersionComparison,
    "evaluate": EvaluationReport,
    "explain": ClientDocument,
    "features": PublishedFeatures,
    "forget": Forgotten,
    "funnel": FunnelReport,
    "gc": Collected,
    "init": InitDocument,
    "kpis": KpiReport,
    "letter": ClientLetter,
    "lists": WorkLists,
    "monitor": MonitorReport,
    "movers": MovesReport,
    "overview": Overview,
    "publications": LedgerReport,
    "predict": Predicted,
    "publish": SinksReport,
    "promote": PromotionReport,
    "rollback": RollbackReport,
    "run": RunDocument,
    "segments": ProfilesReport,
    "tiers": TierShift,
    "train": TrainDocument,
    "simulate": SimulationSummary,
    "validate": ValidationReport,
}


def document_schemas() -> JsonObject:
    """Command -> the JSON schema of what it prints with ``--json``; each stands on its own."""
    return {command: schema(kind) for command, kind in DOCUMENTS.items()}
