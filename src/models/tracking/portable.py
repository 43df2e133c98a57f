"""All that a version needs to run on another machine: this package as a wheel, and the versions of all it runs on.

The wheel is made of the files as they are installed, so that it is the code that trained, from a checkout or from an
installed wheel alike; nothing is fetched or built. Its version ends in a hash of its files: pip then never takes other
code of the same version for it. No requirement names this package, which no index has: a stranger's could be there.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

DISTRIBUTION = "clientvalue"
CODE_FOLDER = "code"
"""Where MLflow keeps the wheel within the folder of a model, and where requirements look for it."""
_PACKAGE = Path(__file__).parents[1]
_MADE_AT_RUN_TIME = frozenset({".pyc", ".pyo", ".nbi", ".nbc"})
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip knows; with the time of the day the same code would be another file."""
_DIGITS = 12
_ONE_LINE = "Wheel-Version: 1.0\nGenerator: clientvalue\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path) -> Path:
    """Write the wheel of this package into a folder; the same code gives the same bytes."""
    name, content = _wheel()
    (folder / name).write_bytes(content)
    return folder / name


@cache
def _wheel() -> tuple[str, bytes]:
    """The name of the file and what stands in it."""
    files = {f"{_PACKAGE.name}/{path.relative_to(_PACKAGE).as_posix()}": path.read_bytes() for path in _sources()}
    version = _version(files)
    info = f"{DISTRIBUTION}-{version}.dist-info"
    files |= {f"{info}/{name}": text.encode() for name, text in _described(version).items()}
    record = f"{info}/RECORD"
    files[record] = "".join(f"{name},{_hash(content)},{len(content)}\n" for name, content in files.items()).encode()
    files[record] += f"{record},,\n".encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return f"{DISTRIBUTION}-{version}-py3-none-any.whl", written.getvalue()


@cache
def pinned_requirements(root: str = DISTRIBUTION) -> tuple[str, ...]:
    """Every package that ``root`` runs on here, directly or not, with its version, by name; not ``root`` itself.

    >>> [pin for pin in pinned_requirements() if pin.startswith(("clientvalue", "mlflow=="))] == [
    ...     f"mlflow=={metadata.version('mlflow')}"
    ... ]
    True
    """
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(root, "")]
    while waiting:
        name, extra = waiting.pop()
        for needed in _needed(name, extra):
            key = canonicalize_name(needed.name)
            coming = [(key, each) for each in ("", *needed.extras) if (key, each) not in seen]
            seen.update(coming)
            version = _installed(key)
            if version is not None:
                found[key] = f"{key}=={version}"
                waiting += coming
    return tuple(found[name] for name in sorted(found))


def _needed(name: str, extra: str) -> Iterator[Requirement]:
    """What a package asks for on this machine, with one of its extras or none."""
    for text in metadata.requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _installed(name: str) -> str | None:
    """The version as an index knows it; None of a package that is not there, which then was not needed."""
    try:
        return Version(metadata.version(name)).public
    except metadata.PackageNotFoundError:
        return None


def _sources() -> list[Path]:
    """The files of the package in order, without what Python and numba leave beside them."""
    return sorted(
        path
        for path in _PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in _MADE_AT_RUN_TIME and not path.name.startswith(".")
    )


def _version(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    installed = Version(metadata.version(DISTRIBUTION))
    return f"{installed.public}+{digest.hexdigest()[:_DIGITS]}"


def _described(version: str) -> dict[str, str]:
    """The files about a wheel, as it was installed here but for the version; without the text of the README."""
    installed = metadata.distribution(DISTRIBUTION)
    headers = (installed.read_text("METADATA") or f"Name: {DISTRIBUTION}\n").partition("\n\n")[0].splitlines()
    kept = [line for line in headers if not line.startswith(("Version:", "Description-Content-Type:"))]
    kept.insert(min(2, len(kept)), f"Version: {version}")
    commands = installed.read_text("entry_points.txt") or ""
    return {"METADATA": "\n".join(kept) + "\n", "WHEEL": _ONE_LINE, "entry_points.txt": commands}


def _hash(content: bytes) -> str:
    return "sha256=" + urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
