"""The bench of mutated feeds: every class comes, the same seed draws the same, and a change touches one table alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from bench.mutations.feeds import cut_before, is_same, tiers_moved
from bench.mutations.mutators import all_mutations, drawn

from support.guarded_book import END, lender_frames


def test_every_class_of_mutation_is_drawn_and_the_same_seed_draws_the_same() -> None:
    frames = lender_frames()
    every = all_mutations(frames, END, np.random.default_rng(1))
    first, second = (drawn(every, 80, np.random.default_rng(2)) for _ in range(2))
    assert [each.name for each in first] == [each.name for each in second]
    counts = Counter(each.kind for each in first)
    assert set(counts) == {each.kind for each in every}
    assert {"renamed", "swapped", "unit", "late", "doubled", "day and month", "wrong kind"} <= set(counts)


@pytest.mark.slow
def test_a_mutation_changes_its_own_table_and_nothing_else() -> None:
    for mutation in all_mutations(lender_frames(), END, np.random.default_rng(1)):
        frames, before = lender_frames(), lender_frames()
        kept = dict(frames)
        mutation.change(frames)
        assert set(before) - set(frames) <= {mutation.table}
        for table, rows in kept.items():
            pd.testing.assert_frame_equal(rows, before[table])
            assert table == mutation.table or frames[table] is rows


def test_cut_before_leaves_what_was_known() -> None:
    cut = cut_before(lender_frames(), END.replace(year=END.year - 1))
    assert max(cut["cashflows"]["date"]).year == END.year - 2
    assert len(cut["clients"]) == len(lender_frames()["clients"])


def test_scores_are_the_same_to_a_millionth_and_moves_count_those_who_came_or_went() -> None:
    row = {
        "value": 1.0,
        "decline_probability": 0.1,
        "stage": "",
        "segment": 0,
        "relationship_type": "",
        "need_type": "",
    }
    scores = pd.DataFrame([{**row, "tier": "A"}, {**row, "tier": "B"}], index=["one", "two"])
    assert is_same(scores, scores.assign(value=1.0 + 1e-9))
    assert not is_same(scores, scores.assign(value=1.1))
    assert tiers_moved(scores, scores.iloc[:1].assign(tier="AA")) == 2
