"""Runs the contest over the books and makes the tables of ACCURACY.md: ``python -m bench accuracy --write``.

Parts are kept: ``--books`` and ``--sides`` run some of them, the tables are made of all that is there.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from bench.accuracy.books import BOOKS, open_book
from bench.accuracy.elsewhere import BENCH, RIVALS, run_rivals
from bench.accuracy.extended import CDNOW_39, judge_extension
from bench.accuracy.judging import judge
from bench.accuracy.parts import JUDGED, OURS, read_facts
from bench.accuracy.standings import BookTable, read_table
from bench.accuracy.tables import BEGIN, END, of_book, over_all

PAGE, RESULTS = BENCH / "ACCURACY.md", BENCH / "results" / "accuracy"
TITLES = {name: source.title for name, source in BOOKS.items()} | {CDNOW_39: "CDNOW, 39 weeks"}
SIDES = (OURS, *RIVALS)


def run_book(name: str, sides: Sequence[str], given: argparse.Namespace) -> None:
    """Judge one book: ours and the baselines first, for the rivals need the rows that this lays out."""
    folder = given.results / name
    folder.mkdir(parents=True, exist_ok=True)
    if OURS in sides or not read_facts(folder, JUDGED):
        print(f"{name}: ours and the baselines", flush=True)
        if name == CDNOW_39:
            judge_extension(folder, threads=given.threads)
        else:
            judge(open_book(name, folder, clients=given.clients, threads=given.threads), folder)
    rivals = [side for side in sides if side in RIVALS]
    if rivals and name != CDNOW_39:  # no rival can learn a horizon that nothing has lived through
        print(f"{name}: {', '.join(rivals)}", flush=True)
        run_rivals(rivals, folder, budget=given.budget, jobs=given.jobs)


def page_part(results: Path) -> str:
    """The part of ACCURACY.md that figures make, of all books that were judged."""
    tables = {name: read_table(results / name) for name in TITLES if read_facts(results / name, JUDGED)}
    parts = [f"{platform.system()} on {os.cpu_count()} cores, Python {platform.python_version()}."]
    learned = {TITLES[name]: table for name, table in tables.items() if name != CDNOW_39}
    if learned:
        parts.append(over_all(learned))
    for name, table in tables.items():
        parts += [f"### {TITLES[name]}", _about(table), of_book(table), *_about_rivals(results / name, table)]
    return "\n\n".join(parts)


def write_page(part: str, page: Path = PAGE) -> None:
    """Put the part in the place of the one before; what stands around it is left."""
    before, rest = page.read_text().split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{part}\n\n{END}{after}")


def _about(table: BookTable) -> str:
    facts = table.book.facts
    chosen = f"; value by {', '.join(facts['chosen'])}" if "chosen" in facts else ""
    origins = ", ".join(
        f"{day} ({clients:,} clients, learned from {rows:,} rows)"
        for day, clients, rows in zip(facts["as_of"], facts["clients"], facts["learning_rows"], strict=True)
    )
    return f"Judged at {origins}{chosen}. Ours and the baselines took {facts['seconds']:,.0f} seconds."


def _about_rivals(folder: Path, table: BookTable) -> list[str]:
    """One sentence on each rival: what it took, or why it is not there."""
    reported = []
    for side, title in RIVALS.items():
        facts = read_facts(folder, side)
        if "error" in facts:
            reported.append(f"{title} failed: `{facts['error']}`")
        elif facts and facts.get("key") != table.book.key():
            reported.append(f"{title} scored other rows and is left out: run it again.")
        elif facts:
            budget = f" of at most {facts['budget']:.0f} seconds" if "budget" in facts else ""
            reported.append(
                f"{title} {facts['version']}: {facts['fits']} fits{budget}, {facts['seconds']:,.0f} seconds in all "
                f"on {facts['threads']} thread{'s' if facts['threads'] > 1 else ''}."
            )
    return [" ".join(reported)] if reported else []


def main() -> None:
    """Parse the arguments, run what they ask for, print the tables and write them if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--books", nargs="*", choices=list(TITLES), default=list(TITLES), help="none: tables only")
    parser.add_argument("--sides", nargs="*", choices=SIDES, default=list(SIDES))
    parser.add_argument("--budget", type=float, default=60.0, help="seconds per fit of AutoGluon and FLAML")
    parser.add_argument("--jobs", type=int, default=2, help="rivals that run at once, sharing the cores")
    parser.add_argument("--threads", type=int, default=0, help="of ours; 0: all cores")
    parser.add_argument("--clients", type=int, default=5_000, help="of the simulated book")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder of the parts")
    parser.add_argument("--write", action="store_true", help="put the tables into bench/ACCURACY.md")
    given = parser.parse_args()
    for name in given.books:
        run_book(name, given.sides, given)
    part = page_part(given.results)
    print(part)
    if given.write:
        write_page(part)


if __name__ == "__main__":
    main()
