"""What a trial of settings is worth: the same as training says of the same models, and blind to what comes later."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from models.config.learners import ChoiceConfig
from models.errors import TooLittleDataError, UserError
from models.metrics.ranking import normalized_gini
from models.metrics.value import decile_mape
from models.panel.splits import OutOfTimeOrigins
from models.pipeline.out_of_time import OutOfTimeForecasts
from models.pipeline.selection import candidate_scores
from models.tuning.examination import Examination
from models.tuning.objectives import DeclineObjective, Truth, ValueObjective, objective_of
from models.tuning.space import own_settings, search_space
from support.drawn_panel import FIT, ORIGINS, drawn_panel, small_config


class TestObjectives:
    def truth(self, seed: int, size: int = 400) -> tuple[np.ndarray, Truth]:
        random = np.random.default_rng(seed)
        odds = random.normal(0.0, 1.5, size)
        declined = (random.random(size) < expit(0.6 * odds - 0.4)).astype(float)
        stake = random.lognormal(3.0, 1.0, size)
        return odds, Truth(value=np.where(declined > 0, 0.0, stake), declined=declined, exposure_at_risk=stake)

    def test_log_loss_is_that_of_probabilities_put_right_at_the_other_origins(self) -> None:
        (odds, truth), (other_odds, other) = self.truth(1), self.truth(2)
        platt = LogisticRegression(C=np.inf).fit(other_odds[:, np.newaxis], other.declined)
        expected = -log_loss(truth.declined, platt.predict_proba(odds[:, np.newaxis])[:, 1])
        raw = [odds[np.newaxis], other_odds[np.newaxis]]
        score = DeclineObjective(objective="log_loss").score(0, raw, [truth, other])
        assert score == pytest.approx(expected, abs=1e-5)

    def test_the_first_origin_alone_is_taken_as_it_is(self) -> None:
        odds, truth = self.truth(1)
        for objective, expected in (
            ("log_loss", -log_loss(truth.declined, expit(odds))),
            ("auc", roc_auc_score(truth.declined, odds)),
        ):
            score = DeclineObjective(objective=objective).score(0, [odds[np.newaxis]], [truth])
            assert score == pytest.approx(expected, abs=1e-9)

    def test_profit_rewards_finding_the_large_clients_that_decline(self) -> None:
        _, truth = self.truth(1)
        objective = DeclineObjective(objective="profit")
        by_stake = objective.score(
            0, [np.where(truth.declined > 0, truth.exposure_at_risk, 0.0)[np.newaxis] / 100], [truth]
        )
        against = objective.score(
            0, [np.where(truth.declined > 0, -truth.exposure_at_risk, 0.0)[np.newaxis] / 100], [truth]
        )
        assert by_stake > against >= 0.0

    def test_value_is_the_mean_over_candidates_of_ranking_less_errors(self) -> None:
        odds, truth = self.truth(1)
        logs = np.stack([-odds, odds])
        rule = ChoiceConfig(ranking=1.0, decile_error=0.5, total_error=7.0)
        score = ValueObjective(candidates=("tweedie", "hurdle"), rule=rule).score(0, [logs], [truth])
        each = []
        for log in logs:
            right = np.exp(log) * truth.value.sum() / np.exp(log).sum()
            each.append(normalized_gini(truth.value, right) - 0.5 * decile_mape(truth.value, right))
        assert score == pytest.approx(np.mean(each))

    def test_the_first_candidate_with_trees_is_tuned(self) -> None:
        learners = {**small_config().model_dump()["learners"], "value": {"candidates": ["btyd", "hurdle", "tweedie"]}}
        assert objective_of("value", small_config(learners=learners)).candidates == ("hurdle",)
        asked = small_config(learners=learners, tune={"candidates": ["ziln", "tweedie"]})
        assert objective_of("value", asked).candidates == ("ziln", "tweedie")

    def test_without_trees_there_is_nothing_to_tune(self) -> None:
        learners = {**small_config().model_dump()["learners"], "value": {"candidates": ["btyd"]}}
        with pytest.raises(UserError, match="--candidate"):
            objective_of("value", small_config(learners=learners))


@pytest.mark.slow
class TestExamination:
    OUT_OF_TIME = (OutOfTimeOrigins(ORIGINS[2], ORIGINS[:2]), OutOfTimeOrigins(ORIGINS[3], ORIGINS[:3]))

    @pytest.mark.parametrize("candidate", ["tweedie", "hurdle"])
    def test_the_own_settings_score_as_training_scores_the_candidate(self, candidate: str) -> None:
        """The same origins, the same models: what training chooses candidates by is what is tuned for."""
        base = small_config()
        value = base.learners.value.model_copy(update={"candidates": (candidate,)})
        config = base.model_copy(update={"learners": base.learners.model_copy(update={"value": value})})
        panel, objective = drawn_panel(), objective_of("value", config)
        examination = Examination(panel, config, self.OUT_OF_TIME, objective)
        attempt = examination.attempt(own_settings(value, search_space(value, (candidate,))))
        provisional, scores = list(attempt), attempt.scores()
        forecasts = OutOfTimeForecasts(panel, config).of(replace(FIT, out_of_time=self.OUT_OF_TIME))
        (known,) = candidate_scores(forecasts, value.choice)
        assert scores == known.scores
        assert provisional[-1] == scores[-1]
        assert provisional[0] != scores[0]

    def test_settings_change_the_models(self) -> None:
        config = small_config()
        examination = Examination(drawn_panel(), config, self.OUT_OF_TIME, objective_of("decline", config))
        few, many = (examination.attempt({"trees": trees}) for trees in (1, 30))
        assert list(few) != list(many)
        assert sum(few.scores()) < sum(many.scores())

    def test_rows_after_the_origins_change_nothing(self) -> None:
        """What is judged later is not looked at: here all its features and outcomes are turned round."""
        config, panel = small_config(), drawn_panel()
        later = panel.origin == ORIGINS[-1]
        features = panel.features.copy()
        features.loc[later, "value_sum_12p"] = -1.0
        assert panel.value is not None
        assert panel.declined is not None
        turned = replace(
            panel,
            features=features,
            value=np.where(later, 9.0, panel.value),
            declined=np.where(later, ~panel.declined, panel.declined),
        )
        for model in ("value", "decline"):
            scores = []
            for each in (panel, turned):
                attempt = Examination(each, config, self.OUT_OF_TIME, objective_of(model, config)).attempt({})
                assert len(list(attempt)) == 2
                scores.append(attempt.scores())
            assert scores[0] == scores[1]

    def test_origins_at_which_nothing_can_be_judged_are_left_out(self) -> None:
        config, panel = small_config(), drawn_panel()
        assert panel.declined is not None
        nobody = replace(panel, declined=panel.declined & (panel.origin != ORIGINS[2]))
        examination = Examination(nobody, config, self.OUT_OF_TIME, objective_of("decline", config))
        assert examination.dates == (panel.grid.start_of(ORIGINS[3]),)
        with pytest.raises(TooLittleDataError, match="tuning needs a past origin"):
            Examination(drawn_panel(clients=20), config, self.OUT_OF_TIME, objective_of("decline", config))
