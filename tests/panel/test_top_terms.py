"""The words by which a tone of notes is called: those that angry notes share, never a name that stands in a few."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.panel.features.labels import Labels, labels_of
from models.panel.notes import NoteModel
from models.panel.top_terms import top_terms
from models.text import ENGLISH
from support.books import settings
from support.languages import in_both

ANGRY = [f"They complain of slow answers, case {number}." for number in range(40)]
CALM = [f"客户称赞回复迅速{number}。" for number in range(40)]
NOTES = ANGRY + CALM
TONE = np.column_stack([np.repeat([0.8, 0.1], 40), np.repeat([0.1, 0.8], 40)])


def test_each_component_is_told_by_the_words_of_its_notes() -> None:
    english, chinese = top_terms(NOTES, TONE)
    assert set(english) <= {"they", "complain", "slow", "answers", "case"}
    assert set(chinese) <= {"客户", "户称", "称赞", "赞回", "回复", "复迅", "迅速"}
    assert len(english) == len(chinese) == 3


def test_a_name_that_stands_in_a_few_notes_is_never_told() -> None:
    """Nineteen of the angriest notes name somebody: one fewer than a word needs."""
    named = [f"{note} Ask Osterhagen." if place < 19 else note for place, note in enumerate(ANGRY)]
    tone = np.column_stack([np.r_[np.full(19, 1.0), np.full(61, 0.1)]])
    assert "osterhagen" not in top_terms(named + CALM, tone)[0]
    named_once_more = [f"{note} Ask Osterhagen." if place < 20 else note for place, note in enumerate(ANGRY)]
    assert "osterhagen" in top_terms(named_once_more + CALM, tone)[0]


def test_in_a_large_book_a_word_needs_one_note_in_fifty() -> None:
    crowd = [f"usual questions, answered {number}" for number in range(1_100)]
    few = [f"Osterhagen {number}" for number in range(21)]
    tone = np.r_[np.zeros(1_100), np.ones(21)][:, None]
    assert top_terms(crowd + few, tone) == ((),)


def test_the_order_of_notes_changes_nothing() -> None:
    order = np.random.default_rng(3).permutation(len(NOTES))
    assert top_terms([NOTES[place] for place in order], TONE[order]) == top_terms(NOTES, TONE)


def test_a_fitted_model_keeps_its_words_in_text() -> None:
    model = NoteModel.fit(NOTES, 2)
    assert model is not None
    assert len(model.words) == 2
    assert all(model.words)
    assert NoteModel.from_json(model.to_json()).words == model.words


@pytest.mark.parametrize(
    ("tones", "number", "english", "chinese"),
    [
        ([("late", "again")], 1, "likeness of notes to “late, again”", "沟通记录与“late、again”等措辞的相近程度"),
        ([()], 1, "wording of notes, pattern 1 (found by counting, without a name)", "沟通记录措辞特征1"),
        ([("late",)], 2, "wording of notes, pattern 2", "沟通记录措辞特征2（由统计归纳，没有名称）"),
    ],
)
def test_a_reader_is_told_what_the_number_is(
    tones: list[tuple[str, ...]], number: int, english: str, chinese: str
) -> None:
    reported = in_both(Labels(period="month", tones=tones).tone(number))
    assert reported[0].startswith(english)
    assert reported[1].startswith(chinese)


def test_two_components_of_the_same_words_are_not_called_alike(tmp_path: Path) -> None:
    labels = labels_of(settings(work_dir=tmp_path), [("late",), ("late",)])
    assert labels.tone(1).within(ENGLISH) == "likeness of notes to “late”"
    assert labels.tone(2).within(ENGLISH).startswith("wording of notes, pattern 2")
