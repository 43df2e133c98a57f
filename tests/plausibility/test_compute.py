"""A run beside training and beside the publication before: what cannot be is refused, what is as usual is not told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from models.config.monitor import GuardMode, MonitorConfig
from models.notices import Severity
from models.plausibility.alarms import Alarm, Reading, alarms_of, ranked, severity_of
from models.plausibility.compute import Earlier, Plausibility
from models.plausibility.counts import ColumnCounts, RunCounts, number_counts
from models.plausibility.reference import TrainingReference, regular_ages, usual_moves
from models.text import Text

CONFIG = MonitorConfig()
TODAY, BEFORE = date(2023, 2, 1), date(2023, 1, 1)
WEIGHT = {"fee": 0.4, "limit": 0.3, "country": 0.2, "activity_recency_days": 0.09, "tiny": 0.005, "idle": 0.0}


def run(seed: int = 0, clients: int = 400, **changed: ColumnCounts) -> RunCounts:
    dice = np.random.default_rng(seed)
    inputs = {
        "fee": number_counts(dice.lognormal(6.0, 1.0, clients)),
        "limit": number_counts(dice.lognormal(13.0, 1.0, clients)),
        "country": words(dice.choice(["KE", "BR", "VN"], clients)),
        "activity_recency_days": number_counts(dice.integers(1, 90, clients).astype(float)),
        "tiny": number_counts(dice.lognormal(3.0, 1.0, clients)),
        "idle": number_counts(dice.lognormal(3.0, 1.0, clients)),
    }
    scores = {"tier": words(dice.choice(["AA", "A", "B"], clients, p=(0.1, 0.3, 0.6)))}
    return RunCounts(clients=clients, inputs=inputs | changed, scores=scores)


def words(values: np.ndarray) -> ColumnCounts:
    found, counts = np.unique(values, return_counts=True)
    return ColumnCounts(words=dict(zip(found.tolist(), counts.tolist(), strict=True)))


def scaled(factor: float, name: str = "fee", seed: int = 9) -> ColumnCounts:
    centre = {"fee": 6.0, "limit": 13.0, "tiny": 3.0, "idle": 3.0}[name]
    return number_counts(factor * np.random.default_rng(seed).lognormal(centre, 1.0, 400))


def alarms(now: RunCounts, reference: TrainingReference | None = None, before: RunCounts | None = None) -> list[Alarm]:
    held = Plausibility(
        as_of=TODAY,
        reference=reference or TrainingReference(counts=run(), weight=WEIGHT, regular={"activity_recency_days": 6.0}),
        earlier=None if before is None else Earlier(as_of=BEFORE, counts=before),
        period="month",
        config=CONFIG,
    )
    return list(alarms_of(held.readings(now), CONFIG, TODAY))


def codes(found: list[Alarm], severity: Severity | None = None) -> set[str]:
    return {alarm.code for alarm in found if severity in {None, alarm.severity}}


@pytest.mark.parametrize("seed", range(1, 21))
def test_a_run_like_training_and_the_one_before_raises_nothing(seed: int) -> None:
    assert alarms(run(seed), before=run(seed + 100)) == []


def test_a_column_in_another_unit_is_refused() -> None:
    found = alarms(run(1, fee=scaled(1_000.0)))
    level = next(alarm for alarm in found if alarm.code == "level")
    assert (level.severity, level.subjects, level.limit) == (Severity.REFUSED, ("fee",), 20.0)
    assert level.figure > 500
    assert found[0].severity is Severity.REFUSED  # the gravest first


def test_what_hardly_moves_the_models_stops_nothing_and_what_moves_none_is_a_note() -> None:
    small, none = alarms(run(1, tiny=scaled(1_000.0, "tiny"))), alarms(run(1, idle=scaled(1_000.0, "idle")))
    assert codes(small) == {"level", "shift"}
    assert {alarm.severity for alarm in small} == {Severity.WARNING}
    assert {alarm.severity for alarm in none} == {Severity.NOTE}


def test_a_column_that_most_lack_is_refused_and_one_that_some_lack_warned_of() -> None:
    fee = run(1).inputs["fee"]
    gone = ColumnCounts(missing=fee.rows - 20, bins=number_counts(np.full(20, 400.0)).bins)
    some = number_counts(np.where(np.arange(400) % 4 == 0, np.nan, np.random.default_rng(1).lognormal(6, 1, 400)))
    assert "missing" in codes(alarms(run(1, fee=gone)), Severity.REFUSED)
    assert codes(alarms(run(1, fee=some))) == {"missing"}


def test_categories_that_training_never_saw_are_counted() -> None:
    found = alarms(run(1, country=ColumnCounts(unseen=380, words={"KE": 20})))
    assert "unseen" in codes(found, Severity.REFUSED)


def test_two_columns_that_changed_places_are_named_together() -> None:
    now = run(1)
    swapped = {"fee": now.inputs["limit"], "limit": now.inputs["fee"]}
    found = next(alarm for alarm in alarms(run(1, **swapped)) if alarm.code == "exchanged")
    assert (found.severity, found.subjects) == (Severity.REFUSED, ("fee and limit",))


def test_a_feed_that_stands_still_while_the_date_moves_on_is_silent() -> None:
    later = number_counts(np.random.default_rng(1).integers(62, 152, 400).astype(float))
    found = alarms(run(1, activity_recency_days=later))
    silent = next(alarm for alarm in found if alarm.code == "silent")
    assert silent.severity is Severity.REFUSED or silent.figure < 2.0
    assert silent.figure == pytest.approx((66 - 6) / 30.4, rel=0.15)
    assert "shift" not in codes(found)  # ages move with the date alone


def test_half_the_clients_are_noticed_beside_the_publication_before_only() -> None:
    assert codes(alarms(run(1, clients=200), before=run(2)), Severity.REFUSED) == {"clients"}
    assert codes(alarms(run(1, clients=200))) == set()


def test_what_moves_between_all_dates_learned_from_is_usual() -> None:
    latest, others = run(0), [run(3, fee=scaled(5.0)), run(4)]
    usual = TrainingReference(counts=latest, weight=WEIGHT, usual=usual_moves(latest, others))
    assert "fee" in codes_of(alarms(run(1, fee=scaled(5.0))))
    assert alarms(run(1, fee=scaled(5.0)), usual) == []


def test_what_moves_steadily_may_have_moved_farther_by_now() -> None:
    usual = usual_moves(run(0), [run(3, fee=scaled(1.6))])
    moved = run(1, fee=scaled(2.2))
    dated = TrainingReference(counts=run(), weight=WEIGHT, usual=usual, as_of=date(2022, 2, 1), span_days=365)
    assert "fee" in codes_of(alarms(moved, dated))
    assert "fee" not in codes_of(alarms(moved, replace(dated, as_of=date(2021, 2, 1))))


def codes_of(found: list[Alarm]) -> set[str]:
    return {subject for alarm in found for subject in alarm.subjects}


def test_inputs_of_a_whole_country_tell_no_distribution() -> None:
    macro = {"macro_gdp_growth_last": number_counts(np.repeat([0.01, 0.02, 0.03], [200, 100, 100]))}
    moved = {"macro_gdp_growth_last": number_counts(np.repeat([0.04, 0.05], [200, 200]))}
    weight = WEIGHT | {"macro_gdp_growth_last": 0.2}
    reference = TrainingReference(counts=run(0, **macro), weight=weight, no_sizes=tuple(macro))
    assert "shift" in codes(alarms(run(1, **moved), reference))
    assert alarms(run(1, **moved), replace(reference, shared=tuple(macro))) == []


def test_much_of_what_moves_the_models_moved() -> None:
    found = alarms(run(1, fee=scaled(2.2), limit=scaled(2.2, "limit")))
    moved = next(alarm for alarm in found if alarm.code == "moved_inputs")
    # fee and limit, 0.4 + 0.3, of all that spreads: these, the country's 0.2 and 0.005
    assert (moved.severity, round(moved.figure, 3)) == (Severity.REFUSED, round(0.7 / 0.905, 3))


def test_without_a_line_of_the_index_no_input_counts_as_moved() -> None:
    config = MonitorConfig.model_validate({"shift": {"note": None, "warning": None}})
    reference = TrainingReference(counts=run(), weight=WEIGHT)
    held = Plausibility(as_of=TODAY, reference=reference, earlier=None, period="month", config=config)
    readings = list(held.readings(run(1, fee=scaled(2.2), limit=scaled(2.2, "limit"))))
    assert [each.figure for each in readings if each.code == "moved_inputs"] == [0.0]
    assert codes(list(alarms_of(readings, config, TODAY))) == set()


def test_ages_that_come_anew_in_every_period_are_regular() -> None:
    dates = [run(seed) for seed in range(3)]
    assert list(regular_ages(dates, 7.5)) == ["activity_recency_days"]
    assert regular_ages([*dates, run(5, activity_recency_days=number_counts(np.full(400, 60.0)))], 7.5) == {}


def test_a_reference_is_read_back_as_it_was_written() -> None:
    reference = TrainingReference(
        counts=run(),
        weight=WEIGHT,
        usual=usual_moves(run(0), [run(3, fee=scaled(5.0))]),
        regular={"activity_recency_days": 6.0},
        shared=("macro_gdp_growth_last",),
        as_of=BEFORE,
        span_days=365,
    )
    assert TrainingReference.from_json(reference.to_json()) == reference


def test_nothing_is_held_against_a_bundle_that_remembers_nothing() -> None:
    assert alarms(run(1, fee=scaled(1_000.0)), TrainingReference()) == []


def test_a_mode_that_marks_publishes_what_a_mode_that_stops_refuses() -> None:
    refused = next(alarm for alarm in alarms(run(1, fee=scaled(1_000.0))) if alarm.code == "level")
    stop, mark = refused.notice(GuardMode.STOP), refused.notice(GuardMode.MARK)
    assert (stop.severity, mark.severity) == (Severity.REFUSED, Severity.WARNING)
    assert "monitor.guard" in stop.remedy
    assert "monitor.guard" not in mark.remedy


SAID = Text("it must be as before, got another")


def test_alarms_rank_by_severity_then_by_what_they_weigh() -> None:
    def reading(code: str, figure: float, weight: float) -> Reading:
        return Reading(code=code, subject=code, beside="", figure=figure, found=SAID, remedy=SAID, weight=weight)

    found = alarms_of([reading("shift", 3.0, 0.3), reading("level", 99.0, 0.2), reading("missing", 0.2, 0.9)], CONFIG)
    assert [alarm.code for alarm in found] == ["level", "missing", "shift"]
    assert ranked(reversed(found)) == found
    assert severity_of(reading("level", 99.0, 0.0), CONFIG) is Severity.NOTE
    assert severity_of(reading("level", 1.0, 1.0), CONFIG) is None
