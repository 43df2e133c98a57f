"""The jobs behind the verbs with their types, as ``from models import ...`` has them: for type checkers."""

from __future__ import annotations

from models.api.opening import opened
from models.audit import job as audit_job
from models.backtest import job as backtest_job
from models.card import job as card_job
from models.comparison import job as comparison_job
from models.directory import job as directory_job
from models.explanation import job as explanation_job
from models.features import job as features_job
from models.forgetting import job as forgetting_job
from models.funnel import job as funnel_job
from models.kpis import job as kpis_job
from models.letter import job as letter_job
from models.lists import job as lists_job
from models.monitoring import job as monitoring_job
from models.movers import job as movers_job
from models.nightly import job as nightly_job
from models.overview import job as overview_job
from models.promotion import job as promotion_job
from models.retention import job as retention_job
from models.run import job as run_job
from models.segments import job as segments_job
from models.simulator import job as simulator_job
from models.sinks import job as sinks_job
from models.trail import job as trail_job
from models.tuning import job as tuning_job
from models.validation import job as validation_job
from models.what_if import job as what_if_job

__all__ = [
    "audit_chain",
    "audit_client",
    "audit_replay",
    "backtest",
    "card",
    "check",
    "client_story",
    "compare",
    "features",
    "find_clients",
    "forget",
    "funnel",
    "gc",
    "kpis",
    "letter",
    "lists",
    "monitor",
    "movers",
    "nightly",
    "overview",
    "promote",
    "publish",
    "rollback",
    "run",
    "segments",
    "simulate",
    "tiers",
    "tune",
    "validate",
]

audit_chain = opened(trail_job.audit_chain)
audit_client = opened(trail_job.audit_client)
audit_replay = opened(trail_job.audit_replay)
backtest = opened(backtest_job.backtest)
card = opened(card_job.card)
check = opened(audit_job.check)
client_story = opened(explanation_job.client_story)
compare = opened(comparison_job.compare)
features = opened(features_job.features)
find_clients = opened(directory_job.find_clients)
forget = opened(forgetting_job.forget)
funnel = opened(funnel_job.funnel)
gc = opened(retention_job.gc)
kpis = opened(kpis_job.kpis)
letter = opened(letter_job.client_letter)
lists = opened(lists_job.lists)
monitor = opened(monitoring_job.monitor)
movers = opened(movers_job.movers)
nightly = opened(nightly_job.nightly)
overview = opened(overview_job.overview)
promote = opened(promotion_job.promote)
publish = opened(sinks_job.publish)
rollback = opened(promotion_job.rollback)
run = opened(run_job.run)
segments = opened(segments_job.segments)
simulate = opened(simulator_job.simulate_book)
tiers = opened(what_if_job.tiers)
tune = opened(tuning_job.tune)
validate = opened(validation_job.validate)
