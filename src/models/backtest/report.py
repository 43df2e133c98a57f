"""The report of a backtest, measured and put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.backtest.claims import claims, efficiency_by_date
from models.backtest.compute import replay
from models.backtest.contents import BacktestReport, Claims, ReplayedDate
from models.backtest.day import Replayed
from models.backtest.headline import headline_claims
from models.backtest.lists import ACTING_LISTS, LIST_NAMES, LISTS, OURS, RULE
from models.backtest.mistakes import error_costs, stability, tier_outcomes
from models.backtest.overridden import override_outcomes
from models.book.door import Book
from models.book.periods import Horizon
from models.config.root import Config
from models.panel.definitions import spoken_definitions
from models.vocab import Progress, Recorder, SilentProgress, SilentRecorder


def backtest_book(
    book: Book,
    config: Config,
    days: Sequence[date] = (),
    *,
    truth: Path | None = None,
    recorder: Recorder = SilentRecorder(),
    progress: Progress = SilentProgress(),
) -> BacktestReport:
    """Replay the policy at ``days`` (else ``backtest.at``, else ``origins.test``) and hold it against what came.

    Shares are of 1, amounts in book currency, intervals of 95%. ``truth`` is what the simulator left beside a simulated
    book. Raises a ``UserError`` as ``replay`` does.
    """
    replayed = replay(book, config, tuple(days) or config.backtest.at or config.origins.test, progress, truth)
    progress.stage(f"Weighing {sum(map(len, replayed)):,} grades against what came")
    measured = claims(replayed, config)
    recorder.metrics(headline(measured))
    return BacktestReport(
        book=book.name,
        currency=book.currency,
        data=book.fingerprint,
        horizon=Horizon(periods=config.time.horizon_periods, period=config.time.period),
        terms=spoken_definitions(config),
        interval_level=0.95,
        resamples=config.run.bootstrap_resamples,
        aim=config.backtest.aim,
        groups_apart=replayed[0].groups_known,
        lists={name: LIST_NAMES[name].english for name in LISTS},
        acting_lists={name: LIST_NAMES[name].english for name in ACTING_LISTS},
        rule=config.backtest.rule.whole(config.scale),
        top_tiers=config.scale.top,
        low_tiers=config.scale.low,
        origins=_dates(replayed, config),
        rows=sum(map(len, replayed)),
        screening=measured.screening,
        headline=headline_claims(measured),
        retention=measured.retention,
        growth=measured.growth,
        curves=measured.curves,
        recovery=measured.recovery,
        risk=measured.risk,
        acting=measured.acting,
        tiers=tier_outcomes(replayed, config.scale),
        errors=error_costs(replayed, config),
        stability=stability(replayed, config),
        overrides=override_outcomes(replayed, config.scale),
    )


def headline(measured: Claims) -> dict[str, float]:
    """The claims by flat names, for a tracker; without what the book leaves open."""
    found = {f"screening.{each.share:g}": each.efficiency[OURS].estimate for each in measured.screening}
    found["retention.profit"] = measured.retention.profit[OURS].estimate
    if measured.recovery is not None:
        found["recovery"] = measured.recovery.change[OURS].estimate
    if measured.risk is not None:
        found["risk.loss_rate"] = measured.risk.loss_rate_change[OURS].estimate
    if measured.acting is not None:
        found["acting"] = (measured.acting.expected or measured.acting.actual).change[OURS].estimate
    return {name: figure for name, figure in found.items() if figure is not None}


def _dates(replayed: Sequence[Replayed], config: Config) -> tuple[ReplayedDate, ...]:
    by_date = efficiency_by_date(replayed, config)
    return tuple(
        ReplayedDate(
            as_of=each.as_of,
            learned_until=each.learned_until,
            clients=len(each),
            value=float(each.value.sum()),
            declined=float(each.declined.mean()),
            tiers={
                name: {tier: int((said == tier).sum()) for tier in config.scale.names}
                for name, said in ((OURS, each.tier), (RULE, each.rule_tier))
            },
            efficiency=efficiency,
        )
        for each, efficiency in zip(replayed, by_date, strict=True)
    )
