"""A head of client management asks who moved since the last run, and by what: on runs that were really made."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.config.loading import load_config
from models.config.places import work_dir
from models.config.root import Config
from models.errors import UserError
from models.movers.job import cell_of, movers
from models.movers.reading import MoversAsked, read_matrix, read_movers
from models.movers.report import MoveMatrix
from models.movers.terminal import moves_summary
from models.movers.text import cause_meaning, cause_name, matrix_title
from models.publications.past import official_runs
from models.publications.previous import POLICY_FILE
from models.scoring.compute import predict_book
from models.scoring.publication import IN_SAMPLE
from models.shell.console import out as console
from models.text import Language
from models.workspace.opening import open_bundle
from support.refusals import check_refusals
from support.trained_lender import TrainedLender

JUNE, SEPTEMBER, DECEMBER = date(2022, 6, 1), date(2022, 9, 1), date(2022, 12, 1)


@dataclass(frozen=True)
class ThreeRuns:
    """June and September by one policy, December by one that bears less decline."""

    config: Config
    out: Path
    bearable: float

    def folder(self, day: date) -> Path:
        return next(run.folder for run in official_runs(self.out) if run.as_of == day)

    def tiers(self, day: date) -> pd.Series:
        return pq.read_table(self.folder(day) / "scores.parquet").to_pandas().set_index("client_id")["tier"]


@pytest.fixture(scope="module")
def runs(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> ThreeRuns:
    out = tmp_path_factory.mktemp("moves")
    bundle, config = open_bundle(trained.config, "champion"), trained.config
    for day in (JUNE, SEPTEMBER):
        predict_book(trained.result.book, bundle, config, out, day, how=IN_SAMPLE)
    found = ThreeRuns(config, out, 0.0)
    scores = pq.read_table(found.folder(SEPTEMBER) / "scores.parquet").to_pandas()
    bearable = 0.999 * float(scores.loc[scores["tier"] == "AA", "decline_probability"].quantile(0.3))
    other = load_config(trained.config_file, [f"tiers.aa_max_decline={bearable}"])
    predict_book(trained.result.book, bundle, other, out, DECEMBER, how=IN_SAMPLE)
    return ThreeRuns(config, out, bearable)


def counted(matrix: MoveMatrix) -> dict[tuple[str, str], int]:
    return {(each.before, each.tier): each.clients for each in matrix.cells}


def of_scores(before: pd.Series, now: pd.Series) -> dict[tuple[str, str], int]:
    both = pd.concat([before.rename("before"), now.rename("now")], axis=1).fillna("")
    return dict(Counter(zip(both["before"].astype(str), both["now"].astype(str), strict=True)))


def test_every_cell_holds_the_clients_that_the_scores_say(runs: ThreeRuns) -> None:
    matrix = read_matrix(runs.folder(SEPTEMBER))
    assert counted(matrix) == of_scores(runs.tiers(JUNE), runs.tiers(SEPTEMBER))
    assert (matrix.as_of_before, matrix.same_bundle, matrix.same_policy) == (JUNE, True, True)
    for cell in matrix.cells:
        found = read_movers(runs.folder(SEPTEMBER), MoversAsked(tier_before=cell.before, tier=cell.tier, limit=3))
        assert found.total == (cell.clients if cell.before != cell.tier else 0)
        assert len(found.rows) == min(3, found.total)
        values = [each.value if each.value is not None else each.value_before or 0.0 for each in found.rows]
        assert values == sorted(values, reverse=True)
        assert sum(cell.causes.values()) == found.total == sum(cell.parts.values())


def test_by_one_policy_and_one_model_data_did_it_and_by_another_policy_that(runs: ThreeRuns) -> None:
    assert {each for cell in read_matrix(runs.folder(SEPTEMBER)).cells for each in cell.causes} == {"data"}
    matrix = read_matrix(runs.folder(DECEMBER))
    assert matrix.same_policy is False
    causes = Counter[str]()
    for cell in matrix.cells:
        causes.update(cell.causes)
    assert causes["policy"] > 0
    assert causes["data"] > 0
    assert set(causes) <= {"data", "policy", "several"}
    for each in read_movers(runs.folder(DECEMBER), MoversAsked(cause="policy")).rows:
        assert each.part in ("decline_risk", "policy")


def test_between_two_dates_that_do_not_build_on_each_other_moves_are_computed(runs: ThreeRuns) -> None:
    asked = MoversAsked(limit=5)
    found = movers(runs.config, asked=asked, since=JUNE, as_of=DECEMBER, scores=runs.out)
    assert counted(found.report.matrix) == of_scores(runs.tiers(JUNE), runs.tiers(DECEMBER))
    published = movers(runs.config, asked=asked, as_of=SEPTEMBER, scores=runs.out)
    computed = movers(runs.config, asked=asked, as_of=SEPTEMBER, since=JUNE, scores=runs.out)
    assert computed == published
    with pytest.raises(UserError, match="earlier run"):
        movers(runs.config, asked=asked, as_of=JUNE, since=DECEMBER, scores=runs.out)
    with pytest.raises(UserError, match="official run"):
        movers(runs.config, asked=asked, as_of=date(2022, 7, 1), scores=runs.out)


def test_a_reader_of_a_portfolio_sees_only_its_movers(runs: ThreeRuns) -> None:
    everybody = read_movers(runs.folder(SEPTEMBER), MoversAsked())
    mine = [each.client_id for each in everybody.rows][:4]
    found = read_movers(runs.folder(SEPTEMBER), MoversAsked(clients=[*mine, "of nobody"], offset=1, limit=2))
    assert (found.total, [each.client_id for each in found.rows]) == (4, mine[1:3])


def test_who_refused_since_is_among_no_movers(runs: ThreeRuns, tmp_path: Path) -> None:
    everybody = read_movers(runs.folder(SEPTEMBER), MoversAsked())
    one = everybody.rows[0].client_id
    run = runs.config.run.model_copy(update={"work_dir": str(tmp_path)})
    config = runs.config.model_copy(update={"run": run})
    check_refusals(work_dir(config), one)
    for since in (None, JUNE):
        found = movers(config, asked=MoversAsked(), as_of=SEPTEMBER, since=since, scores=runs.out).report.clients
        assert found.total == everybody.total - 1
        assert one not in {each.client_id for each in found.rows}


def test_the_matrix_counts_nobody_who_refused_since(runs: ThreeRuns, tmp_path: Path) -> None:
    """One who moved and one who stayed are out of their cells, with what they are worth; all other cells stand."""
    mover = read_movers(runs.folder(SEPTEMBER), MoversAsked()).rows[0]
    before, now = runs.tiers(JUNE), runs.tiers(SEPTEMBER)
    stayer = next(client for client, tier in now.items() if before.get(client) == tier)
    config = runs.config.model_copy(
        update={"run": runs.config.run.model_copy(update={"work_dir": str(tmp_path / "refused")})}
    )
    whole = read_matrix(runs.folder(SEPTEMBER))
    check_refusals(work_dir(config), mover.client_id, stayer)
    found = movers(config, asked=MoversAsked(), as_of=SEPTEMBER, scores=runs.out).report.matrix
    cell = (mover.tier_before or "", mover.tier or "")
    gone = Counter([cell, (now[stayer], now[stayer])])
    assert counted(found) == {
        place: left for place, count in counted(whole).items() if (left := count - gone[place]) > 0
    }
    ours, theirs = (each.cell(*cell) for each in (found, whole))
    if ours is not None and theirs is not None and theirs.value is not None:
        assert ours.value == pytest.approx(theirs.value - (mover.value or 0.0))
        assert sum(ours.causes.values()) == sum(theirs.causes.values()) - 1
    stood = found.cell(now[stayer], now[stayer])
    assert stood is None or stood.value_before is None


@pytest.mark.parametrize(("language", "words"), [("en", "who did it"), ("zh", "变动来源")])
def test_the_terminal_shows_matrix_and_movers(
    runs: ThreeRuns, language: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = movers(runs.config, asked=cell_of(None, limit=3), as_of=SEPTEMBER, scores=runs.out)
    for part in moves_summary(found.report, found.policy, Language(language)):
        console.print(part)
    assert words in capsys.readouterr().out


def test_each_cause_is_said_in_both_languages() -> None:
    for language in (Language("en"), Language("zh")):
        for cause in ("data", "model", "policy", "people", "data or model", "several", None):
            assert cause_name(cause, language)
            assert cause_meaning(cause, language)


def test_the_policy_that_graded_is_left_with_the_run(runs: ThreeRuns) -> None:
    held = [json.loads((runs.folder(day) / POLICY_FILE).read_text(encoding="utf-8")) for day in (SEPTEMBER, DECEMBER)]
    assert [each["cut_offs"]["decline_risk"][0] for each in held][1] == runs.bearable
    first = read_matrix(runs.folder(JUNE))
    assert "2022" in matrix_title(first, Language("en"))
    assert first.cells == ()


def test_a_cell_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(UserError, match="BEFORE:NOW"):
        cell_of("AA", limit=1)
