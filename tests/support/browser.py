"""A page as a browser has it: its tags and text, its tree after loading, and how wide it becomes on a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

BROWSER = shutil.which("chromium")
TO_TEXT = shutil.which("pdftotext")
"""What reads printed pages, of poppler."""
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--allow-file-access-from-files",
)
_POLICY = r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>"
_MEASURE = "const w=document.querySelector('iframe').contentDocument.documentElement; document.title=w.scrollWidth"


class Tags(HTMLParser):
    """What a page holds: tags, ids, places it leads to, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.links += [found[name] or "" for name in ("href", "src") if name in found]
        self.ids += [found["id"] or ""] if "id" in found else []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def loaded(page: Path, profile: Path, *, width: int = 1200) -> tuple[str, str]:
    """The page's tree after loading, and what the browser's console said."""
    command = [
        BROWSER or "",
        *_FLAGS,
        "--dump-dom",
        f"--user-data-dir={profile}",
        f"--window-size={width},900",
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603
    return done.stdout, "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)


def printed_pages(page: Path, folder: Path) -> int:
    """On how many sheets the page is printed, at the size that it asks for."""
    pdf = folder / "printed.pdf"
    command = [BROWSER or "", *_FLAGS, f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer"]
    command += [f"--print-to-pdf={pdf}", page.as_uri()]
    subprocess.run(command, capture_output=True, timeout=120, check=True)  # noqa: S603
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes()))


def text_of_pages(printed: Path) -> list[str]:
    """The text of each sheet of a PDF, laid out as it stands."""
    command = [TO_TEXT or "", "-layout", str(printed), "-"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=True)  # noqa: S603
    return [sheet for sheet in done.stdout.decode().split("\f") if sheet.strip()]


def width_in(page: Path, folder: Path, *, width: int) -> int:
    """How wide the page becomes in a window of ``width``, everything unfolded.

    Measured by a page around it, since the page itself runs no scripts.
    """
    shown = re.sub(_POLICY, "", page.read_text(encoding="utf-8")).replace("<details", "<details open")
    (folder / "inner.html").write_text(shown, encoding="utf-8")
    outer = f'<iframe src="inner.html" style="width:{width}px;height:800px;border:0" onload="{_MEASURE}"></iframe>'
    (folder / "outer.html").write_text(outer, encoding="utf-8")
    tree, _ = loaded(folder / "outer.html", folder / "profile")
    found = re.search(r"<title>(\d+)</title>", tree)
    return int(found.group(1)) if found else 0
