"""Turns the profiles of segments, stages, types and regions into one HTML page without scripts; it computes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from models.panel.features.words import FigureUnit
from models.reasons.figures import figure_in_words
from models.segments import plots as segment_plots
from models.segments.compute import ProfilesReport
from models.segments.contents import FeatureMedian, KindTotal, SegmentsReport
from models.segments.text import AXIS_TITLES, KIND_TITLES, percent_or_dash
from models.shell.html import environment
from models.shell.small_plots import short_number
from models.store.drafts import publish_text
from models.text import ENGLISH

SEGMENTS_PAGE = "segments.html"
CHOSEN_BY = {
    "separation": "the one whose segments lie farthest apart, of those that hold under resampling and are large enough",
    "fewest": "the fewest that hold under resampling, since nothing lies apart",
    "stability": "the steadiest of all, since none holds under resampling as the config asks",
}
_HEAT_STEPS = ((1.0, 3), (0.5, 2), (0.25, 1))
"""From so many spreads on, a cell has so deep a colour."""
_MOVE_STEPS = ((0.5, 3), (0.2, 2), (0.05, 1))


def write_segments_page(report: ProfilesReport, path: Path) -> None:
    """Write the page of profiles, whole or not at all."""
    publish_text(path, segments_page(report))


def segments_page(report: ProfilesReport) -> str:
    """The page of what ``book_profiles`` or ``trained_profiles`` found."""
    segments, totals = report.segments, kinds_in_order(report.segments.kinds)
    return str(
        environment(
            filters={"figure": short_number, "percent": percent_or_dash, "signed": signed},
            functions={"heat": heat, "move": move, "said": _said, "style": segment_plots.segment_style},
        )
        .get_template("segments/page.html")
        .render(
            report=report,
            segments=segments,
            medians=_medians(segments),
            kinds=report.kinds,
            totals=totals,
            titles=KIND_TITLES,
            axis_titles=AXIS_TITLES,
            chosen_by=CHOSEN_BY,
            methods=segment_plots.METHODS,
            map_charts=[
                segment_plots.map_chart(segments.map, segments.segments),
                segment_plots.loadings_chart(segments.map, segments.features, segments.called[ENGLISH]),
            ],
            choice_charts=[
                segment_plots.stability_chart(segments),
                segment_plots.separation_chart(segments),
                segment_plots.structure_chart(segments.structure_test),
            ],
            mix_charts=[
                segment_plots.mix_chart(name, segments.segments, whole, segments.tier_colours)
                for name, whole in totals.items()
            ],
        )
    )


def kinds_in_order(kinds: Mapping[str, Sequence[KindTotal]]) -> dict[str, Sequence[KindTotal]]:
    """Decisions first, as they are taken, then the other labels of clients; a report's file keeps no order.

    >>> list(kinds_in_order({"region": [], "tier": [], "stage": []}))
    ['stage', 'tier', 'region']
    """
    known = [name for name in KIND_TITLES if name in kinds]
    return {name: kinds[name] for name in (*known, *(name for name in kinds if name not in KIND_TITLES))}


def _medians(segments: SegmentsReport) -> list[tuple[str, Mapping[str, FeatureMedian]]]:
    """Rows of the heat map: the whole book, then each segment, with the medians of their features."""
    rows = [(f"{each.number}: {each.name}", each.features) for each in segments.segments]
    return [("whole book", segments.whole.features), *rows]


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


def _said(report: ProfilesReport, name: str, median: float | None) -> str:
    """The median of a feature in a segment, as a person writes it."""
    if median is None:
        return "not known"
    figure = report.segments.figures.get(name)
    return short_number(median) if figure is None else _worded(median, FigureUnit(figure), report.currency)


def _worded(median: float, figure: FigureUnit, currency: str) -> str:
    return figure_in_words(median, figure, ENGLISH, currency=currency)
