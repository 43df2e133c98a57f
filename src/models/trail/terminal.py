"""The trail of a client, and a replay, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from models.publications.previous import SCORES
from models.reasons.figures import day
from models.text import ENGLISH, Language
from models.trail.report import ClientTrail, PublishedTrail, Replay
from models.trail.text import condition_name, missing_name, official_by, recorded_sentence, replay_sentences

_SHOWN = ("tier", "tier_reason", "value", "decline_probability", "model_version", "run_key")
_WIDTH = 12


def trail_lines(trail: ClientTrail, language: Language = ENGLISH) -> Iterator[str]:
    """Each publication that counts as that of the day, then decisions and readers."""
    yield f"{trail.client_id} on {day(trail.on, language)}"
    if not trail.publications:
        yield "Nothing had been published by that day, and nothing is official of a date until then."
    for each in trail.publications:
        yield ""
        yield from _published(each, language)
    yield ""
    yield f"{'decisions':<{_WIDTH}}{len(trail.decisions):,}"
    for entry in trail.decisions:
        later = ", after that day" if entry.later else ""
        yield f"{'':<{_WIDTH}}{entry.number}: {entry.act} by {entry.by}, {entry.at:%Y-%m-%d %H:%M} UTC{later}"
    if trail.readings is not None:
        yield f"{'read by':<{_WIDTH}}{', '.join(dict.fromkeys(each.by for each in trail.readings)) or 'nobody'}"


def _published(found: PublishedTrail, language: Language) -> Iterator[str]:
    yield official_by(found, language)
    yield f"{'published':<{_WIDTH}}{recorded_sentence(found, language)}"
    if found.superseded_by is not None:
        yield f"{'superseded':<{_WIDTH}}by entry {found.superseded_by}"
    for row in found.rows.get(SCORES, ()):
        yield from (f"{name:<{max(_WIDTH, len(name) + 2)}}{row[name]}" for name in _SHOWN if name in row)
    version = found.entry.version or "not in the registry"
    for name, value in (
        ("models", f"{found.entry.bundle} (version {version})"),
        ("policy", found.entry.policy),
        ("data", found.entry.data),
        ("seal", found.seal),
    ):
        yield f"{name:<{_WIDTH}}{value}"
    if found.proved:
        yield f"{'files':<{_WIDTH}}{len(found.files)}, all as they were published"
    yield from (f"{'missing':<{_WIDTH}}{missing_name(each, language)}" for each in found.missing)


def replay_lines(replay: Replay, language: Language = ENGLISH) -> Iterator[str]:
    """What came of a replay, and each condition of it as it was and as it is."""
    yield from replay_sentences(replay, language)
    for each in replay.conditions:
        mark = "as it was" if each.holds else f"now {each.now}: {each.remedy}"
        yield f"  {condition_name(each, language):<28}{each.then or 'none'}, {mark}"
