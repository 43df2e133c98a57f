"""Console: a client's name that clears the screen is shown as text; a file in the code page of Windows gets it all."""

from __future__ import annotations

import codecs
import io
import json
import sys

import pytest
from rich.table import Table
from rich.text import Text

from models.shell import console
from models.shell.console import PlainSigns, SafeConsole, json_text, prepare_streams
from models.shell.html import environment

NAME = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eAcme"


def shown(renderable: object) -> str:
    file = io.StringIO()
    SafeConsole(file=file, width=80, force_terminal=False).print(renderable)
    return file.getvalue()


def test_a_name_in_a_table_or_a_text_is_text() -> None:
    table = Table(title=NAME)
    table.add_column(NAME)
    table.add_row(Text(NAME))
    for printed in (shown(table), shown(Text(NAME)), shown(NAME)):
        assert not set(printed) & set("\x1b\x07\x9b\u202e")
        assert "Acme" in printed


def test_a_name_on_a_page_is_text() -> None:
    page = environment().from_string("<b>{{ name }}</b>{{ name | safe }}").render(name=NAME)
    assert not set(page) & set("\x1b\x07\x9b\u202e")
    assert page.startswith("<b>")


def test_json_holds_the_name_exactly_and_no_raw_control_character() -> None:
    text = json_text({"name": NAME, "path": "postgresql://u:pw@h/b"})
    assert not set(text) & set("\x1b\x07\x9b\u202e")
    assert json.loads(text) == {"name": NAME, "path": "postgresql://u:***@h/b"}


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii", "latin-1", "gb18030", "shift_jis"])
def test_every_encoding_carries_what_we_print(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(console, "signs", PlainSigns())
    prepare_streams()
    stream.write("risk −2.6 ████████▌ → 5.5% ≥ 3 … Société 中国")
    stream.flush()
    text = written.getvalue().decode(encoding)
    assert "risk" in text
    assert "5.5%" in text
    if encoding == "ascii":
        assert text == "risk -2.6 ########- -> 5.5% >= 3 ... Societe ??"


def test_what_cannot_be_written_is_counted() -> None:
    signs = PlainSigns()
    codecs.register_error("test.plain", signs)
    assert "é→中".encode("ascii", errors="test.plain") == b"e->?"
    assert signs.lost == 1


def test_what_is_written_to_closed_streams_goes_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under ``clientvalue config >&- 2>&-``."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    prepare_streams()
    for stream in (sys.stdout, sys.stderr):
        assert stream is not None
        stream.write(json_text({"name": "中国"}))
        stream.close()
