"""A credit officer's table of overrides, from the file to scores, explanation, what-if and figures."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.config.loading import load_config
from models.config.policy.policy import PolicyConfig
from models.config.root import Config
from models.errors import UserError
from models.explanation.history import read_client
from models.explanation.page import client_page
from models.explanation.story import ClientStory, explain_client
from models.notices import Severity
from models.overview.compute import book_overview
from models.pipeline.bundle import Bundle
from models.scoring.compute import predict_book
from models.scoring.publication import IN_SAMPLE
from models.scoring.report import Predicted
from models.scoring.scoring import ScoringBasis
from models.scoring.terminal import prediction_lines
from models.vocab import SilentProgress
from models.what_if.compute import tier_shift
from models.workspace.opening import open_book, open_bundle
from support.trained_lender import TrainedLender

DECEMBER, SECRET = date(2022, 12, 1), "Ponte Vecchio refinancing, see memo 14"
HEAD = "client_id,tier,reason,decided_by,decided_on,valid_until\n"
CAP = {
    "name": "overdue_10",
    "feature": "arrears_days",
    "above": 10,
    "at_most": "B",
    "because": {"en": "more than 10 days overdue", "zh": "逾期超过10天"},
}


@dataclass(frozen=True)
class Kept:
    """A run without overrides, the file of overrides, and the run with it."""

    config: Config
    bundle: Bundle
    plain: pd.DataFrame
    file: Path
    scores: pd.DataFrame
    run: Predicted
    raised: str
    lowered: str
    late: str
    logged: str


@pytest.fixture(scope="module")
def kept(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    root = tmp_path_factory.mktemp("overrides")
    bundle = capped(open_bundle(trained.config, "champion"))
    first = predict_book(
        trained.result.book, bundle, graded_as(bundle, trained.config), root / "plain", DECEMBER, how=IN_SAMPLE
    )
    plain = scores_of(first)
    free = plain.index[plain["tier_basis"] == "rule"]
    raised, lowered = (str(plain.loc[free].index[plain.loc[free, "tier"] == tier][0]) for tier in ("B", "AA"))
    late = str(plain.index[plain["tier_basis"] == "cap"][0])
    expired, to_come = (str(client) for client in free[plain.loc[free, "tier"] == "B"][1:3])
    file = root / "overrides.csv"
    lines = [
        f"{raised},AA,{quoted(SECRET)},L. Chen,2022-11-30,2023-06-01",
        f"{lowered},A,lawsuit feared,L. Chen,2022-10-01,2024-06-01",
        f"{lowered},B,lawsuit,L. Chen,2022-11-01,2023-06-01",
        f"{late},AA,promised to pay,L. Chen,2022-11-01,2023-06-01",
        f"{expired},AA,was new,L. Chen,2022-01-01,2022-12-01",
        f"{to_come},AA,is new,L. Chen,2022-12-01,2023-12-01",
    ]
    file.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    config = graded_as(bundle, load_config(trained.config_file, [f"book.overrides={file}"]))
    heard: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(listener)
    try:
        run = predict_book(
            open_book(config, None, SilentProgress()), bundle, config, root / "scores", DECEMBER, how=IN_SAMPLE
        )
    finally:
        logging.getLogger().removeHandler(listener)
    return Kept(config, bundle, plain, file, scores_of(run), run, raised, lowered, late, "\n".join(heard))


def graded_as(bundle: Bundle, config: Config) -> Config:
    """The config with the policy of a bundle: a run grades by that of its config."""
    return config.model_copy(update={"policy": bundle.models.policy.settings})


def quoted(text: str) -> str:
    return f'"{text}"'


def scores_of(run: Predicted) -> pd.DataFrame:
    return pq.read_table(run.folder / "scores.parquet").to_pandas().set_index("client_id")


def capped(bundle: Bundle) -> Bundle:
    """The bundle with a policy in which no client more than 10 days overdue is better than B."""
    policy = bundle.models.policy
    settings = PolicyConfig.model_validate(policy.settings.model_dump(mode="json") | {"caps": [CAP]})
    return replace(bundle, models=replace(bundle.models, policy=replace(policy, settings=settings)))


def test_a_counting_override_decides_the_tier_and_is_recorded(kept: Kept) -> None:
    row = kept.scores.loc[kept.raised]
    assert (row["tier"], row["tier_by_rule"], row["tier_basis"]) == ("AA", "B", "override")
    assert row["tier_reason"].startswith("AA: by override; the rules say B: ")
    assert row["override"] == {
        "state": "applied",
        "tier": "AA",
        "instead_of": "B",
        "by": "L. Chen",
        "on": date(2022, 11, 30),
        "until": date(2023, 6, 1),
        "reason": SECRET,
    }
    assert kept.scores.loc[kept.lowered, "tier"] == "B"


def test_no_override_lifts_a_cap_and_nobody_else_moves(kept: Kept) -> None:
    assert kept.scores.loc[kept.late, "tier"] == "B"
    assert kept.scores.loc[kept.late, "override"]["state"] == "held down by a cap"
    capped = "B at most: more than 10 days overdue (estimated from cashflows), whatever the override asks"
    assert kept.scores.loc[kept.late, "tier_reason"].startswith(capped)
    others = kept.scores.index.difference([kept.raised, kept.lowered])
    pd.testing.assert_series_equal(kept.scores.loc[others, "tier"], kept.plain.loc[others, "tier"])
    pd.testing.assert_series_equal(kept.scores["value"], kept.plain["value"])


def test_fates_are_counted_and_told(kept: Kept) -> None:
    manifest = json.loads((kept.run.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["overrides"] == kept.run.overrides
    assert kept.run.overrides == {
        "applied": 2,
        "agrees with the rules": 0,
        "held down by a cap": 1,
        "expired": 1,
        "not yet decided": 1,
        "up": 1,
        "down": 1,
        "of clients not scored": 0,
        "replaced by a later one": 1,
    }
    reported = (
        "6: 2 applied, 1 held down by a cap, 1 expired, 1 not yet decided, 1 replaced by a later one; 1 up, 1 down"
    )
    assert f" overrides {reported} warnings " in " ".join(" ".join(prediction_lines(kept.run)).split())


def test_overrides_belong_to_the_run_key_and_their_reasons_to_no_log(kept: Kept, trained: TrainedLender) -> None:
    kept_text, file = kept.file.read_text(encoding="utf-8"), kept.file.with_name("other.csv")
    file.write_text(kept_text.replace("lawsuit", "lawsuits"), encoding="utf-8")
    config = load_config(trained.config_file, [f"book.overrides={file}"])
    again = open_book(kept.config, None, SilentProgress())
    other = open_book(config, None, SilentProgress())
    assert other.fingerprint != again.fingerprint
    assert again.fingerprint != trained.result.book.fingerprint
    assert SECRET not in kept.logged
    manifest = (kept.run.folder / "manifest.json").read_text(encoding="utf-8")
    assert SECRET not in manifest
    assert kept.raised not in manifest


def story(kept: Kept, client: str, **words: Any) -> ClientStory:
    book = open_book(kept.config, None, SilentProgress())
    past = read_client(
        ScoringBasis.of(book, kept.bundle, kept.config, DECEMBER, earlier=kept.run.folder.parent), client
    )
    return explain_client(book, kept.bundle, past, kept.config, None, lang=words.get("lang", "en"))


def test_the_explanation_of_a_client_tells_who_asked_and_why(kept: Kept) -> None:
    reported = story(kept, kept.raised)
    assert reported.scores.tier == "AA"
    page = client_page(reported)
    assert f"AA asked for by L. Chen on 30 November 2022 until 1 June 2023: {SECRET}" in page
    assert "人工调整" in client_page(story(kept, kept.raised, lang="zh"))


def test_what_if_grades_with_overrides_on_both_sides(kept: Kept) -> None:
    book = open_book(kept.config, None, SilentProgress())
    asked = tier_shift(book, kept.bundle, kept.config, (), DECEMBER)
    plain = tier_shift(replace(book, tables=without(book.tables)), kept.bundle, kept.config, (), DECEMBER)
    assert asked.moved == plain.moved == 0
    assert [sum(row) for row in asked.clients] != [0, 0, 0]
    assert asked.overridden == 3
    assert plain.overridden == 0


def without(tables: Mapping[str, Path]) -> dict[str, Path]:
    return {name: path for name, path in tables.items() if name != "overrides"}


def test_the_overview_counts_them(kept: Kept) -> None:
    book = open_book(kept.config, None, SilentProgress())
    reported = book_overview(book, kept.config, kept.run.folder).overrides
    assert (reported.clients, reported.up, reported.down) == (3, 1, 1)
    assert reported.share == pytest.approx(3 / len(kept.scores))
    assert [row.client_id for row in reported.largest] == sorted(
        [kept.raised, kept.lowered, kept.late], key=lambda client: -kept.scores.loc[client, "value"]
    )


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        (
            "acme,AAA,why not,L. Chen,2022-01-01,2023-01-01",
            "overrides.tier must be one of the allowed words: 1",
        ),
        ("acme,AA, ,L. Chen,2022-01-01,2023-01-01", "overrides.reason must be filled: 1"),
        ("acme,AA,why not,,2022-01-01,2023-01-01", "overrides.decided_by must be filled: 1"),
        ("acme,AA,why not,L. Chen,2022-13-01,2023-01-01", "overrides.decided_on must be a date: 1"),
        ("acme,AA,why not,L. Chen,2022-01-01,2021-01-01", "overrides.valid_until must not lie before"),
        ("nobody,AA,why not,L. Chen,2022-01-01,2023-01-01", "overrides.client_id must stand in the table it refers to"),
    ],
)
def test_a_bad_row_is_refused_alone_with_its_reason_and_stops_nobody(
    trained: TrainedLender, tmp_path: Path, line: str, reported: str
) -> None:
    file = tmp_path / "overrides.csv"
    file.write_text(f"{HEAD}{line}\n", encoding="utf-8")
    book = open_book(load_config(trained.config_file, [f"book.overrides={file}"]), None, SilentProgress())
    [notice] = [each for each in book.notices if each.subject == "overrides"]
    assert (notice.severity, notice.count) == (Severity.WARNING, 1)
    assert reported in f"overrides.{notice.found.partition('(')[2]}"
    refused = pq.read_table(book.quarantine).to_pylist()
    assert [row["source_row"] for row in refused if row["table"] == "overrides"] == [1]


def test_two_places_of_overrides_and_a_file_that_is_not_there_are_refused(
    trained: TrainedLender, tmp_path: Path
) -> None:
    file = tmp_path / "overrides.csv"
    config = load_config(trained.config_file, [f"book.overrides={file}"])
    with pytest.raises(UserError, match=r"overrides\.csv"):
        open_book(config, None, SilentProgress())
    file.write_text(HEAD, encoding="utf-8")
    book = tmp_path / "book"
    book.mkdir()
    for table in trained.book.iterdir():
        (book / table.name).symlink_to(table)
    (book / "overrides.csv").symlink_to(file)
    with pytest.raises(UserError, match="overrides must stand in one place"):
        open_book(config, str(book), SilentProgress())
    alone = open_book(trained.config, str(book), SilentProgress())
    assert "overrides" in alone.tables
