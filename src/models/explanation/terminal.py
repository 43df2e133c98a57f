"""One client's story as a reviewer reads it in a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from models.explanation.change_reasons import ClientChange
from models.explanation.labels import say
from models.explanation.ledger import change_rows, ledger
from models.explanation.reach_text import Answer, answers, reach_note
from models.explanation.story import ClientStory
from models.explanation.text import (
    between,
    change_ends,
    change_title,
    client_title,
    grade_lines,
    headline,
    horizon,
    tier_move,
)
from models.learners.value.net import CREDIT_LOSS
from models.reasons.figures import day
from models.scoring.block import DECLINE, VALUE

SHOWN = 6
"""So many reasons are listed one by one; the page lists more."""
_BAR, _TITLE = 8, 24
_EIGHTHS = " ▏▎▍▌▋▊▉"
_WORSE, _BETTER = "red", "green"


def show(console: Console, story: ClientStory) -> None:
    """Print the story. All of it is text, never markup: names come from outside."""
    for part in (
        _head(story),
        *([Text(f"{story.cold_start}\n", style="yellow")] if story.cold_start else []),
        *([_warnings(story)] if story.warnings else []),
        _grade(story),
        *([_lists(story)] if story.lists else []),
        _reasons(story, DECLINE),
        _reasons(story, VALUE),
        *([_reasons(story, CREDIT_LOSS)] if story.reasons.credit_loss else []),
        *([] if story.change is None else [_change(story, story.change)]),
        *([_reach(story)] if story.reach else []),
        *([_treatment(story)] if story.treatment else []),
    ):
        console.print(part, highlight=False)


def _head(story: ClientStory) -> RenderableType:
    lang = story.language
    title = Text(f"{client_title(story)}\n", style="bold")
    title.append(
        f"{say('as_of', lang, day=day(story.as_of, lang))} · {say('version', lang, version=story.model_version)}"
        f" · {say('policy', lang, policy=story.policy.policy)}\n",
        style="not bold dim",
    )
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for line in headline(story):
        said = Text(line.text, style="bold" if line.key in {"value", "decline", "tier"} else "")
        if line.note:
            said.append(between(line, story), style="not bold").append(line.note, style="not bold")
        grid.add_row(Text(line.title), said)
    return Group(title, grid)


def _warnings(story: ClientStory) -> RenderableType:
    return _section(say("warnings", story.language), "", Text("\n".join(story.warnings), _WORSE))


def _lists(story: ClientStory) -> RenderableType:
    return _section(say("lists", story.language), "", _titled(story.lists.items()))


def _grade(story: ClientStory) -> RenderableType:
    """The grade by rows, then dimension by dimension; criteria stand below theirs."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim", max_width=_TITLE)
    grid.add_column(overflow="fold")
    for line in grade_lines(story):
        grid.add_row(Text(line.title), Text(line.text))
    parts: list[RenderableType] = []
    for dimension in story.grade_text.dimensions:
        parts.append(Text(_capital(dimension.sentence), "bold"))
        parts += [Padding(Text(f"• {criterion.sentence}"), (0, 0, 0, 2)) for criterion in dimension.criteria]
    return _section(say("grade", story.language), "", Group(grid, Text(), *parts))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reasons(story: ClientStory, model: str) -> RenderableType:
    reported = ledger(story, model, SHOWN)
    widest = max((abs(row.number) for row in reported.parts), default=0.0) or 1.0
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(width=_BAR, no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for row in reported.rows:
        is_end, style = row.kind in {"base", "total"}, "" if row.kind == "reason" else "dim"
        bar = Text() if is_end else _bar(row.number, widest, model)
        table.add_row(Text(row.text, "bold" if row.kind == "total" else ""), bar, Text(row.sentence, style))
    unit = say(f"units_{model}", story.language, within=horizon(story), unit=reported.scale.name)
    return _section(say(f"why_{model}", story.language), unit, table)


def _change(story: ClientStory, change: ClientChange) -> RenderableType:
    lang = story.language
    top = Table.grid(padding=(0, 2))
    for title, before, now in change_ends(change, story):
        top.add_row(Text(title, "dim"), Text(f"{before} → {now}"))
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold", ratio=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    scale, rows = change_rows(change, story, SHOWN)
    heads = say("reason", lang), say("risk_points", lang), say("value_in", lang, unit=scale.name)
    table.add_row(*(Text(head, "dim") for head in heads))
    for row in rows:
        table.add_row(Text(row.title), _coloured(row.points, row.points_worse), _coloured(row.value, row.value_worse))
    return _section(change_title(change, story), "", Group(top, Text(tier_move(change, story)), Text(), table))


def _reach(story: ClientStory) -> RenderableType:
    lang = story.language
    parts = [part for answer in answers(story) for part in _answer(answer)]
    return _section(say("reach", lang), reach_note(story), Group(*parts))


def _answer(answer: Answer) -> Sequence[RenderableType]:
    parts: list[RenderableType] = [Text(answer.title, "bold")]
    if answer.sentence:
        parts.append(Padding(Text(answer.sentence), (0, 0, 0, 2)))
    for proposal in answer.proposals:
        lines = [*(f"• {action}" for action in proposal.actions), *proposal.moves, proposal.then]
        parts.append(Padding(Text("\n".join(lines)), (0, 0, 0, 2)))
    return parts


def _treatment(story: ClientStory) -> RenderableType:
    return _section(say("treatment", story.language), "", _titled(story.treatment))


def _titled(rows: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for title, text in rows:
        grid.add_row(Text(title), Text(text))
    return grid


def _section(title: str, note: str, body: RenderableType) -> RenderableType:
    head = Text(f"\n{title}", style="bold")
    if note:
        head.append(f"\n{note}", style="not bold dim")
    return Group(head, body)


def _bar(effect: float, widest: float, model: str) -> Text:
    eighths = max(round(min(abs(effect) / widest, 1.0) * _BAR * 8), 1)
    whole, part = divmod(eighths, 8)
    is_worse = (effect > 0) == (model in (DECLINE, CREDIT_LOSS))
    return Text("█" * whole + (_EIGHTHS[part] if part else ""), style=_WORSE if is_worse else _BETTER)


def _coloured(text: str, is_worse: bool | None) -> Text:
    return Text(text, style="" if is_worse is None else _WORSE if is_worse else _BETTER)
