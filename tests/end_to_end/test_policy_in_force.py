"""Shares of a policy that came after training are settled once, on what the models had not seen and nothing later."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from models.config.loading import load_config
from models.config.root import Config
from models.errors import ConfigError
from models.grading.fitted import shares_to_settle
from models.pipeline.bundle import Bundle
from models.scoring.blocks import BlockScorer
from models.scoring.policy_in_force import policy_in_force
from models.vocab import SilentProgress
from models.workspace.opening import open_book, open_bundle
from support.lending_book import drawn_tables, write_tables
from support.trained_lender import TrainedLender

OCTOBER = date(2022, 10, 1)


@pytest.fixture(scope="module")
def bundle(trained: TrainedLender) -> Bundle:
    return open_bundle(trained.config, "champion")


def config_with(trained: TrainedLender, root: Path, *settings: str) -> Config:
    return load_config(trained.config_file, [f"run.work_dir={root}", *settings])


def cut_offs(bundle: Bundle) -> dict[str, tuple[float, ...]]:
    return dict(bundle.models.policy.cut_offs)


def test_the_policy_of_the_models_is_left_as_it_was_fitted(bundle: Bundle, trained: TrainedLender) -> None:
    found = policy_in_force(trained.result.book, bundle, trained.config, OCTOBER)
    assert found.bundle is bundle
    assert found.settled_at is None
    assert found.facts()["graded_by"] == "bundle"


def test_levels_that_stay_keep_their_cut_offs_and_a_fixed_one_asks_for_no_client(
    bundle: Bundle, trained: TrainedLender, tmp_path: Path
) -> None:
    config = config_with(trained, tmp_path, "tiers.aa_max_decline=0.11")
    found = policy_in_force(trained.result.book, bundle, config, OCTOBER)
    assert found.settled_at is None
    before, after = cut_offs(bundle), cut_offs(found.bundle)
    assert after["expected_value"] == before["expected_value"]
    assert after["decline_risk"][0] == 0.11
    assert shares_to_settle(bundle.models.policy, config.grading) == ()


def test_what_came_after_the_as_of_date_settles_no_share(
    bundle: Bundle, trained: TrainedLender, tmp_path: Path
) -> None:
    config = config_with(trained, tmp_path, "tiers.aa_share=0.2")
    whole = policy_in_force(trained.result.book, bundle, config, OCTOBER)
    assert whole.settled_at == OCTOBER
    tables = drawn_tables()
    flows = tables["cashflows"]
    early = flows[pd.to_datetime(flows["date"]) < pd.Timestamp(OCTOBER)]
    place = write_tables(tmp_path / "early", tables | {"cashflows": early})
    cut = config_with(trained, tmp_path, "tiers.aa_share=0.2", f"book.path={place}", "book.known_until=2022-10-01")
    known = policy_in_force(open_book(cut, None, SilentProgress()), bundle, cut, OCTOBER)
    assert cut_offs(known.bundle) == cut_offs(whole.bundle) != cut_offs(bundle)


def test_the_day_that_settles_belongs_to_the_models_and_does_not_move(
    bundle: Bundle, trained: TrainedLender, tmp_path: Path
) -> None:
    config = config_with(trained, tmp_path, "tiers.aa_share=0.2")
    book, until = trained.result.book, bundle.models.learned.until
    first, later = (policy_in_force(book, bundle, config, until + timedelta(days=days)) for days in (0, 200))
    assert (first.settled_at, later.settled_at) == (until, until)
    assert cut_offs(first.bundle) == cut_offs(later.bundle)


def test_a_process_that_scores_blocks_is_given_the_policy_that_grades(
    bundle: Bundle, trained: TrainedLender, tmp_path: Path
) -> None:
    config = config_with(trained, tmp_path, "tiers.aa_max_decline=0.11")
    serving = policy_in_force(trained.result.book, bundle, config, OCTOBER).bundle
    sent = BlockScorer.__new__(BlockScorer)
    sent._folder, sent._policy = bundle.folder, serving.models.policy
    assert sent._read().models.policy == serving.models.policy != bundle.models.policy


def test_a_policy_that_looks_at_what_the_models_do_not_know_is_refused(
    bundle: Bundle, trained: TrainedLender, tmp_path: Path
) -> None:
    policy = trained.config.grading.model_dump(mode="json")
    policy["dimensions"]["rate"] = {
        "label": {"en": "rate", "zh": "利率"},
        "criteria": [{"feature": "surveyed_last", "worst": 1, "best": 0}],
    }
    config = config_with(trained, tmp_path)
    unknown = config.model_copy(update={"policy": type(config.grading).model_validate(policy)})
    with pytest.raises(ConfigError, match="surveyed_last"):
        policy_in_force(trained.result.book, bundle, unknown, OCTOBER)
