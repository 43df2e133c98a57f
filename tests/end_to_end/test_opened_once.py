"""A run sums one ledger, a tier setting re-reads nothing, and the second client that is explained opens nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest

from models.book import checking
from models.explanation.job import client_story, story_of
from models.panel import prepare
from models.scoring import scoring, workspace
from models.scoring.job import predict
from models.scoring.workspace import Workspace
from models.store import entries
from models.training.job import train
from models.workspace import opening
from support.lending_book import lender_in
from support.trained_lender import TrainedLender

COUNTED: dict[str, tuple[tuple[Any, str], ...]] = {
    "books checked": ((checking, "check_book"),),
    "ledgers summed": ((prepare, "write_ledger"),),
    "books opened": ((opening, "load_book"),),
    "bundles read": ((opening, "read_bundle"),),
    "ledgers opened": ((scoring, "kept_book"),),
    "published scores read": ((scoring, "settled_scores"), (scoring, "read_manifest")),
    "publications looked at": ((workspace, "publication_notices"),),
}


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each thing is done within."""
    done: Counter[str] = Counter()
    with monkeypatch.context() as patch:
        for what, places in COUNTED.items():
            for module, name in places:
                patch.setattr(module, name, counted(getattr(module, name), what, done))
        yield done


def counted(function: Callable[..., Any], what: str, done: Counter[str]) -> Callable[..., Any]:
    @wraps(function)
    def noted(*arguments: Any, **more: Any) -> Any:
        done[what] += 1
        return function(*arguments, **more)

    return noted


def test_train_and_predict_sum_one_ledger_and_a_tier_setting_no_other(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "_SETTLED_SECONDS", -1.0)  # the files of a test are always young
    lender = lender_in(tmp_path_factory.mktemp("once"))
    with counting(monkeypatch) as run:
        trained = train(lender.config)
        predict(lender.config, book=trained.book, bundle=trained.version)
    assert (run["books checked"], run["ledgers summed"]) == (1, 1)
    other = lender.config.model_copy(update={"tiers": lender.config.tiers.model_copy(update={"aa_share": 0.2})})
    with counting(monkeypatch) as again:
        predict(other, bundle=trained.version)
        train(other)
    assert (again["books checked"], again["ledgers summed"]) == (0, 0)


def test_the_second_client_opens_nothing_again(trained: TrainedLender, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = trained.column("client_id")[:2]
    with counting(monkeypatch) as opened:
        here = Workspace.of(trained.config)
        stories = [story_of(here, first)]
        before = Counter(opened)
        stories.append(story_of(here, second))
    assert before["books opened"] == before["bundles read"] == before["ledgers opened"] == 1
    assert before["published scores read"] > 0
    assert opened == before
    for client, story in zip((first, second), stories, strict=True):
        assert story == replace(client_story(trained.config, client), curve=story.curve)


def test_what_is_published_later_is_seen_by_a_workspace_opened_later(trained: TrainedLender) -> None:
    here = Workspace.of(trained.config)
    assert here.bundle() is here.bundle()
    assert here.book is here.book
    assert here.basis() is here.basis(as_of=here.book.known_until)
    assert Workspace.of(trained.config).bundle() is not here.bundle()
