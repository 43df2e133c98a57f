"""Words of a source that stand for words of the book, as ``values`` of a mapping says: ZINS is interest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from models.book.absent import is_filled, is_word, trimmed
from models.book.columns import Column
from models.book.names import nearest
from models.book.parsing import as_text
from models.book.rules import RowRule, refused_column
from models.config.mapping import OtherValues
from models.errors import UserError
from models.notices import Notice, Severity
from models.text import Text, named

_SHOWN = 10
_OTHER = {
    "refuse": Text(
        "{count:,} row has a word that the mapping does not name ({words}), and is put to quarantine",
        plural="{count:,} rows have a word that the mapping does not name ({words}), and are put to quarantine",
    ),
    "keep": Text(
        "{count:,} row has a word that the mapping does not name ({words}), which is kept as it is",
        plural="{count:,} rows have words that the mapping does not name ({words}), which are kept as they are",
    ),
    "leave_out": Text(
        "{count:,} row has a word that the mapping does not name ({words}), and is left out",
        plural="{count:,} rows have words that the mapping does not name ({words}), and are left out",
    ),
}
_NAME_THEM = Text("add them there")
_IDLE = Text("a row must have each of these words, none has {words}")
_NEAR = Text("did you mean {word}?")
_MEND = Text("mend or remove them")


@dataclass(frozen=True, kw_only=True)
class WordMap:
    """What the words of one column stand for, and what becomes of others; ``setting`` is its place in the config."""

    column: Column
    words: Mapping[str, str | None]
    other: OtherValues
    setting: str
    absent_words: Sequence[str]

    def applied(self, rows: Any, *, limit: float) -> tuple[Any, tuple[Notice, ...]]:
        """The rows with the book's words. ``rows`` is stored.

        Raises ``UserError`` where more than the share ``limit`` of them has a word without entry, to be refused.
        """
        text = trimmed(as_text(rows[self.column.name]))
        known = is_filled(text) & ~is_word(text, self.absent_words) | text.isin(list(self.words))
        is_other = known & text.notin([*self.words, *self.column.allowed])
        counts = _counts(rows, text, is_other)
        self._refuse_too_many(counts, rows, limit)
        cases = [(text == word, _literal(meaning)) for word, meaning in self.words.items()]
        mapped = ibis.cases(*cases, else_=ibis.ifelse(known, text, ibis.null("string")))
        changed = {self.column.name: mapped}
        if self.other == "refuse":
            changed[refused_column(RowRule.MAPPED, self.column.name)] = ibis.ifelse(is_other, text, ibis.null("string"))
        kept = rows.filter(~is_other.fill_null(False)) if self.other == "leave_out" else rows
        return kept.mutate(**changed), tuple(self._notices(counts, rows, text))

    def _refuse_too_many(self, counts: Mapping[str, int], rows: Any, limit: float) -> None:
        others, total = sum(counts.values()), int(rows.count().to_pyarrow().as_py())
        if self.other == "refuse" and others > limit * total:
            example = next(iter(counts))
            near = nearest(example, [*self.column.allowed]) or "..."
            raise UserError(
                rule=f"{self.setting} must name the words of the source",
                got=f"{others:,} of {total:,} rows with others: {_listed(counts)}",
                remedy=f"add them there, such as {example}: {near}, or set other_values beside it to keep or leave_out",
            )

    def _notices(self, counts: Mapping[str, int], rows: Any, text: Any) -> Iterator[Notice]:
        if counts:
            number = sum(counts.values())
            found = _OTHER[self.other].filled(count=number, words=named(_listed(counts)))
            severity = Severity.NOTE if self.other == "leave_out" else Severity.WARNING
            remedy = _NAME_THEM
            yield Notice.of("other_values", severity, self.setting, found=found, remedy=remedy, count=number)
        present = _present(rows, text)
        idle = [word for word in self.words if word not in present]
        if idle:
            near = [each for word in idle if (each := nearest(word, set(present) - set(self.words)))]
            yield Notice.of(
                "mapped_words_without_rows",
                Severity.WARNING if near else Severity.NOTE,
                self.setting,
                found=_IDLE.filled(words=named(", ".join(idle))),
                remedy=_NEAR.filled(word=named(", ".join(near))) if near else _MEND,
                count=len(idle),
            )


def _literal(word: str | None) -> Any:
    return ibis.null("string") if word is None else ibis.literal(word)


def _counts(rows: Any, text: Any, is_other: Any) -> dict[str, int]:
    """How many rows have each word without entry, the most frequent first."""
    words = rows.select(word=text, other=is_other)
    words = words.filter(words.other)
    counted = words.group_by("word").agg(rows=words.count())
    found = counted.order_by([ibis.desc("rows"), "word"]).to_pyarrow().to_pylist()
    return {each["word"]: int(each["rows"]) for each in found}


def _present(rows: Any, text: Any) -> set[str]:
    return {each["word"] for each in rows.select(word=text).distinct().limit(10_000).to_pyarrow().to_pylist()} - {None}


def _listed(counts: Mapping[str, int]) -> str:
    shown = [f"{word} ({number:,})" for word, number in list(counts.items())[:_SHOWN]]
    more = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
