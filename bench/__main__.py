"""Runs every bench of this folder, or the one that is named: ``python -m bench [name] [its arguments]``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the benches one after the other, each in a process of its own; the first failure ends it."""
    known = sorted(file.stem for file in HERE.glob("*.py") if not file.stem.startswith("_"))
    name, arguments = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 1 else ("", [])
    if name and name not in known:
        sys.stderr.write(f"a bench must be one of {', '.join(known)}, got {name}\n")
        return 2
    for bench in [name] if name else known:
        print(f"== {bench}", flush=True)
        done = subprocess.run([sys.executable, str(HERE / f"{bench}.py"), *arguments], check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
