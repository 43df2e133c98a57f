"""The summary plot of shap, drawn from our own contributions, as a picture inside the page."""

from __future__ import annotations

import base64
import io
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from models.evaluation.plots.explained import UNITS
from models.evaluation.report.explained import ExplainedModel
from models.lazy import lazy
from models.text import ENGLISH, Language, Text, heard

shap = lazy("shap")
pyplot = lazy("matplotlib.pyplot")
font_manager = lazy("matplotlib.font_manager")

_INCHES = (5.6, 5.8)
_DPI = 110
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "Microsoft YaHei",
    "PingFang SC",
)
_RANK: Final = Text("value of the feature, by rank")
_ENDS: Final = (Text("Low", "value of a feature"), Text("High", "value of a feature"))
_ADDED: Final = Text("added to the {unit}")
_LETTERS, _LINES = 44, 2
"""A third line of a name would lie over the name of the next feature."""


def summary_image(model: str, part: ExplainedModel, language: Language = ENGLISH) -> str:
    """A dot per client and feature as a data address: across what it adds, in colour where its value ranks."""
    with warnings.catch_warnings(), _fixed_chance(), pyplot.rc_context(_fonts()):
        warnings.simplefilter("ignore")  # shap calls matplotlib by names that are going out of use
        drawn, figure = io.BytesIO(), pyplot.figure(figsize=_INCHES)
        try:
            _draw(shap, model, part, language)
            figure.savefig(drawn, format="png", dpi=_DPI, bbox_inches="tight", metadata={"Software": None})
        finally:
            pyplot.close(figure)
    return f"data:image/png;base64,{base64.b64encode(drawn.getvalue()).decode('ascii')}"


def _fonts() -> dict[str, list[str]]:
    """Those fonts of the machine that know Chinese behind the usual one, sign by sign."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    return {"font.family": ["DejaVu Sans", *(name for name in _CHINESE_FONTS if name in known)]}


@contextmanager
def _fixed_chance() -> Iterator[None]:
    """The plot spreads its dots by numpy's common chance: the same report is to give the same picture."""
    before = np.random.get_state()
    np.random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(before)


def _draw(shap: Any, model: str, part: ExplainedModel, language: Language) -> None:
    axes = shap.plots.beeswarm(
        _explanation(shap, part, language),
        max_display=len(part.summary),
        show=False,
        plot_size=None,
        color_bar_label=_RANK.within(language),
    )
    axes.set_xlabel(_ADDED.within(language, unit=UNITS[model]), fontsize=10)
    axes.tick_params(labelsize=9)
    low, high = (each.within(language) for each in _ENDS)
    for bar in axes.figure.axes[1:]:
        bar.set_yticklabels([low, high])


def _explanation(shap: Any, part: ExplainedModel, language: Language) -> Any:
    features = part.summary
    standing = [[np.nan if rank is None else rank for rank in each.standing] for each in features]
    return shap.Explanation(
        values=np.array([each.added for each in features]).T,
        base_values=np.zeros(part.rows),
        data=np.array(standing).T,
        feature_names=[
            textwrap.fill(heard(each.description, language), _LETTERS, max_lines=_LINES, placeholder="…")
            for each in features
        ],
    )
