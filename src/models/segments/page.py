"""Turns the profiles of segments, stages, types and regions into one HTML page without scripts; it computes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from models.reasons.figures import currency_name
from models.segments import plots as segment_plots
from models.segments.compute import ProfilesReport
from models.segments.contents import FeatureMedian, KindTotal
from models.segments.text import KIND_TITLES, ProfileWords
from models.shell.editions import ALONE, Edition, publish_page
from models.shell.html import environment
from models.text import Text

SEGMENTS_PAGE = "segments.html"
_WHOLE: Final = Text("whole book")
_HEAT_STEPS = ((1.0, 3), (0.5, 2), (0.25, 1))
"""From so many spreads on, a cell has so deep a colour."""
_MOVE_STEPS = ((0.5, 3), (0.2, 2), (0.05, 1))


def write_segments_page(report: ProfilesReport, path: Path) -> None:
    """Write the page of profiles in every language, each whole or not at all."""
    publish_page(path, partial(segments_page, report))


def segments_page(report: ProfilesReport, edition: Edition = ALONE) -> str:
    """The page of what ``book_profiles`` or ``trained_profiles`` found."""
    segments, totals = report.segments, kinds_in_order(report.segments.kinds)
    words = ProfileWords(segments, edition.language)
    return str(
        environment(
            edition,
            filters={"percent": words.percent, "signed": signed},
            functions={"heat": heat, "move": move, "style": segment_plots.segment_style},
        )
        .get_template("segments/page.html")
        .render(
            report=report,
            words=words,
            currency=currency_name(report.currency, edition.language),
            segments=segments,
            medians=_medians(words),
            kinds=report.kinds,
            totals=totals,
            map_charts=[segment_plots.map_chart(words), segment_plots.loadings_chart(words)],
            choice_charts=[
                segment_plots.stability_chart(words),
                segment_plots.separation_chart(words),
                segment_plots.structure_chart(segments.structure_test, edition.language),
            ],
            mix_charts=[segment_plots.mix_chart(name, words, whole) for name, whole in totals.items()],
        )
    )


def kinds_in_order(kinds: Mapping[str, Sequence[KindTotal]]) -> dict[str, Sequence[KindTotal]]:
    """Decisions first, as they are taken, then the other labels of clients; a report's file keeps no order.

    >>> list(kinds_in_order({"region": [], "tier": [], "stage": []}))
    ['stage', 'tier', 'region']
    """
    known = [name for name in KIND_TITLES if name in kinds]
    return {name: kinds[name] for name in (*known, *(name for name in kinds if name not in KIND_TITLES))}


def _medians(words: ProfileWords) -> list[tuple[str, Mapping[str, FeatureMedian]]]:
    """Rows of the heat map: the whole book, then each segment, with the medians of their features."""
    rows = [(words.segment(each), each.features) for each in words.report.segments]
    return [(_WHOLE.within(words.language), words.report.whole.features), *rows]


def signed(apart: float | None) -> str:
    """Spreads with their sign; what rounds to nothing has none, what is not known is a dash.

    >>> signed(1.04), signed(-0.31), signed(-0.04), signed(None)
    ('+1.0', '-0.3', '0.0', '–')
    """
    if apart is None:
        return "–"
    said = f"{apart:+.1f}"
    return said[1:] if float(said) == 0 else said


def heat(apart: float | None) -> str:
    """The style of a heat map's cell, by how many spreads a segment lies from the median client.

    >>> heat(1.4), heat(-0.3), heat(0.1)
    ('high3', 'low1', 'mid')
    """
    depth = next((depth for least, depth in _HEAT_STEPS if abs(apart or 0.0) >= least), 0)
    return f"{'high' if (apart or 0.0) > 0 else 'low'}{depth}" if depth else "mid"


def move(share: float | None) -> str:
    """The style of a cell of a transition matrix.

    >>> move(0.97), move(0.06), move(None)
    ('high3', 'high1', 'mid')
    """
    depth = next((depth for least, depth in _MOVE_STEPS if (share or 0.0) >= least), 0)
    return f"high{depth}" if depth else "mid"
