"""Work lists in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from models.lists.report import WorkList, WorkLists
from models.lists.text import (
    absent_lists,
    benefit_name,
    benefit_range,
    list_heads,
    list_title,
    success_sentence,
    why_and_step,
)
from models.text import Language


def lists_summary(lists: WorkLists, language: Language) -> Iterator[Table | Text]:
    """One table per list, then how often an offer works, and why lists are lacking."""
    for each in lists.lists:
        yield _list(each, lists.currency, language)
    yield Text(success_sentence(lists.success, language))
    for name, why in absent_lists([each.purpose for each in lists.lists], language).items():
        yield Text(f"{name}: {why}", style="dim")


def _list(each: WorkList, currency: str, language: Language) -> Table:
    title, (client, why) = list_title(each, currency, language), list_heads(language)
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(client, overflow="fold")
    table.add_column(benefit_name(each.purpose, language), justify="right")
    table.add_column(why, overflow="fold")
    for item in each.first:
        said = why_and_step(each.purpose, item, currency=currency, language=language)
        table.add_row(str(item.rank), Text(item.client_id), benefit_range(item), Text(said))
    return table
