"""A credit officer reads every sentence in the language asked for, or is told that it is lacking."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from models import text
from models.panel.features.words import FigureUnit
from models.reasons.figures import day, figure_in_words, money
from models.shell.options import language_of
from models.text import CATALOGUES, ENGLISH, Label, Language, MissingTextWarning, Text, languages, placeholders
from support.languages import CHINESE, FRENCH, FRENCH_HEAD, SOURCES, TextKey, catalogue, texts_in, texts_of_the_code

ALL = sorted(CATALOGUES.glob("*.po"))
IN_CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
DATA_IN_CHINESE = {
    "book/days.py": "dates as Chinese files write them",
    "book/parsing.py": "yes and no in files",
    "book/sources/column_kinds.py": "names of columns and signs of currencies",
    "book/sources/units.py": "units and currencies in headers of columns",
    "directory/folding.py": "names and their pinyin, as an example",
    "encodings.py": "bytes of Chinese text",
    "learners/boosting.py": "a name that LightGBM would refuse",
    "review/client/notes.py": "ends of sentences",
    "shell/csv.py": "signs of full width with which a formula may begin",
    "shell/svg.py": "a text that is twice as wide",
    "simulator/naming.py": "names of Chinese clients, managers and branches",
    "simulator/notes.py": "notes that a Chinese lender would write",
}


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only catalogue there is, and yet without a sentence."""
    monkeypatch.setattr(text, "CATALOGUES", tmp_path)
    file = tmp_path / "fr.po"
    file.write_text(FRENCH_HEAD, encoding="utf-8")
    return file


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_a_catalogue_has_every_text_and_no_other(file: Path) -> None:
    told = {_key(message) for message in catalogue(file) if message.id}
    assert told == texts_of_the_code()


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_a_translation_fills_the_same_slots_or_says_which_it_leaves_out(file: Path) -> None:
    for message in catalogue(file):
        if not message.id:
            continue
        left_out = {name for each in message.user_comments for name in each.removeprefix("leaves out ").split(", ")}
        english = placeholders(_key(message).english)
        for said in [message.string] if isinstance(message.string, str) else message.string:
            assert said, message.id
            assert placeholders(said) == english - left_out, message.id


def test_a_text_that_is_put_together_where_it_is_made_is_found() -> None:
    made = 'from models.text import Text\nA = Text("fees", "axis")\nB = Text("{count} day", plural="{count} days")'
    assert set(texts_in(made)) == {TextKey("axis", "fees"), TextKey("", "{count} day", "{count} days")}
    with pytest.raises(AssertionError, match="written out"):
        list(texts_in('from models.text import Text\nA = Text(f"{label} of fees")'))


def test_only_data_is_chinese_outside_the_catalogue() -> None:
    files = [file for ending in ("py", "html") for file in SOURCES.rglob(f"*.{ending}")]
    found = {file.relative_to(SOURCES).as_posix() for file in files if IN_CHINESE.search(file.read_text("utf-8"))}
    assert found == set(DATA_IN_CHINESE)


def test_no_code_asks_which_language_it_is() -> None:
    asking = re.compile(r"""[=!]=\s*["'](en|zh)["']|["'](en|zh)["']\s*[=!]=""")
    assert [file.name for file in SOURCES.rglob("*.py") if asking.search(file.read_text("utf-8"))] == []


def test_what_a_language_lacks_is_given_in_english_and_said(french: Path) -> None:
    with pytest.warns(MissingTextWarning, match="the catalogue lacks texts"):
        assert Text("fees").within(FRENCH) == "fees"
    with pytest.warns(MissingTextWarning):
        assert Text("{count} week", plural="{count} weeks").within(FRENCH, count=3) == "3 weeks"


def test_a_label_of_a_config_is_never_that_of_another_language(french: Path) -> None:
    chinese_only = Label(((CHINESE, "放款"),), otherwise=Text("drawdowns"))
    with pytest.warns(MissingTextWarning):
        assert chinese_only.within(FRENCH) == "drawdowns"
    with pytest.warns(MissingTextWarning):
        assert Label(((ENGLISH, "tenor"), (CHINESE, "期限"))).within(FRENCH) == "tenor"
    assert Label(((ENGLISH, "tenor"), (FRENCH, "durée"))).within(FRENCH) == "durée"


def test_a_language_writes_figures_its_own_way(french: Path) -> None:
    entries = [
        TextKey("number", "1,234.5").entry("1.234,5"),
        TextKey("large numbers", "1e9 = {number} bn; 1e6 = {number} m; 1e3 = {number} k").entry(
            "1e9 = {number} Md; 1e6 = {number} M"
        ),
        TextKey("money", "{amount} {currency}").entry("{amount} {currency}"),
        TextKey("currency", "EUR").entry("euros"),
        TextKey("date", "{day} {month} {year}").entry("le {day} {month} {year}"),
        TextKey("date", "March").entry("mars"),
        TextKey("", "{number} hour", "{number} hours").entry("{number} heure", "{number} heures"),
    ]
    french.write_text(FRENCH_HEAD + "\n".join(entries), encoding="utf-8")
    assert money(12_345_678.0, "EUR", FRENCH) == "12,3 M euros"
    assert money(412_345.0, "EUR", FRENCH) == "412.345 euros"
    assert day(date(2024, 3, 1), FRENCH) == "le 1 mars 2024"
    assert figure_in_words(0.0, FigureUnit.HOURS, FRENCH) == "0 heure"
    assert figure_in_words(1.0, FigureUnit.HOURS, FRENCH) == "1 heure"
    assert figure_in_words(2.5, FigureUnit.HOURS, FRENCH) == "2,5 heures"


def test_the_command_line_offers_the_languages_that_have_texts(french: Path) -> None:
    assert languages() == (ENGLISH, FRENCH)
    assert language_of("fr") == FRENCH
    with pytest.raises(Exception, match="'zh' is not one of 'en', 'fr'"):
        language_of("zh")


def test_a_language_without_a_catalogue_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="known are en, zh"):
        Text("fees").within(Language("xx"))


def _key(message: object) -> TextKey:
    said = message.id  # type: ignore[attr-defined]
    english, plural = said if isinstance(said, tuple) else (said, "")
    return TextKey(message.context or "", english, plural)  # type: ignore[attr-defined]
