"""A page stands beside itself in every language, and each edition links the other."""

from __future__ import annotations

from pathlib import Path

from models.config.labels import LabelConfig
from models.shell.editions import Edition, PagePart, edition_file, editions, own_name, page_texts, publish_page
from models.shell.html import environment
from models.shell.small_plots import short_number
from models.shell.svg import amount, amounts
from models.text import ENGLISH, Text, as_written, languages
from support.languages import CHINESE, TextKey, texts_on
from support.pages import english_words


def _page(edition: Edition) -> str:
    made = environment(edition).from_string(
        "{% extends 'shell/base.html' %}{% block body %}<p>{{ 1234567 | figure }} {{ 1234 | whole }}</p>{% endblock %}"
    )
    return str(made.render())


def test_a_page_is_written_in_every_language_and_links_the_others(tmp_path: Path) -> None:
    publish_page(tmp_path / "figures.html", _page)
    english, chinese = (tmp_path / edition_file("figures.html", each) for each in languages())
    assert 'lang="en"' in english.read_text("utf-8")
    assert 'href="figures.zh.html"' in english.read_text("utf-8")
    assert "<p>1.2m 1,234</p>" in english.read_text("utf-8")
    assert 'href="figures.html"' in chinese.read_text("utf-8")
    assert "<p>123.5万 1,234</p>" in chinese.read_text("utf-8")
    assert english_words(chinese.read_text("utf-8")) == []


def test_what_is_published_with_other_files_is_the_same_page() -> None:
    assert page_texts("deep/figures.html", _page) == {
        "deep/figures.html": _page(editions("figures.html")["figures.html"]),
        "deep/figures.zh.html": _page(editions("figures.html")["figures.zh.html"]),
    }


def test_a_page_can_be_made_in_parts() -> None:
    """Its body for the workbench, which allows no style within a page, and the styles that are its own."""
    template = (
        "{% extends 'shell/base.html' %}{% block style %}b { color: red; }{% endblock %}"
        "{% block head %}<h1>A</h1>{% endblock %}{% block body %}<p>{{ 'x' }}</p>{% endblock %}"
    )
    made = {part: environment(Edition(part=part)).from_string(template).render() for part in PagePart}
    assert "<html" in made[PagePart.WHOLE]
    assert made[PagePart.STYLE].strip() == "b { color: red; }"
    body = made[PagePart.BODY]
    assert "<h1>A</h1>" in body
    assert "<p>x</p>" in body
    assert "<html" not in body
    assert "color" not in body


def test_a_text_of_a_template_is_spoken_and_what_fills_it_is_escaped() -> None:
    template = "{{ _('expired', client=client) }} {{ label | said }}"
    label = LabelConfig(en="tenor", zh="期限").phrase()
    assert environment().from_string(template).render(client="<b>", label=label) == "expired tenor"
    said = environment(Edition(CHINESE)).from_string("{{ _('{words}', 'as written', words=words) }}")
    assert said.render(words="<script>") == "&lt;script&gt;"
    assert said.render(words=as_written("<i>")) == "&lt;i&gt;"


def test_texts_of_templates_are_found() -> None:
    template = "{{ _('fees', 'axis') }}{% if x %}{{ _('{count} day', plural='{count} days', count=x) }}{% endif %}"
    assert list(texts_on(template)) == [TextKey("axis", "fees"), TextKey("", "{count} day", "{count} days")]


def test_large_numbers_take_the_steps_of_a_language() -> None:
    assert [short_number(12_345_678.0, each) for each in languages()] == ["12.3m", "1,234.6万"]
    assert [amount(250_000.0, each) for each in languages()] == ["250k", "25万"]
    assert amounts(CHINESE)(3e8) == "3亿"


def test_a_language_says_its_own_name() -> None:
    assert [own_name(each) for each in languages()] == ["English", "中文"]
    assert as_written("{x}").within(ENGLISH) == "{x}"
    assert Text("expired").within(CHINESE) != "expired"
