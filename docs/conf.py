"""Settings of the documentation's site: Sphinx, Markdown by MyST, the theme Furo; nothing is loaded from elsewhere."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "site"))

from reference import write_project_pages, write_reference  # noqa: E402 - from the folder beside
from sphinx.application import Sphinx  # noqa: E402

write_reference(HERE / "reference" / "made")
write_project_pages(HERE.parent, HERE / "reference" / "made" / "project")

project = "clientvalue"
author = "The clientvalue developers"
copyright = f"2026, {author}. Apache-2.0"  # noqa: A001 - as Sphinx calls it
version = release = version_of("clientvalue")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build", "decisions/template.md"]
myst_heading_anchors = 3
smartquotes = False  # they would join the two dashes of an option
autodoc_member_order = "bysource"
autodoc_typehints = "description"
html_theme = "furo"
html_title = "clientvalue"
html_static_path = []
html_show_sphinx = False


def _within_site(_app: object, _page: str, source: list[str]) -> None:
    """Links from a page to files of the repository beside docs/ lead to their copies in the site."""
    for outside in ("../bench/", "../CONTRIBUTING.md", "../CHANGELOG.md"):
        inside = outside.removeprefix("../").removeprefix("bench/")
        source[0] = source[0].replace(f"]({outside}", f"](/reference/made/project/{inside}")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _within_site)
