"""One client's story as an HTML page of one file without scripts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from models.codec import to_json_text
from models.explanation.labels import say
from models.explanation.ledger import Ledger, change_rows, ledger, money_scale, points_scale
from models.explanation.plots.over_time import history_charts
from models.explanation.plots.today import decline_chart, peer_strip, waterfall_chart
from models.explanation.reach_text import Answer, answers, reach_note
from models.explanation.reasons import ExplainedReason
from models.explanation.report import client_document
from models.explanation.story import ClientStory
from models.explanation.text import (
    Line,
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
from models.shell.chart import Chart
from models.shell.editions import Edition
from models.shell.html import css_text, environment
from models.shell.svg import shortened
from models.store.drafts import publish_text
from models.store.keys import text_hash
from models.text import Slot

SHOWN = 5
"""So many reasons are drawn and listed one by one; all of them stand in a table below."""
_MOVED = 8
_TONES = {True: "bad", False: "good", None: ""}
"""How a figure is coloured, by whether it is worse; None: nothing moved."""
_FOOT_TITLE, _HASH = 60, 12
"""So much of a client's name and id, and of the hash of the models, stands at the foot of a printed page."""
_TILES = ("value", "decline", "tier", "stage")


def write_client_page(story: ClientStory, path: Path) -> None:
    """Write the page of one client, whole or not at all."""
    publish_text(path, client_page(story))


@dataclass(frozen=True, kw_only=True)
class ClientParts:
    """A story as the sections of a page take it: see ``sections.html``."""

    story: ClientStory
    title: str
    print_foot: str
    places: list[tuple[str, str]]
    as_of: str
    tiles: list[Line]
    facts: list[Line]
    grade: list[Line]
    models: list[dict[str, object]]
    curve: Chart
    history: list[Chart]
    peers: list[dict[str, object]]
    change: dict[str, object] | None
    answers: list[Answer]
    reach_note: str
    everything: dict[str, object]


def client_page(story: ClientStory) -> str:
    """The page of one client, in the language of its story. Names and notes are outside data: all is escaped."""
    return str(
        environment(
            Edition(language=story.language), filters={"css_text": css_text}, functions=section_functions(story)
        )
        .get_template("explanation/page.html")
        .render(parts=client_parts(story))
    )


def section_functions(story: ClientStory) -> dict[str, Callable[..., object]]:
    """What sections speak by: ``say`` a phrase in the story's language, ``tone`` the colour of a move."""
    return {"say": functools.partial(_say, story), "tone": _TONES.get}


def client_parts(story: ClientStory) -> ClientParts:
    """All that a page says of a client, ready to be laid out."""
    lines = headline(story)
    return ClientParts(
        story=story,
        title=client_title(story),
        print_foot=print_foot(story),
        places=_places(story),
        as_of=day(story.as_of, story.language),
        tiles=[line for line in lines if line.key in _TILES],
        facts=[line for line in lines if line.key not in _TILES],
        grade=grade_lines(story),
        models=[_model(story, model) for model in _explained(story)],
        curve=decline_chart(story),
        history=history_charts(story),
        peers=_peers(story),
        change=None if story.change is None else _change(story),
        answers=answers(story),
        reach_note=reach_note(story),
        everything=_everything(story),
    )


def print_foot(story: ClientStory) -> str:
    """What stands at the foot of each printed page: whom it is about, of when, by which models, and its hash."""
    models = say("version", story.language, version=story.model_version)
    parts = (
        say("page_title", story.language, client=shortened(client_title(story), _FOOT_TITLE)),
        say("as_of", story.language, day=day(story.as_of, story.language)),
        models if story.bundle[:_HASH] in story.model_version else f"{models} {story.bundle[:_HASH]}",
        say("contents_hash", story.language, hash=contents_hash(story)[:_HASH]),
    )
    return " · ".join(parts)


def contents_hash(story: ClientStory) -> str:
    """SHA-256 of all that is said of the client, in hexadecimal: what two prints of the same agree in.

    Notices are of the run that is looked at, not of the client.
    """
    return text_hash(to_json_text(client_document(replace(story, notices=())), sort_keys=True))


def _places(story: ClientStory) -> list[tuple[str, str]]:
    """Where the sections of the page stand and what they are called, of those that it has."""
    found = {
        "warnings": ("warnings", bool(story.warnings)),
        "lists": ("lists", bool(story.lists)),
        "grade": ("grade", True),
        "treatment": ("treatment", bool(story.treatment)),
        **{f"why-{model}": (f"why_{model}", True) for model in _explained(story)},
        "peers": ("peers_title", bool(_peers(story))),
        "when": ("history", True),
        "change": ("what_changed", story.change is not None),
        "reach": ("reach", bool(story.reach)),
        "all": ("all_reasons_short", True),
    }
    return [(place, say(key, story.language)) for place, (key, is_there) in found.items() if is_there]


def _say(story: ClientStory, key: str, **slots: Slot) -> str:
    return say(key, story.language, **slots)


def _explained(story: ClientStory) -> tuple[str, ...]:
    """What the page explains: decline and value, and the credit loss where it is known."""
    return (DECLINE, VALUE, *((CREDIT_LOSS,) if story.reasons.credit_loss else ()))


def _model(story: ClientStory, model: str) -> dict[str, object]:
    """What the page says of decline or of value: the rows that add up, their unit, and the waterfall."""
    reported = ledger(story, model, SHOWN)
    return {
        "key": model,
        "title": say(f"why_{model}", story.language),
        "unit": say(f"units_{model}", story.language, within=horizon(story), unit=reported.scale.name),
        "rows": reported.rows,
        "chart": _waterfall(story, model, reported),
    }


def _waterfall(story: ClientStory, model: str, reported: Ledger) -> Chart:
    title = say(f"waterfall_{model}", story.language, unit=reported.scale.name)
    return waterfall_chart(reported, title, worse_is_up=model in (DECLINE, CREDIT_LOSS))


def _peers(story: ClientStory) -> list[dict[str, object]]:
    """The numbers that lead the largest reasons of decline and value, each once."""
    leading: dict[str, ExplainedReason] = {}
    for reason in (*story.reasons.decline[:SHOWN], *story.reasons.value[:SHOWN]):
        leading.setdefault(reason.figures.feature, reason)
    strips = ((reason, peer_strip(reason)) for reason in leading.values())
    return [{"reason": reason, "strip": strip} for reason, strip in strips if strip is not None][:_MOVED]


def _change(story: ClientStory) -> dict[str, object]:
    if story.change is None:
        return {}
    scale, rows = change_rows(story.change, story, _MOVED)
    return {
        "title": change_title(story.change, story),
        "ends": change_ends(story.change, story),
        "tier": tier_move(story.change, story),
        "unit": scale.name,
        "rows": rows,
    }


def _everything(story: ClientStory) -> dict[str, object]:
    """Every reason with what it adds to decline and to value, and the features that it is made of."""
    points = points_scale(story.language)
    value = money_scale(abs(story.scores.value), story.currency, story.language)
    effects = {reason.reason: reason for reason in story.reasons.value}
    reported = [*story.reasons.decline, *(each for key, each in effects.items() if key not in _keys(story))]
    decline = {reason.reason: reason.effect for reason in story.reasons.decline}
    return {
        "unit": value.name,
        "rows": [
            {
                "title": reason.title,
                "parts": [part for part in reason.parts if part.observed is not None][:SHOWN],
                "points": points.written(points.rounded(decline.get(reason.reason, 0.0))),
                "value": value.written(
                    value.rounded(effects[reason.reason].effect if reason.reason in effects else 0.0)
                ),
            }
            for reason in reported
        ],
    }


def _keys(story: ClientStory) -> set[str]:
    return {reason.reason for reason in story.reasons.decline}
