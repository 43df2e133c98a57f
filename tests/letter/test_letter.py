"""The letter of a client: in plain words, of its own figures alone, the same bytes again, on two sides of paper."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from models.config.root import Config
from models.errors import UnknownClientError, UserError
from models.explanation.job import client_story
from models.explanation.story import ClientStory
from models.grading.report import GradeReport
from models.letter.compute import graded_letter, weighed_in
from models.letter.job import client_letter, letter_of
from models.letter.page import letter_page, write_letter_page
from models.letter.report import ClientLetter, sealed
from models.letter.terminal import show
from models.scoring.workspace import Workspace
from models.text import ENGLISH, Language, languages
from support.browser import BROWSER, Tags, printed_pages, width_in
from support.graded import PROJECT_FINANCE
from support.letters import LETTERS, SOUND, grade_of
from support.trained_lender import TrainedLender

CHINESE = Language("zh")
GRADES: dict[str, GradeReport] = {
    "best": grade_of(**SOUND),
    "capped": grade_of(**SOUND, arrears=44),
    "in arrears": grade_of(value=9.5e6, pd_last=0.05, arrears=25),
    "weak credit": grade_of(value=9.5e6, pd_last=0.09, accounts_leverage=7.5),
    "by a person": grade_of(**SOUND, override="B"),
    "unknown": grade_of(
        pd_last=float("nan"),
        pd_age_days=float("nan"),
        accounts_leverage=float("nan"),
        accounts_interest_cover=float("nan"),
        arrears=float("nan"),
    ),
    "of little worth": grade_of(value=1e3),
}
BANKER = re.compile(r"\b(SHAP|LightGBM|boost\w*|PD|LGD|EAD|score[sd]?|peers?|other clients)\b", re.IGNORECASE)
ALLOWED_NUMBERS = {"24", "22", "30", "15"}
"""Of articles and deadlines."""


@pytest.fixture(scope="module")
def config(trained: TrainedLender) -> Config:
    return trained.config.model_copy(update={"letter": LETTERS})


@pytest.fixture(scope="module")
def workspace(config: Config) -> Workspace:
    return Workspace.of(config)


@pytest.fixture(scope="module")
def stories(trained: TrainedLender) -> dict[Language, ClientStory]:
    client = trained.column("client_id")[3]
    return {lang: client_story(trained.config, client, lang=lang) for lang in (ENGLISH, CHINESE)}


def written(stories: dict[Language, ClientStory], grade: GradeReport, lang: Language = ENGLISH) -> ClientLetter:
    return graded_letter(replace(stories[lang], grade=grade), PROJECT_FINANCE, LETTERS)


def said(letter: ClientLetter) -> str:
    parts = (letter.opening, letter.decided, letter.steps_note, *letter.rights)
    return " ".join([*parts, *(each.sentence for each in (*letter.reasons, *letter.steps))])


def test_a_client_in_arrears_reads_how_long_and_is_asked_to_pay(stories: dict[Language, ClientStory]) -> None:
    english, chinese = (written(stories, GRADES["in arrears"], lang) for lang in (ENGLISH, CHINESE))
    assert "Payments to us are overdue, by at least 25 days." in [each.sentence for each in english.reasons]
    assert english.steps[0].sentence.startswith("Pay what is overdue.")
    assert "贵方对我行有逾期款项，至少逾期25天。" in [each.sentence for each in chinese.reasons]


def test_an_aa_client_reads_why_it_is_aa(stories: dict[Language, ClientStory]) -> None:
    letter = written(stories, GRADES["best"])
    assert "Your credit rating is good." in [each.sentence for each in letter.reasons]
    assert letter.steps == ()
    assert letter.steps_note == "It is the best grade; there is nothing that you need to do."


def test_a_capped_client_reads_that_nothing_else_lifts_the_grade(stories: dict[Language, ClientStory]) -> None:
    letter = written(stories, GRADES["capped"])
    assert letter.reasons[0].sentence == "Payments to us are overdue, by at least 44 days."
    assert [each.topic for each in letter.steps] == ["arrears"]
    assert letter.steps_note == "As long as this lasts, nothing else changes the grade."
    assert letter.decided.startswith("A limit holds the grade")


def test_a_client_reads_that_a_person_decided_and_not_who_or_why(stories: dict[Language, ClientStory]) -> None:
    letter = written(stories, GRADES["by a person"])
    assert letter.decided.startswith("A person decided on the grade")
    assert len(letter.reasons) == 1
    page = letter_page(letter)
    assert "Chen" not in page
    assert "sponsor" not in page


def test_own_figures_stand_with_their_reasons(stories: dict[Language, ClientStory]) -> None:
    (debt,) = [each for each in written(stories, GRADES["weak credit"]).reasons if each.topic == "debt"]
    assert debt.sentence.endswith("On record with us: 7.5.")


@pytest.mark.parametrize("which", GRADES)
@pytest.mark.parametrize("lang", languages())
def test_no_letter_holds_what_a_client_must_not_read(
    stories: dict[Language, ClientStory], which: str, lang: Language
) -> None:
    letter, grade = written(stories, GRADES[which], lang), GRADES[which]
    assert len(letter.reasons) <= 4
    text = said(letter)
    own = {
        number
        for dimension in grade.dimensions
        for each in dimension.criteria
        if isinstance(each.observed, float)
        for number in (f"{each.observed:g}", f"{each.observed:.1f}", f"{each.observed / 365.25:.1f}")
    }
    amounts = set(re.findall(r"\d+(?:\.\d+)?", text)) - ALLOWED_NUMBERS
    assert amounts <= own | {"10", "1000"}, amounts  # 10 m and 1000 万: the client's own capital and revenue
    assert BANKER.search(text) is None
    names = {each.name for dimension in grade.dimensions for each in dimension.criteria}
    assert not [name for name in names if "_" in name and name in text]
    assert "_" not in text


def test_forecasts_give_no_number_and_no_feature(stories: dict[Language, ClientStory]) -> None:
    story = stories[ENGLISH]
    weighed = weighed_in(story)
    value, decline = story.reasons.value, story.reasons.decline
    assert set(weighed.costs["worth"]) == {each.figures.feature for each in value if each.effect < 0}
    assert set(weighed.costs["staying"]) == {each.figures.feature for each in decline if each.effect > 0}
    assert set(weighed.speaks["staying"]) == {each.figures.feature for each in decline if each.effect < 0}


def test_every_client_of_a_book_gets_a_letter_of_its_own(trained: TrainedLender, workspace: Workspace) -> None:
    clients = trained.column("client_id")[:6]
    letters = [letter_of(workspace, client) for client in clients]
    tiers = dict(zip(trained.column("client_id"), trained.column("tier"), strict=True))
    assert [each.tier for each in letters] == [tiers[client] for client in clients]
    names = {f"Client {number}" for number in range(300)} | set(trained.column("client_id"))
    for letter in letters:
        others = {name for name in names - {letter.name, letter.client_id} if len(name) > 4}
        body = re.sub(re.escape(letter.name), "", letter_page(letter))
        assert not [name for name in others if re.search(rf"\b{re.escape(name)}\b", body)]


def test_a_client_without_a_grade_reads_so(trained: TrainedLender, config: Config, workspace: Workspace) -> None:
    graded = set(trained.column("client_id"))
    quiet = next(f"C{number:04d}" for number in range(285) if f"C{number:04d}" not in graded)
    letter = letter_of(workspace, quiet)
    assert not letter.is_graded
    assert letter.reasons == letter.steps == ()
    assert letter.opening.startswith("you have no grade with us at present.")
    assert letter.rights
    with pytest.raises(UnknownClientError):
        letter_of(workspace, "nobody")


def test_without_a_contact_no_letter_is_written(trained: TrainedLender) -> None:
    with pytest.raises(UserError, match=r"must say whom the client writes to, got no letter\.contact"):
        client_letter(trained.config, trained.column("client_id")[3])


def test_the_same_letter_is_the_same_bytes_and_another_has_another_mark(
    trained: TrainedLender, config: Config, workspace: Workspace
) -> None:
    client = trained.column("client_id")[3]
    first, again = letter_of(workspace, client), client_letter(config, client)
    assert letter_page(first) == letter_page(again)
    assert sealed(first) == first
    assert sealed(replace(first, tier="AA" if first.tier != "AA" else "A")).seal != first.seal


def test_names_are_data_on_the_page_and_in_a_terminal(stories: dict[Language, ClientStory]) -> None:
    attack = '"}</style><script>alert(1)</script>[bold]\x1b[2J'
    letter = graded_letter(replace(stories[ENGLISH], name=attack, grade=GRADES["capped"]), PROJECT_FINANCE, LETTERS)
    page = letter_page(letter)
    assert "script" not in Tags(page).tags
    assert page.count("</style>") == 1
    console = Console(width=80, record=True, force_terminal=True, file=io.StringIO())
    show(console, letter)
    text = console.export_text()
    assert "[bold]" in text
    assert "\x1b[2J" not in text


LATIN = re.compile(r"[A-Za-z]{2,}")


@pytest.mark.parametrize("which", GRADES)
def test_a_chinese_letter_holds_no_english(stories: dict[Language, ClientStory], which: str) -> None:
    foreign = set(LATIN.findall(said(written(stories, GRADES[which], CHINESE)))) - {"AA", "USD", "EUR"}
    assert not foreign


@pytest.mark.skipif(BROWSER is None, reason="chromium is not installed")
@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("which", ["weak credit", "by a person"])
def test_a_letter_is_printed_on_two_sides(
    stories: dict[Language, ClientStory], tmp_path: Path, lang: Language, which: str
) -> None:
    write_letter_page(written(stories, GRADES[which], lang), tmp_path / "letter.html")
    assert printed_pages(tmp_path / "letter.html", tmp_path) == 2
    assert 0 < width_in(tmp_path / "letter.html", tmp_path, width=390) <= 390
