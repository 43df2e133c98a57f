"""Work in progress, and the one step in which it takes its place: whole, or not at all.

A scratch folder goes when its work ends, or with the next run if it was killed. It is locked by who uses it. The system
lifts a lock when its process ends, however it ends: what is not locked was left behind. Where a file system knows no
locks, what was not touched for days counts as left behind.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such locks
    fcntl = None  # type: ignore[assignment]

WRITING_BELOW = "writing below "
"""How a note on an error begins that says which folder was written to."""
_UNLOCKED = ".new"
_STALE_SECONDS = 2 * 86_400
"""No run takes two days; what is older was left by a killed one."""
_NAMES = ("book", "check", "draft", "fetched", "index", "ledger", "scores", "simulated", "train")
_OWNED = re.compile(r"\.([a-z]+)-\d+-\w{8}(\.new)?")
"""Hidden, what it is for, the process that made it, eight drawn letters, and whether it is too new to be locked.
Earlier versions named no process."""


@contextmanager
def scratch_folder(root: Path, name: str) -> Iterator[Path]:
    """A new folder below ``root``, hidden, that goes when the work is done; what killed runs left there goes first."""
    root.mkdir(parents=True, exist_ok=True)
    remove_left(root)
    remove_stale(path for path in root.glob(f".{name}-*") if not _OWNED.fullmatch(path.name))
    folder, lock = _made(root, name)
    try:
        yield folder
    except OSError as error:
        error.add_note(f"{WRITING_BELOW}{root}")  # libraries that write do not tell where
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _made(root: Path, name: str) -> tuple[Path, int | None]:
    """A new scratch folder and its lock; made once more if another run took it for one that was left unlocked."""
    while True:
        made = Path(tempfile.mkdtemp(prefix=f".{name}-{os.getpid()}-", suffix=_UNLOCKED, dir=root))
        try:
            lock = _locked(made)
        except (FileNotFoundError, BlockingIOError):
            continue
        try:
            return made.rename(made.with_name(made.name.removesuffix(_UNLOCKED))), lock
        except FileNotFoundError:
            if lock is not None:
                os.close(lock)


def remove_left(root: Path) -> None:
    """Take away the scratch folders below ``root`` whose process is no more."""
    for folder in left_folders(root, _NAMES):
        shutil.rmtree(folder, ignore_errors=True)


def left_folders(root: Path, names: Collection[str]) -> Iterator[Path]:
    """Each scratch folder of these names below ``root`` whose process is no more, ours until the next is asked for."""
    if not root.is_dir():
        return
    for folder in sorted(root.glob(".*-*")):
        owned = _OWNED.fullmatch(folder.name)
        if owned is None or owned[1] not in names:
            continue
        lock, is_left = _left(folder)
        try:
            if is_left:
                yield folder
        finally:
            if lock is not None:
                os.close(lock)


def remove_stale(places: Iterable[Path]) -> None:
    """Take away folders and files that were last touched so long ago that no run can still read them."""
    for place in places:
        with suppress(FileNotFoundError):  # another run took it away
            if _is_stale(place) and place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            elif _is_stale(place):
                place.unlink()


def put_in_place(draft: Path, final: Path, *, is_whole: Callable[[Path], bool]) -> bool:
    """Move a finished folder to ``final`` in one step, unless what stands there ``is_whole``; whether it was moved.

    Its files are on the disk before it has its name. Whoever reads ``final`` sees what was there before, or all that is
    new; of two runs that make the same the first is kept.
    """
    if final.is_dir() and is_whole(final):
        return False
    sync(draft)
    draft.chmod(_usual_mode(draft))
    with scratch_folder(final.parent, "draft") as aside:
        if final.exists():
            final.rename(aside / "replaced")
        try:
            draft.rename(final)
        except OSError:
            if not is_whole(final):
                raise
            return False
    return True


def publish_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all."""
    with scratch_folder(path.parent, "draft") as folder:
        draft = folder / path.name
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)


def publish_once(path: Path, content: bytes) -> None:
    """Write a file whole, unless there is one of that name: what others published, and wrote to since, stays."""
    with scratch_folder(path.parent, "draft") as folder:
        draft = folder / path.name
        draft.write_bytes(content)
        sync(folder)
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links, where only looking first is left
            if not path.exists():
                draft.rename(path)


def point_to(final: Path, name: str) -> Path:
    """Make the link ``name``, beside ``final``, lead to it, in one step. Returns the link."""
    link = final.parent / name
    with scratch_folder(final.parent, "draft") as folder:
        draft = folder / name
        draft.symlink_to(final.name, target_is_directory=True)
        draft.replace(link)
    return link


def sync(folder: Path) -> None:
    """Have all files of a folder on the disk before anything else is done."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _usual_mode(folder: Path) -> int:
    """The mode of a new folder below ``folder``, as the umask and the lists of rights there make it."""
    probe = folder / ".mode"
    probe.mkdir()
    mode = stat.S_IMODE(probe.stat().st_mode)
    probe.rmdir()
    return mode


def _left(folder: Path) -> tuple[int | None, bool]:
    """The lock of a folder, if it is ours now, and whether its process is no more."""
    try:
        lock = _locked(folder)
        return lock, lock is not None or _is_stale(folder)
    except (BlockingIOError, FileNotFoundError, NotADirectoryError):
        return None, False
    except PermissionError:  # of another user, whose next run takes it away
        return None, False


def _locked(folder: Path) -> int | None:
    """The lock of a folder, held until it is closed; None where there are none. Raises ``BlockingIOError``."""
    if fcntl is None:
        return None
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise
    except OSError:
        os.close(lock)
        return None
    return lock


def _is_stale(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime > _STALE_SECONDS
