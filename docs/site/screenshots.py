"""Pictures of the workbench for README and documentation, of the published demo.

Run, in the folder of a published demo (`clientvalue demo`): python docs/site/screenshots.py FOLDER. It starts the
workbench for itself, logs in as the checker of the demo, and writes FOLDER/workbench.png and FOLDER/client.png.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

from PIL import Image
from playwright.sync_api import Page, sync_playwright

WIDE, HIGH = 1_280, 860
SHOWN_WIDE = 960
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def served(printed: IO[str]) -> tuple[str, str]:
    """Address and password of the checker, as the command prints them."""
    password = ""
    for line in printed:
        words = line.split()
        if words[:1] == ["demo_checker"]:
            password = words[1]
        if words[:1] == ["workbench"]:
            return words[1].rstrip("/"), password
    raise SystemExit("the workbench did not start: publish a demo in this folder first")


def pictures(page: Page, address: str, password: str, folder: Path) -> None:
    """The clients' list, the warned first, and the page of the client that is worth most."""
    page.goto(f"{address}/log-in/")
    page.fill('input[name="username"]', "demo_checker")
    page.fill('input[name="password"]', password)
    page.click('button[type="submit"], form button')
    page.goto(f"{address}/clients/?sort=-value")
    page.wait_for_selector("#found a")
    taken(page, folder / "workbench.png")
    page.click("#found tbody a")
    page.wait_for_selector("#grade, section#grade, .facts")
    page.wait_for_load_state("networkidle")
    taken(page, folder / "client.png")


def taken(page: Page, place: Path) -> None:
    """One picture, in as few colours and as small as it stays readable."""
    page.screenshot(path=str(place))
    with Image.open(place) as whole:
        small = whole.convert("RGB").resize(
            (SHOWN_WIDE, SHOWN_WIDE * whole.height // whole.width), Image.Resampling.LANCZOS
        )
    small.quantize(128).save(place, optimize=True)


def main() -> None:
    """Serve, look, and end the server."""
    folder = Path(sys.argv[1])
    command = [sys.executable, "-m", "clientvalue", "review", "--demo", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            assert server.stdout is not None  # noqa: S101 - as it was opened
            address, password = served(server.stdout)
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                pictures(browser.new_page(viewport={"width": WIDE, "height": HIGH}), address, password, folder)
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
