"""Who serves is what earlier origins show: trees where they rank better, a few numbers where that is not shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.config.loading import parse_config
from models.config.root import Config
from models.errors import TooLittleDataError
from models.learners.decline.logistic import LogisticDecline
from models.learners.decline.mixture import DeclineMixture
from models.learners.value.mixture import Mixture
from models.learners.value.past_sum import PastSum
from models.learners.value.tweedie import Tweedie
from models.metrics.ranking import normalized_gini
from models.panel.splits import LearningOrigins, OutOfTimeOrigins
from models.pipeline.calibration import ForecastCalibration
from models.pipeline.out_of_time import OutOfTimeForecast, OutOfTimeForecasts
from models.pipeline.pipeline import FittedModels, fit_models
from models.pipeline.selection import learn_calibration
from models.pipeline.serving import Serving, ServingModels, needed_models, weighed_models
from models.pipeline.serving_text import serving_sentences
from models.text import Language
from models.vocab import FloatArray
from support.drawn_panel import ORIGINS, drawn_panel, small_config

FIT = LearningOrigins(
    learn=ORIGINS[:-1],
    out_of_time=(OutOfTimeOrigins(ORIGINS[2], ORIGINS[:2]), OutOfTimeOrigins(ORIGINS[3], ORIGINS[:3])),
)
CHINESE = Language("zh")


def forecasts() -> list[OutOfTimeForecast]:
    return OutOfTimeForecasts(drawn_panel(200), small_config()).of(FIT)


def with_outcome(made: list[OutOfTimeForecast], seen_by: str, noise: float) -> list[OutOfTimeForecast]:
    """The same forecasts where value came as one of the models had it, but for luck."""
    random = np.random.default_rng(5)

    def value(each: OutOfTimeForecast) -> FloatArray:
        candidates = {**each.models.candidates, **each.models.simple_values}
        log = candidates[seen_by].log_value(each.rows.matrix)
        return np.asarray(np.exp(log + noise * random.normal(size=len(log))))

    return [replace(each, rows=replace(each.rows, margin=value(each))) for each in made]


def far_apart(made: list[OutOfTimeForecast]) -> list[OutOfTimeForecast]:
    """The same as if the outcomes of the first had come before the second."""
    horizon = small_config().time.horizon_periods
    return [replace(each, origin=number * horizon, alike=True) for number, each in enumerate(made)]


def value_of(made: list[OutOfTimeForecast], config: Config | None = None) -> Serving:
    return weighed_models(made, "tweedie", config or small_config()).value


def test_trees_that_rank_better_serve_alone() -> None:
    found = value_of(with_outcome(forecasts(), "tweedie", 0.05))
    assert (found.share, found.names) == (1.0, ("tweedie",))
    assert found.difference is not None
    assert found.difference.low > 0


def test_a_past_sum_that_ranks_better_at_independent_dates_serves_alone() -> None:
    found = value_of(far_apart(with_outcome(forecasts(), "past_sum", 0.05)))
    assert (found.share, found.names) == (0.0, ("past_sum",))
    assert found.difference is not None
    assert found.difference.high < 0


def test_one_date_alone_does_not_leave_the_leader_out() -> None:
    one = [replace(each, alike=True) for each in with_outcome(forecasts(), "past_sum", 0.05)[-1:]]
    found = value_of(one)
    assert (found.share, found.names) == (0.25, ("tweedie", "past_sum"))


def test_models_of_far_fewer_rows_do_not_speak_against_the_leader() -> None:
    unlike = [replace(each, alike=False) for each in with_outcome(forecasts(), "past_sum", 0.05)]
    assert value_of(unlike).share == 0.5
    better = [replace(each, alike=False) for each in with_outcome(forecasts(), "tweedie", 0.05)]
    assert value_of(better).share == 1.0


def test_where_dates_cannot_tell_both_serve_by_how_often_each_is_better() -> None:
    made = far_apart(with_outcome(forecasts(), "past_sum", 2.5))
    found = value_of(made)
    assert found.difference is not None
    assert found.difference.low < 0 < found.difference.high
    assert 0 < found.share < 1
    assert found.names == ("tweedie", "past_sum")


def test_the_difference_is_the_mean_over_origins_of_what_the_metric_says() -> None:
    made = far_apart(forecasts())
    found = value_of(made)
    simple = [each.models.simple_values[found.simple].log_value(each.rows.matrix) for each in made]
    leader = [each.models.candidates["tweedie"].log_value(each.rows.matrix) for each in made]
    lead = [
        normalized_gini(each.rows.margin, first) - normalized_gini(each.rows.margin, second)
        for each, first, second in zip(made, leader, simple, strict=True)
    ]
    assert found.difference is not None
    assert found.difference.estimate == pytest.approx(np.mean(lead), abs=1e-12)
    assert (found.origins, found.rows) == (2, 400)


def test_without_a_simple_model_or_a_date_nothing_is_compared() -> None:
    config = parse_config(small_config().model_dump_json(), ["learners.value.simple=[]", "learners.decline.simple=[]"])
    assert weighed_models(forecasts(), "tweedie", config) == ServingModels(
        value=Serving(leader="tweedie", simple="", share=1.0, metric="normalized_gini", origins=2, rows=400),
        decline=Serving(leader="boosted", simple="", share=1.0, metric="auc", origins=2, rows=400),
    )
    none = weighed_models([], "tweedie", small_config())
    assert (none.value.names, none.decline.names) == (("past_sum",), ("logistic",))


def models_by(serving: ServingModels, **without: object) -> FittedModels:
    calibration = replace(ForecastCalibration(candidate="tweedie"), weighed=serving)
    panel = drawn_panel(200)
    return fit_models(replace(panel, **without), FIT, calibration, small_config())  # type: ignore[arg-type]


def of(share: float, simple: str = "past_sum") -> ServingModels:
    return ServingModels(
        value=Serving(leader="tweedie", simple=simple, share=share, metric="normalized_gini", factor=2.0),
        decline=Serving(leader="boosted", simple="logistic", share=share, metric="auc"),
    )


def test_what_serves_is_fitted_and_nothing_else() -> None:
    assert needed_models(of(1.0), small_config()).simple_values == ()
    assert not needed_models(of(0.0), small_config()).decline_leads
    simple, mixed = models_by(of(0.0)), models_by(of(0.3))
    assert isinstance(simple.value.margin.candidate, PastSum)
    assert isinstance(simple.decline, LogisticDecline)
    assert (simple.value.tree_count, simple.decline.tree_count) == (0, 0)
    assert isinstance(mixed.value.margin.candidate, Mixture)
    assert isinstance(mixed.decline, DeclineMixture)
    assert (mixed.value.margin.candidate.share, mixed.value.margin.candidate.factor) == (0.3, 2.0)
    assert mixed.learned.serving == of(0.3)


def test_a_simple_model_that_the_latest_dates_cannot_fit_gives_way() -> None:
    value = drawn_panel(200).value
    assert value is not None
    served = models_by(of(0.0, simple="nobody"))
    assert served.learned.serving.value.names == ("past_sum",)
    features = drawn_panel(200).features.assign(value_sum_12p=0.0, activity_active_periods=1.0)
    alone = models_by(of(0.0), features=features)
    assert isinstance(alone.value.margin.candidate, Tweedie)
    assert alone.learned.serving.value.names == ("tweedie",)


def test_a_leader_that_cannot_be_fitted_is_no_secret() -> None:
    with pytest.raises(TooLittleDataError, match="brought something within the horizon"):
        models_by(of(0.5), value=np.zeros(len(drawn_panel(200))))


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_parts_of_whatever_serves_sum_exactly(share: float) -> None:
    models = models_by(of(share))
    matrix = models.contract.encode(drawn_panel(200).features)
    for model in (models.value, models.decline):
        parts = model.in_served_unit(model.explain(matrix))
        np.testing.assert_allclose(parts.base + parts.values.sum(axis=1), model.predict(matrix), rtol=1e-9)


def test_a_calibration_learned_on_a_past_is_that_of_what_serves() -> None:
    made = far_apart(with_outcome(forecasts(), "past_sum", 0.05))
    found = learn_calibration(made, small_config())
    assert found.serving.value.names == ("past_sum",)
    foreseen = [
        np.exp(found.value.log_value(each.models.simple_values["past_sum"].log_value(each.rows.matrix)))
        for each in made
    ]
    assert sum(each.sum() for each in foreseen) == pytest.approx(sum(each.rows.margin.sum() for each in made), rel=0.05)


def test_sentences_say_who_serves_and_why() -> None:
    better = value_of(with_outcome(forecasts(), "tweedie", 0.05))
    said = serving_sentences(replace(of(1.0), value=better))
    assert said["value"].startswith("Value by boosted trees (Tweedie): it ranked clients better than")
    assert (
        said["decline"]
        == "Decline by boosted trees: no earlier date can show a better ranking of clients by boosted trees"
    )
    mixed = replace(of(0.4).value, difference=replace(better.difference, low=-0.1), origins=1)  # type: ignore[type-var]
    assert serving_sentences(replace(of(0.0), value=mixed))["value"].startswith(
        "Value by boosted trees (Tweedie) (40%) and the past sum (60%) together: 1 earlier date cannot tell"
    )
    chinese = serving_sentences(of(0.0), CHINESE)["decline"]
    assert chinese == "业务下滑概率采用逻辑回归：没有历史时点能证明提升树的客户排序更优"
    assert serving_sentences(ServingModels.leaders("hurdle"))["value"].endswith("no simple model to compare it with")
