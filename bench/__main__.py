"""Runs every bench that times something, or the one that is named: ``python -m bench [name] [its arguments]``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ONLY_WHEN_NAMED = {
    "accuracy",
    "alarms",
    "backtest",
    "client_page",
    "cold",
    "feed",
    "monitor",
    "mutations",
    "newcomers",
    "nights",
    "small",
    "steadiness",
    "truth",
}
"""They judge and time nothing; accuracy needs public data, other packages and half an hour; cold, client_page a run."""


def main() -> int:
    """Run the benches one after the other, each in a process of its own; the first failure ends it."""
    files, folders = HERE.glob("[!_]*.py"), HERE.glob("*/__main__.py")
    known = sorted({file.stem for file in files} | {file.parent.name for file in folders})
    name, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if name and name not in known:
        sys.stderr.write(f"a bench must be one of {', '.join(known)}, got {name}\n")
        return 2
    for bench in [name] if name else [each for each in known if each not in ONLY_WHEN_NAMED]:
        print(f"== {bench}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"bench.{bench}", *arguments], check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
