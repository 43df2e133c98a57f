"""A lender in a third country writes one file of texts, and its credit officers read every client in their language.

The language is made up: English in Cyrillic letters, so that whatever stays Latin was never translated. Its figures are
written as in French.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from rich.console import Console

from models import text
from models.config.labels import ByLanguage
from models.explanation.job import client_story
from models.explanation.page import client_page
from models.explanation.report import client_document
from models.explanation.terminal import show
from models.text import Language
from support.browser import Tags
from support.languages import FRENCH, FRENCH_HEAD, TextKey, texts_of_the_code
from support.trained_lender import TrainedLender

OTHER_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "абцдефгхийклмнопярстуввхузАБЦДЕФГХИЙКЛМНОПЯРСТУВВХУЗ"
)
OWN = {
    ("number", "1,234.5"): "1\u00a0234,5",
    ("HTML attribute lang", "en"): "fr",
    ("name in Latin letters", "{name}"): "«{name}»",
    ("large numbers", "1e9 = {number} bn; 1e6 = {number} m; 1e3 = {number} k"): "1e6 = {number} млн",
    ("units of a column", "1e9 = bn {currency}; 1e6 = m {currency}; 1e3 = k {currency}"): "1e6 = млн {currency}",
}
LATIN = re.compile(r"[A-Za-z]{2,}|(?<![A-Za-z])[a-z](?![A-Za-z])")


def in_other_letters(english: str) -> str:
    """The English sentence in Cyrillic letters; slots stay."""
    parts = re.split(r"({[^}]*})", english)
    return "".join(part if part.startswith("{") else part.translate(OTHER_LETTERS) for part in parts)


def entry(key: TextKey) -> str:
    said = OWN.get((key.context, key.english), in_other_letters(key.english))
    return key.entry(said, in_other_letters(key.plural)) if key.plural else key.entry(said)


def words_of(settings: object) -> Iterator[TextKey]:
    """What a config calls things, as a catalogue knows it."""
    if isinstance(settings, ByLanguage):
        english = dict(settings).get("en")
        yield from [TextKey("config", english)] if english else []
    elif isinstance(settings, BaseModel):
        yield from (key for _, each in settings for key in words_of(each))
    elif isinstance(settings, dict):
        yield from words_of(tuple(settings.values()))
    elif isinstance(settings, tuple):
        yield from (key for each in settings for key in words_of(each))


@pytest.fixture
def one_file(trained: TrainedLender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Language:
    """The one file of the language, beside those that were there."""
    keys = texts_of_the_code() | set(words_of(trained.config))
    shutil.copy(text.CATALOGUES / "zh.po", tmp_path)
    (tmp_path / "fr.po").write_text(FRENCH_HEAD + "\n".join(map(entry, sorted(keys))), encoding="utf-8")
    monkeypatch.setattr(text, "CATALOGUES", tmp_path)
    return FRENCH


def test_one_file_makes_a_language(trained: TrainedLender, one_file: Language) -> None:
    """Models that were trained before there was the file speak it. A text that it lacks would be an error."""
    for client in trained.column("client_id")[:12]:
        story = client_story(trained.config, client, lang=one_file)
        page, terminal = client_page(story), Console(file=io.StringIO(), width=80, color_system=None)
        assert '<html lang="fr">' in page
        show(terminal, story)
        written = terminal.file
        assert isinstance(written, io.StringIO)
        seen = {"page": " ".join(Tags(page[page.index("<body>") :]).text), "terminal": written.getvalue()}
        hashes = (story.bundle[:12], story.policy.policy, story.policy.models)
        tiers = trained.config.scale.names  # are called alike in all languages
        names = filter(None, (story.name, story.client_id, story.model_version, *hashes, *tiers))
        of_the_book = re.compile("|".join([*map(re.escape, names), "«[^»]*»"]))
        for place, told in seen.items():
            own = of_the_book.sub("", told)
            assert set(LATIN.findall(own)) == set(), place
            assert re.findall(r"\d\.\d|\d,\d{3}\b", own) == [], place


def test_figures_are_the_same_and_written_as_the_language_has_them(trained: TrainedLender, one_file: Language) -> None:
    client = trained.column("client_id")[0]
    english, other = (client_story(trained.config, client, lang=lang) for lang in (text.ENGLISH, one_file))
    for model in ("decline", "value"):
        both = (client_document(each).reasons[model] for each in (english, other))
        pairs = list(zip(*both, strict=True))
        assert pairs
        for said, told in pairs:
            assert told.effect == said.effect
            assert told.sentence != said.sentence
            assert re.search(r"\d\.\d", told.sentence) is None, told.sentence
    assert any("," in reason.sentence for reason in client_document(other).reasons["decline"])
