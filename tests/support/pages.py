"""What a page says to a reader, and the words in Latin letters that a page in Chinese may have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

SAME_IN_EVERY_LANGUAGE = frozenset((
    "AA", "AUC", "CAC", "CCF", "CLV", "CSAT", "CSV", "EAD", "ECL", "ECE", "ESG", "HTML", "ID", "IFRS", "JSON", "LGD",
    "MAE", "MAPE", "MLflow", "NPS", "PD", "PSI", "RMSE", "ROI", "SHAP", "USD", "Brier", "English", "Gini",
    "LightGBM", "Shapley", "clientvalue", "k-means", "log", "nGini", "vs", "PR-AUC", "Gamma-Gamma", "BG", "NBD",
    "Kendall", "Tweedie", "Spearman", "Wilson", "Aalen-Johansen", "sha",
))  # fmt: skip
"""Names of measures, tools and currencies, which a Chinese credit officer writes so, too."""
_FILE = re.compile(r"[\w./-]+\.(csv|html|json|log|parquet|txt|yaml)\b|\b([a-z_]+\.)*[a-z]+(_[a-z0-9]+)+\b", re.ASCII)
"""Names of files and of columns."""
_COMMAND = re.compile(
    r"clientvalue [a-z]+( [0-9]+)?( --[a-z-]+( TEXT)?)*|--[a-z-]+( [a-z_]+(\.[a-z_]+)+=)?|\b[a-z_]+(\.[a-z_]+)+\b",
    re.ASCII,
)
"""What is typed: commands, their options, and settings, which are the same in every language."""
_SOURCE = re.compile(r"(\(|（)[A-Z][a-z]+ [12][0-9]{3}(\)|）)|SHA-256")
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z'-]+(?![A-Za-z0-9])")
_READ_ALOUD = ("alt", "aria-label", "data-label", "title")
_UNREAD = ("style", "script")
_AS_WRITTEN = "mono"
"""The class of ids, commands and names of columns."""
_VOID = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"])


def english_words(page: str, *, names: Iterable[str] = ()) -> list[str]:
    """Every piece of text with words in Latin letters that are neither in ``names`` nor the same in every language.

    Ids, commands and columns, which stand in ``mono`` or ``code``, and what says to be in another language count for
    nothing.

    >>> english_words('<html lang="zh"><p>AUC <b>higher</b></p><p class="mono">C0001</p><p lang="en">yes</p></html>')
    ['higher']
    """
    reader = _Reader()
    reader.feed(page)
    ours = re.compile("|".join(f"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" for name in _longest(names)) or "$")
    return [piece for piece in reader.pieces if set(_words(piece, ours)) - SAME_IN_EVERY_LANGUAGE]


def _longest(names: Iterable[str]) -> list[str]:
    """The names, the longest first, since one may hold another."""
    return sorted({name for name in names if name}, key=len, reverse=True)


def _words(piece: str, names: re.Pattern[str]) -> Iterator[str]:
    for known in (_FILE, _COMMAND, _SOURCE, names):
        piece = known.sub(" ", piece)
    return (match.group() for match in _WORD.finditer(piece))


class _Reader(HTMLParser):
    """Collects pieces of text, those that are read aloud too."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        unread = tag in _UNREAD or tag == "code" or _AS_WRITTEN in (given.get("class") or "").split()
        foreign = "lang" in given and not (given["lang"] or "").startswith("zh")
        if tag not in _VOID:
            self._open.append((tag, unread or foreign or self._is_unread))
        if not self._is_unread:
            self.pieces += [given[name] or "" for name in _READ_ALOUD if name in given]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_unread and data.strip():
            self.pieces.append(" ".join(data.split()))

    @property
    def _is_unread(self) -> bool:
        return bool(self._open) and self._open[-1][1]
