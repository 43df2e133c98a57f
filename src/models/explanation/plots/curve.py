"""The curve of decline, or of business that returns: the chance until each step of the horizon, by cause."""

from __future__ import annotations

from markupsafe import Markup

from models.explanation.labels import kind_in_words, say
from models.explanation.story import ClientStory
from models.reasons.figures import percentage
from models.shell.chart import COLOURS, Chart, LegendKey
from models.shell.svg import AxisScale, Frame, in_marks_of, percent, reaching
from models.text import number

_HEIGHT = 230


def decline_chart(story: ClientStory) -> Chart:
    """The curve of the client; areas on top of one another are the causes."""
    lang, curve = story.language, story.curve
    ends = [0.0, *(float(end) for end in curve.ends)]
    whole = [0.0, *curve.probability[0].tolist()]
    name = say(f"until_{story.period}", lang)
    x = AxisScale(low=0.0, high=ends[-1], name=name, say=in_marks_of(lang, "{:g}".format), places=tuple(ends))
    frame = Frame(x=x, y=reaching(whole, name=say("probability", lang), say=in_marks_of(lang, percent)), height=_HEIGHT)
    marks: list[Markup] = []
    legend = [LegendKey(css="ours", label=say(f"curve_{curve.event}", lang))]
    below = [0.0] * len(ends)
    for css, (cause, until) in zip(COLOURS, curve.incidence.items(), strict=False):
        above = [low + part for low, part in zip(below, [0.0, *until[0].tolist()], strict=True)]
        marks.append(_layer(frame, ends, below, above, css))
        legend.append(
            LegendKey(css=css, label=f"{kind_in_words(cause, lang)} {percentage(until[0, -1], lang, 1)}", shape="box")
        )
        below = above
    marks.append(frame.line(list(zip(ends, whole, strict=True)), "ours"))
    marks += [
        frame.dot(end, share, "ours", f"{number(f'{end:g}', lang)}: {percentage(share, lang, 1)}")
        for end, share in zip(ends[1:], whole[1:], strict=True)
    ]
    marks.append(frame.text(ends[-1], whole[-1], percentage(whole[-1], lang, 1), "label end", shift=(-6, -6)))
    title = say(f"curve_title_{curve.event}", lang)
    return Chart(title=title, svg=frame.svg(title, marks), legend=tuple(legend))


def _layer(frame: Frame, ends: list[float], below: list[float], above: list[float], css: str) -> Markup:
    upper = list(zip(ends, above, strict=True))
    lower = list(zip(ends, below, strict=True))
    return frame.area([*upper, *reversed(lower)], f"{css} layer")
