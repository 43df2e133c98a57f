"""Mutates the feed of a trained and published book in 200 ways and tells what door, guard and monitor caught.

Run: python -m bench feed --write (a quarter of an hour). Each mutated feed is opened as it would be, and where the door
or the guard refuses it, once more by a door and a guard that refuse nothing, so that the monitor looks at it too: at
what predict would publish, beside training and beside the publication of the month before.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
from bench.mutations.feeds import Feed, is_same, scores_of, tiers_moved
from bench.mutations.mutators import Mutation, all_mutations, drawn
from bench.mutations.whole_feeds import whole_feed_mutations
from bench.pages import put_figures

from models.book.door import Book
from models.config.guard import GuardConfig
from models.config.monitor import GuardMode
from models.config.root import Config
from models.errors import ClientValueError, UserError
from models.notices import Notice, Severity
from models.pipeline.likeness import likeness_notices
from models.plausibility.alarms import Alarm, alarms_of
from models.scoring.compute import SCORES, predict_book
from models.scoring.publication import IN_SAMPLE
from models.scoring.report import Predicted
from models.scoring.run_counts import earlier_run, plausibility_of, rank_agreement

PAGE = Path(__file__).parent / "FEED.md"
KEPT = "feeds.jsonl"
REFUSED, TOLD, NOTHING = "refused", "told", ""
LAYERS = ("door", "guard", "monitor")


@dataclass(frozen=True, kw_only=True)
class Caught:
    """What became of one mutated feed: what each layer said, by what, and whether scores changed."""

    mutation: str
    kind: str
    said: dict[str, str]
    by: str
    same: bool
    reached: bool
    tiers_moved: int = 0

    @property
    def silent(self) -> bool:
        """Other scores, and not a word from anyone."""
        return not any(self.said.values()) and not self.same

    @property
    def monitor_alone(self) -> bool:
        """Only the monitor noticed."""
        return bool(self.said["monitor"]) and not (self.said["door"] or self.said["guard"])


def main() -> int:
    """Mutate, look, print; with --write the page as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--mutations", type=int, default=200)
    parser.add_argument("--keep", type=Path, default=None, help="folder for books and models; default: none is kept")
    parser.add_argument("--backwards", action="store_true", help="begin with the last: two runs share what they keep")
    parser.add_argument("--write", action="store_true", help="put the figures into FEED.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = (asked.keep or Path(scratch)) / f"seed-{asked.seed}"
        found = _caught(place, asked.seed, asked.clients, asked.mutations, backwards=asked.backwards)
    text = f"## Seed {asked.seed}, {asked.clients} clients, {len(found)} mutations\n\n{report(found)}"
    print(text)
    if asked.write:
        put_figures(PAGE, text)
    return 0


def _caught(folder: Path, seed: int, clients: int, count: int, *, backwards: bool) -> list[Caught]:
    feed = Feed.of(folder, seed=seed, clients=clients)
    dice = np.random.default_rng(seed)
    until = feed.book.known_until
    everything = [*all_mutations(feed.frames, until, dice), *whole_feed_mutations(feed.frames, until, dice)]
    watch, kept = Watch.of(feed), folder / KEPT
    mutations = drawn(everything, count, dice)
    for mutation in reversed(mutations) if backwards else mutations:
        if mutation.name not in _known(kept):
            last = watch.caught(mutation)
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(last)) + "\n")
            print(f"{last.mutation}: {last.said} same={last.same} {last.by[:200]}", flush=True)
    known = _known(kept)
    return [known[mutation.name] for mutation in mutations]


def _known(kept: Path) -> dict[str, Caught]:
    """What was found so far, by mutation, also by a run that was killed."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    return {each.mutation: each for each in (Caught(**json.loads(line)) for line in lines)}


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A published book, a lenient config, and what a clean run makes the monitor say."""

    feed: Feed
    lenient: Config
    before: Path
    clean: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, feed: Feed) -> Watch:
        """Score the month before, and the month itself as it should be."""
        nothing_refused = GuardConfig.model_validate({name: {"refused": None} for name in GuardConfig.model_fields})
        off = feed.config.monitor.model_copy(update={"guard": GuardMode.OFF})
        lenient = feed.config.model_copy(update={"guard": nothing_refused, "monitor": off})
        until = feed.book.known_until
        place = feed.folder / "month-before"
        month_before = date(until.year - (until.month == 1), (until.month - 2) % 12 + 1, until.day)
        earlier = predict_book(feed.book, feed.bundle, lenient, place, month_before, how=IN_SAMPLE)
        watch = cls(feed=feed, lenient=lenient, before=earlier.folder, clean=frozenset())
        clean = watch.alarms(watch.predicted(feed.book, feed.folder / "clean"))
        print("a clean run:", [(each.severity, each.code, each.named) for each in clean], flush=True)
        return replace(watch, clean=frozenset((each.code, each.beside) for each in clean))

    def caught(self, mutation: Mutation) -> Caught:
        """What each layer says of a mutated feed."""
        said, by = dict.fromkeys(LAYERS, NOTHING), []
        source = self.feed.changed(mutation.change)
        facts = {"mutation": mutation.name, "kind": mutation.kind, "said": said}
        try:
            book = self.feed.opened(source)
        except UserError as error:
            said["door"] = REFUSED
            by.append(str(error)[:200])
            try:
                book = replace(self.feed, config=self.lenient).opened(source)
            except ClientValueError:
                return Caught(**facts, by="; ".join(by), same=False, reached=False)
        known = {(notice.code, notice.subject) for notice in self.feed.notices}
        said["door"] = said["door"] or _heard([n for n in book.notices if (n.code, n.subject) not in known])
        unlike = likeness_notices(book, self.feed.bundle.profile, self.feed.bundle.config, self.feed.config.guard)
        said["guard"] = _heard([n for n in unlike if (n.code, n.subject) not in known])
        try:
            predicted = self.predicted(book, source.parent)
        except ClientValueError as error:
            return Caught(**facts, by="; ".join([*by, str(error)[:200]]), same=False, reached=False)
        alarms = [each for each in self.alarms(predicted) if (each.code, each.beside) not in self.clean]
        levels = {each.severity for each in alarms} - {Severity.NOTE}
        said["monitor"] = REFUSED if Severity.REFUSED in levels else TOLD if levels else NOTHING
        scores = scores_of(predicted)
        return Caught(
            **facts,
            by="; ".join([*by, *(f"{each.code} of {each.named}" for each in alarms if each.is_raised)]),
            same=is_same(self.feed.scores, scores),
            reached=True,
            tiers_moved=tiers_moved(self.feed.scores, scores),
        )

    def predicted(self, book: Book, place: Path) -> Predicted:
        """What predict publishes of a book where nothing stops it."""
        return predict_book(book, self.feed.bundle, self.lenient, place / "scores", how=IN_SAMPLE)

    def alarms(self, predicted: Predicted) -> Sequence[Alarm]:
        """What the monitor says of a run beside training and beside the month before."""
        config, until = self.feed.config, self.feed.book.known_until
        month_before = date.fromisoformat(self.before.name[:10])
        held = plausibility_of(self.feed.bundle.reference, earlier_run(self.before, month_before), until, config)
        now = earlier_run(predicted.folder, until)
        agreement = rank_agreement(self.before / SCORES, predicted.folder / SCORES)
        return () if now is None else alarms_of(held.readings(now.counts, agreement), config.monitor, until)


def report(found: Sequence[Caught]) -> str:
    """The table by class, what only the monitor caught, and what nobody did."""
    heads = ["class", "mutations", "no other scores", "door", "guard", "monitor stops", "monitor warns", "silent"]
    lines = [heads, ["---"] * len(heads)]
    kinds = [*sorted({each.kind for each in found}), "all"]
    lines += [[kind, *map(str, _counts([each for each in found if kind in {each.kind, "all"}]))] for kind in kinds]
    alone = [f"- {each.mutation}: {each.by}" for each in found if each.monitor_alone]
    silent = [f"- {each.mutation}: {each.tiers_moved} tiers moved" for each in found if each.silent]
    unlike = [each for each in found if each.reached and not each.same]
    seen = Counter(layer for each in unlike for layer in LAYERS if each.said[layer])
    shares = ", ".join(f"{layer} {seen[layer]}" for layer in LAYERS)
    return "\n".join(
        [
            *("| " + " | ".join(line) + " |" for line in lines),
            "",
            f"Of {len(unlike)} feeds that could be scored and gave other scores, noticed: {shares}.",
            "",
            f"Noticed by the monitor alone: {len(alone)}.",
            *alone,
            "",
            f"Silent: {len(silent)}.",
            *silent,
        ]
    )


def _counts(found: Sequence[Caught]) -> list[int]:
    return [
        len(found),
        sum(each.same and each.reached for each in found),
        sum(bool(each.said["door"]) for each in found),
        sum(bool(each.said["guard"]) for each in found),
        sum(each.said["monitor"] == REFUSED for each in found),
        sum(each.said["monitor"] == TOLD for each in found),
        sum(each.silent for each in found),
    ]


def _heard(notices: Sequence[Notice]) -> str:
    levels = {notice.severity for notice in notices}
    return REFUSED if Severity.REFUSED in levels else TOLD if Severity.WARNING in levels else NOTHING


if __name__ == "__main__":
    raise SystemExit(main())
