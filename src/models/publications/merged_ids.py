"""Earlier scores under the ids that clients have now: what was published of an old id is of the one in its place."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from models.book.door import Book
from models.book.merges import CLIENT, OLD, merges_of
from models.publications.previous import PreviousScores


def under_ids_of(book: Book, found: PreviousScores | None) -> PreviousScores | None:
    """The same under the ids that clients have now: what was published of an old one is of who took its place.

    Where the one in use was published itself, that counts; of several old ones the first in order.
    """
    merges = merges_of(book)
    if found is None or merges is None:
        return found
    followed = merges.followed.set_index(OLD)[CLIENT]
    columns = found.columns
    named = pd.Series(columns.index).map(followed)
    old = named.notna().to_numpy() & ~named.isin(columns.index).to_numpy()
    moved = columns[old].set_axis(pd.Index(named[old]), axis=0).sort_index(kind="stable")
    return replace(found, columns=pd.concat([columns, moved[~moved.index.duplicated()]]))
