"""Known vulnerabilities of what the runtime lock pins; says so where no list of them can be reached.

Run: python deploy/audit.py. It ends with 1 if a package that is pinned is known to be vulnerable.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PATIENCE = 60
"""Seconds after which whoever does not answer counts as out of reach."""
LOCK = Path(__file__).parents[1] / "requirements-runtime.lock"


def audited(lock: Path) -> list[dict[str, Any]]:
    """What the advisories say of each package; empty where they cannot be asked."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--require-hashes"]
    options = ["--timeout", "5", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603 - our own call
            [*command, *options], capture_output=True, text=True, check=False, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return []
    return list(json.loads(done.stdout)["dependencies"]) if done.stdout.strip() else []


def verdict(found: list[dict[str, Any]]) -> tuple[str, int]:
    """A sentence and an exit code.

    >>> verdict([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}])
    ('1 of 2 packages audited: none is known to be vulnerable', 0)
    >>> verdict([{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}])
    ('a 1: X-1, mended in 2', 1)
    >>> verdict([{"name": "b", "skip_reason": "not found"}])
    ('no list of vulnerabilities can be reached from here: nothing was audited', 0)
    """
    looked_at = [each for each in found if "vulns" in each]
    lines = [
        f"{each['name']} {each['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
        for each in looked_at
        for known in each["vulns"]
    ]
    if lines:
        return "\n".join(lines), 1
    if not looked_at:
        return "no list of vulnerabilities can be reached from here: nothing was audited", 0
    return f"{len(looked_at)} of {len(found)} packages audited: none is known to be vulnerable", 0


if __name__ == "__main__":
    said, code = verdict(audited(LOCK))
    sys.stdout.write(f"{said}\n")
    sys.exit(code)
