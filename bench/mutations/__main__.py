"""Mutates the feed of a trained, simulated book in about 200 ways and tells which of them pass silently.

Run: python -m bench mutations --write. Each mutated feed is opened and scored by the same models. *Refused*: an error
before anything is published. *Told*: a notice that a clean run does not have names the mutated table or column. *Same*:
every score as it was, and nothing told. *Silent*: other scores and not a word. The controls, feeds that are as they
should be, must not be refused.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from bench.mutations.feeds import Feed, Outcome, Verdict, cut_before, frames_of, write_frames
from bench.mutations.mutators import all_mutations, drawn
from bench.pages import put_figures

from models.errors import UserError
from models.notices import Severity
from models.simulator.book import simulate

PAGE = Path(__file__).parents[1] / "MUTATIONS.md"
EARLIER = date(2023, 1, 1)


def main() -> int:
    """Mutate, judge, print; with --write the page as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 57])
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--mutations", type=int, default=200)
    parser.add_argument("--keep", type=Path, default=None, help="folder for books and models; default: none is kept")
    parser.add_argument("--write", action="store_true", help="put the figures into MUTATIONS.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = asked.keep or Path(scratch)
        parts = [_of_seed(root / f"seed-{seed}", seed, asked.clients, asked.mutations) for seed in asked.seeds]
    text = "\n\n".join(parts)
    print(text)
    if asked.write:
        put_figures(PAGE, text)
    return 0


def _of_seed(folder: Path, seed: int, clients: int, count: int) -> str:
    feed = Feed.of(folder, seed=seed, clients=clients)
    dice = np.random.default_rng(seed)
    mutations = drawn(all_mutations(feed.frames, feed.book.known_until, dice), count, dice)
    outcomes = []
    for place, mutation in enumerate(mutations, start=1):
        outcomes.append(feed.outcome(mutation))
        last = outcomes[-1]
        print(f"{place} of {len(mutations)}: {last.mutation}: {last.verdict} {last.by[:300]}", flush=True)
    title = f"## Seed {seed}, {clients} clients, {len(mutations)} mutations"
    return "\n\n".join(
        [title, _table(outcomes), _silent(outcomes), "Controls:", "\n".join(controls(feed, seed, clients))]
    )


def _table(outcomes: Sequence[Outcome]) -> str:
    counts = Counter((each.kind, each.verdict) for each in outcomes)
    lines = [["class", "mutations", *Verdict], ["---"] * (2 + len(Verdict))]
    for kind in [*sorted({each.kind for each in outcomes}), "all"]:
        row = [sum(n for (k, v), n in counts.items() if kind in {k, "all"} and v == verdict) for verdict in Verdict]
        lines.append([kind, str(sum(row)), *map(str, row)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _silent(outcomes: Sequence[Outcome]) -> str:
    silent = [each for each in outcomes if each.verdict is Verdict.SILENT]
    lines = [f"- {each.mutation}: {each.tiers_moved} tiers moved" for each in silent]
    return "\n".join([f"Silent: {len(silent)}.", *lines])


def controls(feed: Feed, seed: int, clients: int) -> Iterator[str]:
    """Feeds that are as they should be: what of them is refused or warned of."""
    dice = np.random.default_rng(seed)
    shuffled = {name: rows.sample(frac=1, random_state=dice.integers(2**31)) for name, rows in feed.frames.items()}
    yield _control(feed, "the same rows, shuffled", write_frames(shuffled, feed.folder / "shuffled"))
    for other in (seed + 100, seed + 101):
        place = feed.folder / f"other-{other}"
        if not place.is_dir():
            simulate(feed.config.simulation, clients=clients, months=72, seed=other, out=place)
        yield _control(feed, f"another book, of seed {other}", place)
    cut = cut_before(frames_of(feed.folder / "book"), EARLIER)
    earlier = feed.folder / "earlier"
    write_frames(cut, earlier / "book")
    settings = (f"book.known_until={EARLIER}", f"origins.test=[{EARLIER.replace(year=EARLIER.year - 1)}]")
    before = Feed.of(earlier, seed=seed, clients=clients, settings=settings)
    now = Feed(**{**vars(before), "config": feed.config.model_copy(update={"run": before.config.run})})
    yield _control(now, "the same book a year later", feed.folder / "book")


def _control(feed: Feed, name: str, source: Path) -> str:
    try:
        book = feed.opened(source)
    except UserError as error:
        return f"- {name}: REFUSED, {error}"
    notices = [each for each in (*book.notices, *feed.unlike(book)) if each.code != "rows_left_out"]
    refused = [str(each) for each in notices if each.severity is Severity.REFUSED]
    warned = [f"{each.code} of {each.subject}" for each in notices if each.severity is Severity.WARNING]
    word = f"REFUSED, {'; '.join(refused)}" if refused else "not refused"
    listed = f" ({', '.join(warned)})" if warned else ""
    return f"- {name}: {word}; {len(warned)} warnings{listed}"


if __name__ == "__main__":
    raise SystemExit(main())
