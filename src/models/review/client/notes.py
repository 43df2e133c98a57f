"""Notes of a client with the sentence of each that makes its tone, as the models read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.panel.notes import NoteModel
from models.review.client.book_rows import NoteRow

_SENTENCE = re.compile(r"[^.!?。！？；;\n]+[.!?。！？；;\n]*")
_STRONG = 0.1
"""From which likeness on a note is said to sound like something; below it is noise of a few letters."""


@dataclass(frozen=True, kw_only=True)
class NotePart:
    """A sentence of a note, and whether it is the one that makes its tone."""

    text: str
    marked: bool


@dataclass(frozen=True, kw_only=True)
class ReadNote:
    """A note in its sentences, and what it sounds like: the words of the component, and how much, from -1 to 1."""

    note: NoteRow
    parts: tuple[NotePart, ...]
    words: tuple[str, ...]
    tone: float


def read_notes(notes: Sequence[NoteRow], model: NoteModel | None) -> list[ReadNote]:
    """Each note with the sentence that makes its tone; without a model the notes alone."""
    return [_read(each, model) for each in notes]


def _read(note: NoteRow, model: NoteModel | None) -> ReadNote:
    sentences = [each for each in _SENTENCE.findall(note.text) if each.strip()] or [note.text]
    if model is None:
        return ReadNote(note=note, parts=_parts(sentences, -1), words=(), tone=0.0)
    whole = model.tone([note.text])[0]
    component = int(np.abs(whole).argmax())
    if abs(whole[component]) < _STRONG:
        return ReadNote(note=note, parts=_parts(sentences, -1), words=(), tone=0.0)
    each = model.tone(sentences)[:, component] * np.sign(whole[component])
    words = tuple(model.words[component]) if component < len(model.words) else ()
    return ReadNote(note=note, parts=_parts(sentences, int(each.argmax())), words=words, tone=float(whole[component]))


def _parts(sentences: Sequence[str], marked: int) -> tuple[NotePart, ...]:
    return tuple(NotePart(text=text, marked=place == marked) for place, text in enumerate(sentences))
