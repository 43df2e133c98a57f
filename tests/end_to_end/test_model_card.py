"""The card of a version: kept with it in MLflow, printed anew with what was decided since, as a page that fits."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.artifacts import download_artifacts
from mlflow.tracking import MlflowClient

from end_to_end.conftest import Command
from models.card.compute import model_card
from models.card.job import card
from models.card.page import card_page
from models.card.report import CardSource, CardVerdict, FairnessGroup, ModelCard
from models.card.text import card_markdown, card_sections, short_description
from models.config.places import SCORES_FOLDER, work_dir
from models.evaluation.text import Judgement
from models.pipeline.bundle import read_report
from models.publications.ledger import Act, Deed, PublicationLedger
from models.tracking.mlflow import Tracking
from support.browser import BROWSER, Tags, width_in
from support.trained_lender import TrainedLender

MODEL = "clientvalue-lender"


def client_of(trained: TrainedLender) -> MlflowClient:
    store = trained.config.run.tracking_uri
    return MlflowClient(tracking_uri=store, registry_uri=store)


@pytest.fixture(scope="session")
def made(trained: TrainedLender, tmp_path_factory: pytest.TempPathFactory) -> ModelCard:
    return card(trained.config, version="1", out=tmp_path_factory.mktemp("card")).card


def test_a_version_is_registered_with_its_card(trained: TrainedLender, tmp_path: Path) -> None:
    client = client_of(trained)
    version = client.get_model_version(MODEL, "1")
    model = client.get_logged_model(Tracking(trained.config).find("1").model_id)
    for place in (client.get_run(str(version.run_id)).info.artifact_uri, model.artifact_location):
        for name in ("card.md", "card.html"):
            kept = download_artifacts(artifact_uri=f"{place}/{name}", tracking_uri=trained.config.run.tracking_uri)
            assert "clientvalue-lender version 1" in Path(kept).read_text(encoding="utf-8"), (place, name)
    text = str(version.description)
    assert text.startswith("To say of each client of the lender book what it is worth within 6 months")
    assert "Owner: not named: set card.owner in the config." in text
    assert model.tags["mlflow.note.content"] == text


def test_the_card_says_what_the_report_says_red_first(trained: TrainedLender, made: ModelCard) -> None:
    report = trained.result.report
    judgements = [verdict.judgement for verdict in made.verdicts]
    assert judgements[: made.wrong] == [Judgement.WRONG] * made.wrong
    assert Judgement.WRONG not in judgements[made.wrong :]
    assert made.wrong == sum(
        len(origin.parts.findings.wrong) + sum(len(each.worse_than) > 0 for each in origin.parts.verdicts.values())
        for origin in report.origins
    )
    assert made.terms == report.terms
    assert {figure.as_of for figure in made.figures} == {origin.as_of for origin in report.origins}
    first = next(figure for figure in made.figures if figure.target == "decline")
    newest = max(report.origins, key=lambda origin: origin.as_of)
    assert first.estimate == newest.decline.metrics["ours"]["auc"].estimate
    others = {name: each["auc"].estimate for name, each in newest.decline.metrics.items() if name != "ours"}
    assert (first.best_other, first.other) == (max(others, key=others.__getitem__), max(others.values()))
    assert made.data == trained.result.book.fingerprint
    assert made.version.bundle == trained.result.bundle_key


def test_fairness_is_told_by_what_the_book_tells(trained: TrainedLender, made: ModelCard) -> None:
    newest = max(trained.result.report.origins, key=lambda origin: origin.as_of)
    assert set(made.fairness) == {"region", "size"}  # the book has a country, and no ownership
    assert made.not_told == ("ownership",)
    assert [each.name for each in made.fairness["region"]] == [each.name for each in newest.parts.errors["country"]]
    assert sum(each.clients for each in made.fairness["size"]) == newest.clients
    (section,) = [each for each in card_sections(made) if each.key == "fairness"]
    assert [line.said for line in section.lines] == ["Not looked at by ownership: the book does not tell it."]


def test_a_group_that_is_off_by_more_than_chance_stands_in_red(made: ModelCard) -> None:
    known = {"foreseen": 0.4, "realised": 0.1, "low": 0.05, "high": 0.19}
    group = FairnessGroup(name="a | <b>", clients=80, total_ratio=None, auc=None, is_off=True, **known)
    changed = replace(made, fairness={"region": (group, replace(group, name="fine", is_off=False))})
    markdown = card_markdown(changed)
    assert "| **a \\| \\<b\\>** | **80** | **40.0%** | **10.0% (5.0% to 19.0%)** | **–** | **–** |" in markdown
    assert "| fine | 80 | 40.0% |" in markdown
    page = card_page(changed)
    assert page.count('<tr class="bad">') + page.count("<tr class=bad>") == 1
    assert "a | &lt;b&gt;" in page


def test_the_first_lines_name_what_is_wrong(made: ModelCard) -> None:
    wrong = CardVerdict(as_of=made.known_until, judgement=Judgement.WRONG, said="Too much *is* foreseen.")
    bad = replace(made, verdicts=(wrong, *(each for each in made.verdicts if each.judgement is not Judgement.WRONG)))
    assert "1 finding of something wrong" in short_description(bad)
    assert "- **wrong** (2023-01-01) Too much \\*is\\* foreseen." in short_description(bad)
    sound = replace(bad, verdicts=bad.verdicts[1:])
    assert "nothing is found wrong" in short_description(sound)
    assert "**wrong**" not in short_description(sound)
    many = replace(made, verdicts=(replace(wrong, said="Too much is foreseen. " * 10),) * 40)
    assert "- 30 more" in short_description(many)
    assert len(short_description(replace(many, purpose="Ranks. " * 2_000))) == 5_000


def test_what_was_decided_since_and_what_people_know_stands_on_the_card(
    trained: TrainedLender, tmp_path: Path, command: Command
) -> None:
    """With a ledger beside other results, so that the lender's own is left as it is."""
    there = trained.config.run.model_copy(update={"work_dir": str(tmp_path)})
    config = trained.config.model_copy(update={"run": there})
    (approval,) = card(config, version="1").card.approvals
    assert (approval.act, approval.why) == ("made champion", "the first version")
    key = trained.result.bundle_key
    ledger = PublicationLedger(work_dir(config) / SCORES_FOLDER)
    ledger.record(Deed(act=Act.PROMOTED, bundle=key, version="1", why="better by AUC"))
    ledger.record(Deed(act=Act.PROMOTED, bundle="another", version="2", why="not this one"))
    arguments = ("card", "1", "--config", trained.config_file, "--set", f"run.work_dir={tmp_path}")
    owned = ("--set", "card.owner=Model risk, room 3", "--set", "card.purpose=Ranks borrowers.")
    printed = command(*arguments, *owned)
    assert printed.code == 0, printed.err
    assert "better by AUC" in printed.out
    assert "not this one" not in printed.out
    assert "owner: Model risk, room 3" in printed.out
    assert "Ranks borrowers." in printed.out
    document = json.loads(command(*arguments, "--json").out)
    assert [each["why"] for each in document["approvals"]] == ["better by AUC"]
    assert (work_dir(config) / "card.md").is_file()


def test_a_version_whose_place_was_taken_says_so(trained: TrainedLender, made: ModelCard) -> None:
    tags = {
        "champion_because": "the first version",
        "champion_by": "ann",
        "champion_since": "2026-01-01T00:00:00Z",
        "champion_until": "2026-03-01T00:00:00Z",
        "champion_ended_because": "the gate holds",
    }
    source = read_report(trained.result.bundle, CardSource, whole=False)
    ended = model_card(source, made.version, trained.config, tags=tags, entries=(), graded=trained.config)
    assert [(each.act, each.why) for each in ended.approvals] == [
        ("made champion", "the first version"),
        ("no longer champion", "the gate holds"),
    ]


def test_a_version_that_is_not_there_is_told(trained: TrainedLender, command: Command) -> None:
    outcome = command("card", "77", "--config", trained.config_file)
    assert outcome.code == 2
    assert "clientvalue-lender must have the version or alias that is asked for" in outcome.err


def test_what_people_say_of_models_decides_no_number(trained: TrainedLender) -> None:
    said = trained.config.card.model_copy(update={"owner": "somebody"})
    assert trained.config.model_copy(update={"card": said}).meaning() == trained.config.meaning()


@pytest.mark.skipif(BROWSER is None, reason="no browser here")
@pytest.mark.parametrize("width", [1200, 390])
def test_the_page_fits_its_window(made: ModelCard, tmp_path: Path, width: int) -> None:
    page = tmp_path / "card.html"
    page.write_text(card_page(made), encoding="utf-8")
    tags = Tags(page.read_text(encoding="utf-8"))
    assert {link.removeprefix("#") for link in tags.links if link.startswith("#")} <= set(tags.ids)
    assert "script" not in tags.tags
    assert width_in(page, tmp_path, width=width) <= width
