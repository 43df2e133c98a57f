"""Hashes of everything that the commands put out on one book, cell by cell: two states of the code are alike or not.

    python -m support.output_hashes FOLDER --to FILE [--config FILE --book PLACE --client ID --set KEY=VALUE]

runs the commands in FOLDER and writes what they put out; without a book it simulates one. Only the command line and
the files that it leaves are used, so that code may move. Numbers count to eight digits; run keys, versions, paths and
times are left out, since they tell that something changed but not what.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

DIGITS = 8
REFUSED = 2
"""The exit code of a command that the book lacks a table for."""
REPOSITORY = Path(__file__).parents[2]
SMALL = (
    "run.bootstrap_resamples=100",
    "learners.value.trees=20",
    "learners.decline.trees=20",
    "origins.max_count=4",
    "origins.group_folds=2",
)
"""Enough to learn from a small simulated book within seconds."""
_SIMULATE = ("--clients", "400", "--seed", "7")
_CLI = (sys.executable, "-c", "from models.cli import main; main()")
_NAMES_OF_RUNS = re.compile(
    r"(run_key|model_version|run_id|bundle|bundle_key|seconds|page|folder|path|json|csv|html|data|code|code_version|quarantine|storage_uri|scores|fingerprint|overview)"
)
"""Keys of JSON and columns whose values name a run, a place or a time."""
_HASHES_AND_PLACES = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-f]{12,64}(?![0-9A-Za-z])|/[\w./-]+|\bversion \d+\b|\d+\.\d+ s\b"
)


@dataclass(frozen=True)
class Runs:
    """Commands on one book, in one folder: their config, settings over it, and the client to explain."""

    folder: Path
    config: Path
    book: Path
    settings: Sequence[str]

    def command(self, verb: str, *arguments: str, book: bool = True, refusable: bool = False) -> str:
        """The standard output of a command, or why it refuses the book, as JSON, where that is ``refusable``.

        An exit code other than 0, 3 (findings) and such a 2 (refused) is an error.
        """
        sets = [part for setting in self.settings for part in ("--set", setting)]
        given = ["--book", str(self.book)] if book else []
        done = subprocess.run(  # noqa: S603 - our own command
            [*_CLI, verb, *arguments, "--config", str(self.config), *given, *sets],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / "src")},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        if refusable and done.returncode == REFUSED:
            return json.dumps({"refused": done.stderr.strip().splitlines()[-1]})
        if done.returncode not in (0, 3):
            raise AssertionError(f"{verb}: {done.stderr[-2_000:]}")
        return done.stdout


def output_hashes(runs: Runs, client: str | None = None) -> dict[str, str]:
    """Output -> hash, for each column of a table, each value of a JSON document to the second level, and each text."""
    found: dict[str, str] = {}
    for verb in ("train", "predict", "evaluate", "kpis", "funnel", "segments", "overview", "backtest", "check"):
        found |= of_json(verb, json.loads(runs.command(verb, "--json", refusable=True)))
    scores = next(runs.folder.glob("data/processed/*/scores/latest")).resolve()
    asked = client or str(pd.read_parquet(scores / "scores.parquet").client_id.sort_values().iloc[0])
    for language in ("en", "zh"):
        page = runs.folder / f"client_{language}.html"
        reported = runs.command("explain", asked, "--lang", language, "--html", str(page))
        found[f"explain {language}"] = _hash(_plain(reported))
        found[f"explain {language} page"] = _hash(_plain(page.read_text(encoding="utf-8")))
    for file in sorted(scores.glob("*.parquet")):
        found |= of_table(file)
    return dict(sorted(found.items()))


def simulated(folder: Path, settings: Sequence[str] = SMALL) -> Runs:
    """A simulated book of 400 clients in a new folder, ready to run."""
    runs = Runs(folder, REPOSITORY / "configs" / "demo.yaml", folder / "book", settings)
    runs.command("simulate", *_SIMULATE, "--out", "book", book=False)
    return runs


def of_table(file: Path) -> dict[str, str]:
    """The hash of each column of a Parquet file."""
    table = pd.read_parquet(file)
    columns = [str(name) for name in table.columns if not _NAMES_OF_RUNS.fullmatch(str(name))]
    return {
        f"{file.name} {name}": _hash(json.dumps(_rounded(table[name].tolist()), default=_rounded)) for name in columns
    }


def of_json(verb: str, document: Any, depth: int = 2) -> dict[str, str]:
    """The hash of each part of a JSON document, ``depth`` levels deep."""
    if not isinstance(document, dict) or not depth:
        return {verb: _hash(json.dumps(_rounded(document), sort_keys=True, default=str))}
    parts = (of_json(f"{verb} {name}", each, depth - 1) for name, each in _told(document))
    return {name: value for part in parts for name, value in part.items()}


def _told(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in document.items() if not _NAMES_OF_RUNS.fullmatch(name))


def _rounded(value: Any) -> Any:
    if isinstance(value, str):
        return _plain(value)
    if isinstance(value, dict):
        return {str(name): _rounded(each) for name, each in _told({str(k): v for k, v in value.items()})}
    if hasattr(value, "tolist"):
        return _rounded(value.tolist())
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return float(f"{round(value, DIGITS + 2):.{DIGITS}g}") if isinstance(value, float) else str(value)


def _plain(text: str) -> str:
    """A text without the hashes and places in it."""
    return _HASHES_AND_PLACES.sub("", text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def main() -> None:
    """Run the commands and write the hashes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--book", type=Path)
    parser.add_argument("--client")
    parser.add_argument("--set", action="append", default=[], dest="settings")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.book:
        runs = Runs(asked.folder.resolve(), asked.config.resolve(), asked.book.resolve(), asked.settings)
    else:
        runs = simulated(asked.folder.resolve())
    asked.to.write_text(json.dumps(output_hashes(runs, asked.client), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
