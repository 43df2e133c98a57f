"""Searching better settings: what is tried, in which order, what survives a power cut, and when something is better."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from models.book.door import Book
from models.config.base import Search
from models.config.learners import BoostingConfig, DeclineLearnerConfig, ValueLearnerConfig
from models.errors import TooLittleDataError, UserError
from models.tuning.outcome import Tuned, config_lines, outcome
from models.tuning.search import _spent, plan_tuning, storage_uri
from models.tuning.space import rounded, search_space, tuned_fields, with_settings
from models.tuning.study import TrialResult, open_study
from support.drawn_panel import small_config
from support.dying_tune import BEST, OWN, SPACE, Hill, climb

TESTS = Path(__file__).parents[1]
LEARNERS = (ValueLearnerConfig, DeclineLearnerConfig)
TRIALS = 16


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> list[TrialResult]:
    """A search on the hill that nobody stopped."""
    return climb(tmp_path_factory.mktemp("hill") / "unbroken.db", TRIALS)


def trial(number: int, *scores: float, settings: dict[str, float] | None = None) -> TrialResult:
    return TrialResult(
        number=number,
        settings=settings or {"trees": number},
        state="complete" if scores else "pruned",
        score=float(np.mean(scores)) if scores else None,
        scores=scores,
        seconds=30.0,
    )


def found(*trials: TrialResult, own: dict[str, float]) -> Tuned:
    dates = tuple(date(2015 + year, 7, 1) for year in range(len(trials[0].scores)))
    return outcome("value", "name", "score", dates, trials, own)


class TestWhatIsSearched:
    @pytest.mark.parametrize("learner", LEARNERS)
    def test_every_bound_is_a_valid_value_of_its_field(self, learner: type[BoostingConfig]) -> None:
        searched = tuned_fields(learner())
        assert {"trees", "learning_rate", "leaves", "l2"} <= searched
        for name in searched:
            (search,) = [known for known in learner.model_fields[name].metadata if isinstance(known, Search)]
            assert search.low < search.high
            for bound in (search.low, search.high):
                assert getattr(learner.model_validate({name: bound}), name) == bound
            assert not search.log or search.low > 0

    def test_a_default_lies_within_its_bounds(self) -> None:
        for parameter in search_space(ValueLearnerConfig(), ("tweedie",)):
            assert parameter.low <= getattr(ValueLearnerConfig(), parameter.name) <= parameter.high

    def test_bounds_are_widened_to_what_the_config_says(self) -> None:
        space = {each.name: each for each in search_space(BoostingConfig(trees=12, leaves=4000, l2=0.0))}
        assert (space["trees"].low, space["trees"].high, space["trees"].log) == (12, 800, True)
        assert (space["leaves"].low, space["leaves"].high) == (3, 4000)
        assert (space["l2"].low, space["l2"].log) == (0.0, False)

    def test_only_what_a_candidate_knows_is_searched(self) -> None:
        learner = ValueLearnerConfig()
        assert "tweedie_power" in {each.name for each in search_space(learner, ("tweedie",))}
        assert "tweedie_power" not in {each.name for each in search_space(learner, ("hurdle", "ziln"))}

    def test_settings_are_put_into_the_config_and_nothing_else_changes(self) -> None:
        config = small_config()
        other = with_settings(config, "decline", {"trees": 77})
        assert other.learners.decline.trees == 77
        assert other.learners.value == config.learners.value
        assert other.model_copy(update={"learners": config.learners}) == config

    def test_whole_numbers_stay_whole(self) -> None:
        assert rounded({"leaves": 60001, "l2": 0.1234567}) == {"leaves": 60001, "l2": 0.1235}

    @pytest.mark.parametrize(
        "text", ["trials: 0", "minutes: 0", "model: segments", "storage_uri: here", "candidates: [btyd]"]
    )
    def test_what_makes_no_sense_is_refused(self, text: str) -> None:
        with pytest.raises(ValidationError):
            small_config(tune=yaml.safe_load(text))


class TestTrials:
    def test_the_first_trial_is_the_config_itself(self, tmp_path: Path) -> None:
        (first,) = climb(tmp_path / "a.db", 1)
        assert first.settings == OWN
        assert first.number == 1
        far = (60 - 12) / 10 + 0.6
        assert first.scores == pytest.approx((-far, 10 - far, 20 - far, 30 - far))
        assert first.score == pytest.approx(15 - far)

    def test_the_search_finds_the_hill(self, unbroken: list[TrialResult]) -> None:
        best = found(*unbroken, own=OWN).best
        assert best.score is not None
        assert best.score > 15 - 0.5
        assert abs(best.settings["leaves"] - BEST["leaves"]) <= 5
        for each in unbroken:
            for parameter in SPACE:
                assert parameter.low <= each.settings[parameter.name] <= parameter.high

    def test_what_is_not_promising_is_given_up(self, tmp_path: Path) -> None:
        """Not the first five, nor after a single origin; not only what cannot be fitted."""
        hill = Hill()
        tried = climb(tmp_path / "a.db", 14, hill)
        given_up = [each for each in tried if each.state == "pruned" and each.settings["row_share"] <= 0.85]
        hopeless = [each for each in tried if each.settings["row_share"] > 0.85]
        assert given_up
        assert hopeless
        assert all(each.number > 5 for each in given_up)
        assert {each.state for each in hopeless} == {"pruned"}
        assert all(each.score is None and each.scores == () for each in given_up + hopeless)
        complete = len(tried) - len(given_up) - len(hopeless)
        assert 4 * complete + len(hopeless) + 2 * len(given_up) <= hill.steps < 4 * len(tried)

    def test_a_book_too_small_for_the_config_itself_is_told(self, tmp_path: Path) -> None:
        own = OWN | {"row_share": 0.99}
        with open_study(f"sqlite:///{tmp_path}/a.db", "hill", SPACE, own, seed=5) as study:
            with pytest.raises(TooLittleDataError, match="rows are needed"):
                study.try_next(Hill())
            assert study.finished() == []
            assert study.lacks_own()

    def test_other_own_settings_are_tried_within_the_same_study(self, tmp_path: Path) -> None:
        before = climb(tmp_path / "a.db", 3)
        now = {"leaves": 63, "row_share": 0.06}
        with open_study(f"sqlite:///{tmp_path}/a.db", "hill", SPACE, now, seed=5) as study:
            assert study.finished() == before
            assert study.try_next(Hill()).settings == now
            assert study.finished()[-1].state == "complete"
            assert study.try_next(Hill()).settings not in (now, OWN)

    def test_another_seed_draws_other_settings(self, tmp_path: Path) -> None:
        with open_study(f"sqlite:///{tmp_path}/b.db", "hill", SPACE, OWN, seed=6) as study:
            other = [study.try_next(Hill()).settings for _ in range(3)]
        tried = [each.settings for each in climb(tmp_path / "a.db", 3)]
        assert other[0] == tried[0]
        assert all(here != there for here, there in zip(other[1:], tried[1:], strict=True))


def what_counts(trials: list[TrialResult]) -> list[TrialResult]:
    """Without how long they took."""
    return [replace(each, seconds=0.0) for each in trials]


class TestTakingUp:
    @pytest.mark.parametrize("dies_at", [7, 45])
    def test_after_a_kill_the_trials_are_those_of_an_unbroken_run(
        self, dies_at: int, unbroken: list[TrialResult], tmp_path: Path
    ) -> None:
        broken = tmp_path / "broken.db"
        ended = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "support.dying_tune", "hill", str(broken), str(dies_at), str(TRIALS)],
            cwd=TESTS,
            env=os.environ | {"PYTHONPATH": str(TESTS)},
            check=False,
            capture_output=True,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        with open_study(f"sqlite:///{broken}", "hill", SPACE, OWN, seed=5) as study:
            survived = study.finished()
            assert len(survived) < TRIALS
            assert study.forget_interrupted() == 1
            assert study.finished() == survived
        resumed = climb(broken, TRIALS)
        assert resumed[: len(survived)] == survived
        assert what_counts(resumed) == what_counts(unbroken)

    def test_an_interrupted_trial_leaves_nothing_behind(self, unbroken: list[TrialResult], tmp_path: Path) -> None:
        class Impatient(Hill):
            def step(self) -> None:
                super().step()
                if self.steps == 3:
                    raise KeyboardInterrupt

        climb(tmp_path / "a.db", 4)
        with pytest.raises(KeyboardInterrupt):
            climb(tmp_path / "a.db", 6, Impatient())
        assert what_counts(climb(tmp_path / "a.db", 8)) == what_counts(unbroken[:8])

    def test_a_second_process_is_told_of(self, tmp_path: Path) -> None:
        class Overtaken(Hill):
            def step(self) -> None:
                super().step()
                if self.steps == 2:
                    climb(tmp_path / "a.db", 2)

        climb(tmp_path / "a.db", 1)
        with pytest.raises(UserError, match="one process at a time"):
            climb(tmp_path / "a.db", 3, Overtaken())

    @pytest.mark.parametrize("uri", ["nodriver://user:secret@host/base", "sqlite:////proc/none/x.db"])
    def test_a_database_that_does_not_open_is_told_without_its_password(self, uri: str) -> None:
        with (
            pytest.raises(UserError, match=r"set tune\.storage_uri") as reported,
            open_study(uri, "a", SPACE, OWN, seed=1),
        ):
            pass
        assert "secret" not in str(reported.value)


class TestWhetherItIsBetter:
    def test_a_gain_above_its_standard_error(self) -> None:
        tuned = found(trial(1, 0.5, 0.5, 0.5), trial(2, 0.6, 0.7, 0.8), trial(3), own={"trees": 1})
        assert tuned.gain == pytest.approx(0.2)
        assert tuned.noise == pytest.approx(0.1 / 3**0.5)  # spread of 0.1, 0.2, 0.3 is 0.1
        assert tuned.is_better
        assert tuned.settings == {"trees": 2}

    def test_a_gain_within_its_standard_error_changes_nothing(self) -> None:
        tuned = found(trial(1, 0.5, 0.5, 0.5), trial(2, 0.9, 0.4, 0.4), own={"trees": 1})
        assert tuned.gain == pytest.approx(0.2 / 3)
        assert tuned.noise == pytest.approx((0.25 / 3) ** 0.5 / 3**0.5)  # of 0.4, -0.1, -0.1
        assert not tuned.is_better
        assert tuned.settings == {"trees": 1}

    def test_one_origin_cannot_tell_the_noise(self) -> None:
        tuned = found(trial(1, 0.5), trial(2, 0.9), own={"trees": 1})
        assert not tuned.is_better

    def test_nothing_better_was_found(self) -> None:
        tuned = found(trial(1, 0.5, 0.5), trial(2, 0.4, 0.4), trial(3, 0.5, 0.5), own={"trees": 1})
        assert tuned.best == tuned.own
        assert not tuned.is_better

    def test_the_lines_are_those_of_a_config(self) -> None:
        settings = {"trees": 2, "learning_rate": 0.0123, "l2": 5e-05}
        tuned = found(trial(1, 0.5, 0.5), trial(2, 0.9, 0.8, settings=settings), own={"trees": 1})
        lines = config_lines((tuned, replace(tuned, model="decline")))
        assert lines.splitlines()[1] == "  value: {trees: 2, learning_rate: 0.0123, l2: 5.0e-05}"
        assert yaml.safe_load(lines) == {"learners": {"value": settings, "decline": settings}}
        sections = {name: settings_ | {"leaves": 6} for name, settings_ in yaml.safe_load(lines)["learners"].items()}
        learners = small_config().model_dump()["learners"] | sections
        assert small_config(learners=learners).learners.decline.l2 == 5e-05


class TestBudget:
    def test_whichever_limit_is_reached_first(self) -> None:
        three = [trial(number, 0.5) for number in (1, 2, 3)]  # half a minute each
        for tune, spent in (
            ({"trials": 3}, True),
            ({"trials": 4}, False),
            ({"trials": 4, "minutes": 1.5}, True),
            ({"trials": 4, "minutes": 1.6}, False),
        ):
            assert _spent(three, small_config(tune=tune)) == spent

    @pytest.mark.parametrize(
        ("tracking", "given", "expected"),
        [
            ("sqlite:///mlruns/mlflow.db", None, "sqlite:///mlruns/optuna.db"),
            ("sqlite:////data/runs/mlflow.db", None, "sqlite:////data/runs/optuna.db"),
            ("sqlite:///mlflow.db", None, "sqlite:///optuna.db"),
            ("http://mlflow.bank:5000", None, "sqlite:///mlruns/optuna.db"),
            ("sqlite:///mlruns/mlflow.db", "sqlite:///elsewhere.db", "sqlite:///elsewhere.db"),
        ],
    )
    def test_trials_are_kept_beside_the_runs(self, tracking: str, given: str | None, expected: str) -> None:
        config = small_config(tune={"storage_uri": given})
        run = config.run.model_copy(update={"tracking_uri": tracking})
        assert storage_uri(config.model_copy(update={"run": run})) == expected


class TestPlan:
    BOOK = Book(
        name="lender",
        currency="EUR",
        tables={},
        quarantine=Path("none"),
        first_date=date(2018, 1, 1),
        known_until=date(2023, 1, 1),
        fingerprint="abc",
        counts=(),
        ignored_columns={},
    )

    def names(self, book: Book = BOOK, trees: int = 100, **sections: dict[str, object]) -> list[str]:
        learners = small_config().model_dump()["learners"]
        learners |= {"value": {"trees": trees}, "decline": {"trees": trees}}
        return [study.name for study in plan_tuning(book, small_config(learners=learners, **sections)).studies]

    def test_found_settings_can_be_taken_over_and_the_search_goes_on(self) -> None:
        known = self.names()
        assert [name.rpartition("-")[0] for name in known] == ["lender-value", "lender-decline"]
        assert self.names(trees=200) == known
        assert self.names(tune={"trials": 9, "minutes": 3.0, "storage_uri": "sqlite:///x.db"}) == known
        assert self.names(run={"threads": 2, "work_dir": "elsewhere"}) == known
        assert self.names(tune={"model": "decline"}) == known[1:]

    def test_what_changes_a_score_or_a_bound_begins_another_study(self) -> None:
        known = set(self.names())
        assert known.isdisjoint(self.names(replace(self.BOOK, fingerprint="abd")))
        assert known.isdisjoint(self.names(trees=2))  # bounds are wider
        for sections in ({"run": {"seed": 1}}, {"tune": {"origin_count": 2}}, {"decline": {"rule": "drop"}}):
            assert known.isdisjoint(self.names(**sections)), sections
        assert self.names(tune={"objective": "auc"})[1] not in known
        assert self.names(tune={"candidates": ["hurdle"]})[0] not in known

    def test_every_outcome_is_known_before_the_first_test_origin(self) -> None:
        config = small_config(tune={"origin_count": 3})
        plan = plan_tuning(self.BOOK, config)
        horizon = config.time.horizon_periods
        assert max(config.origins.test) > min(config.origins.test)
        assert plan.grid.start_of(max(plan.origins.learn) + horizon) == min(config.origins.test)
        assert len(plan.origins.out_of_time) == 3
        for asked in plan.origins.out_of_time:
            assert max(asked.early) + horizon <= asked.origin
