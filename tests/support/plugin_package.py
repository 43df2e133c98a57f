"""The example package of plug-ins, installed beside into a folder of its own, as a bank installs what is its own."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models import plugins

PACKAGE = Path(__file__).parents[1] / "plugin_package"
MODULE = "acme_clientvalue"


def install_plugins(target: Path) -> Path:
    """Build and install the package into ``target``, with its metadata and entry points."""
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target), str(PACKAGE)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own package
    return target


@contextmanager
def on_path(target: Path) -> Iterator[None]:
    """With the packages of ``target`` installed, and without them again afterwards."""
    sys.path.insert(0, str(target))
    _forget()
    try:
        yield
    finally:
        sys.path.remove(str(target))
        _forget()


@contextmanager
def off_path(target: Path) -> Iterator[None]:
    """The same as if what is in ``target`` had never been installed."""
    sys.path.remove(str(target))
    _forget()
    try:
        yield
    finally:
        sys.path.insert(0, str(target))
        _forget()


def _forget() -> None:
    """Nothing that was found or imported before counts."""
    plugins._facts_of.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == MODULE]:
        del sys.modules[name]
    importlib.invalidate_caches()
