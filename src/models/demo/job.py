"""The demo in a folder of the user's own: its config and policies, a simulated book, and a run of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from models.errors import UserError
from models.run.job import RunResult
from models.run.job import run as run_book
from models.simulator.job import simulate_book
from models.store.drafts import publish_text
from models.vocab import Progress, SilentProgress
from models.workspace.opening import settings_of

CONFIG = Path("configs/demo.yaml")
MONTHS = 72
"""As the config says until when the book is known."""
_PACKAGE = Path(__file__).resolve().parents[1]
_SHIPPED, _CHECKOUT = _PACKAGE / "shipped", _PACKAGE.parents[1]
"""Where configs stand: in an installed package, and in a checkout of the project."""


def demo(
    folder: Path = Path(),
    *,
    clients: int = 1_000,
    seed: int = 1,
    overrides: Sequence[str] = (),
    progress: Progress = SilentProgress(),
) -> RunResult:
    """Write the demo's config and policies below ``folder``, simulate its book there, and run the main job on it.

    Files that are there as they would be written stay. Raises ``UserError`` if one of them is another, or if ``folder``
    is not the current one: the places in a config count from there.
    """
    if folder.resolve() != Path.cwd():
        raise UserError(
            rule="the demo is written where the command runs: places in a config count from there",
            got=folder,
            remedy="change to that folder first",
        )
    config = write_config(folder)
    settings = settings_of(config, overrides)
    book = Path(str(settings.book.path))
    simulate_book(settings, clients=clients, months=MONTHS, seed=seed, out=book, progress=progress)
    return run_book(settings, progress=progress)


def write_config(folder: Path) -> Path:
    """Write the demo's config and all policies into ``folder/configs``; returns the config's place.

    Raises ``UserError``, before anything is written, if another file is in the way.
    """
    texts = {folder / name: text for name, text in _shipped()}
    for place, text in texts.items():
        if place.is_file() and place.read_text(encoding="utf-8") != text:
            raise UserError(
                rule="the demo must not replace a file of yours",
                got=f"{place}, which is another",
                remedy="run the demo in an empty folder, or clientvalue run with your own config",
            )
    for place, text in texts.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        publish_text(place, text)
    return folder / CONFIG


def _shipped() -> Iterator[tuple[Path, str]]:
    """Place below a user's folder, and text, of each file that comes with the package."""
    root = _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT
    for file in sorted([root / CONFIG, *(root / CONFIG.parent / "policies").glob("*.yaml")]):
        yield file.relative_to(root), file.read_text(encoding="utf-8")
