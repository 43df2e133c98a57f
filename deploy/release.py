"""A release: wheel, source archive, bill of materials and checksums in one folder, and the tag to set.

Run: python deploy/release.py [--out dist]. It refuses a tree with changes, a version without an entry in CHANGELOG.md
and a tag that is there already; `--any-tree` builds all the same, to look at it.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
BILL = "bill-of-materials.cdx.json"
SUMS = "SHA256SUMS"


def version() -> str:
    """As pyproject.toml has it."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def objections(released: str) -> list[str]:
    """What speaks against a release of this tree."""
    said = []
    if _printed("git", "status", "--porcelain"):
        said.append("the tree has changes that are not committed")
    if f"## [{released}]" not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"):
        said.append(f"CHANGELOG.md has no heading [{released}]")
    if _printed("git", "tag", "--list", f"v{released}"):
        said.append(f"the tag v{released} is there already")
    return said


def build(out: Path) -> list[Path]:
    """Every file of a release, with their checksums last."""
    out.mkdir(parents=True, exist_ok=True)
    _run("-m", "hatchling", "build", "--directory", str(out.resolve()), "--target", "wheel", "--target", "sdist")
    bill = ["--pyproject", "pyproject.toml", "--output-reproducible", "--of", "JSON", "-o", str((out / BILL).resolve())]
    _run("-m", "cyclonedx_py", "requirements", *bill, "requirements-runtime.lock")
    files = sorted([*out.glob("*.whl"), *out.glob("*.tar.gz"), out / BILL])
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (out / SUMS).write_text("".join(lines), encoding="utf-8")
    return [*files, out / SUMS]


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, "-W", "ignore", *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own


def _printed(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    return done.stdout.strip()


def main() -> int:
    """Build, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--any-tree", action="store_true", help="Build whatever speaks against it.")
    given = parser.parse_args()
    against = objections(version())
    for each in against:
        sys.stderr.write(f"against it: {each}\n")
    if against and not given.any_tree:
        return 2
    for file in build(given.out):
        sys.stdout.write(f"{file}\n")
    sys.stdout.write(f"then: git tag --sign v{version()} && git push --tags\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
