"""Of what kind: which products make up the client's business, and how concentrated it is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.panel.features.inputs import Feature, FeatureInputs, ratio, summed
from models.panel.features.words import LESS, SMALLER, FigureUnit, Template, Topic, words_for
from models.text import Text

_TOPIC = Topic("product_mix", Text("product mix"))
_UNUSED = Text("no product of the mix was used so far")
_SHARE = Template(
    figure=FigureUnit.SHARE,
    description=Text("share of {label} in the product mix so far"),
    statement=Text("{label} made up {value} of the product mix so far"),
    missing=_UNUSED,
    than=LESS,
)
_CONCENTRATION = Template(
    figure=FigureUnit.SHARE,
    description=Text("concentration of the product mix"),
    statement=Text("the concentration of the product mix is {value}"),
    missing=_UNUSED,
)
_PRODUCTS = Template(
    figure=FigureUnit.COUNT,
    description=Text("number of kinds of products used so far"),
    statement=Text("the number of kinds of products used so far is {value}"),
    missing=_UNUSED,
    none=_UNUSED,
    than=SMALLER,
)


def mix_features(known: FeatureInputs) -> Iterator[Feature]:
    """Share of each mix measure in their sum, their concentration (Herfindahl) and how many were ever used.

    Shares are taken over the whole past. Herfindahl is 1 for a single product, 1/n for n equal ones.
    """
    if not known.settings.mix:
        return
    amounts = np.stack([known.past.total(name) for name in known.settings.mix])
    whole = summed(amounts)
    shares = [ratio(amount, whole) for amount in amounts]
    for name, share in zip(known.settings.mix, shares, strict=True):
        yield Feature(f"{name}_share_ever", "share", share, words_for(_SHARE, _TOPIC, label=known.labels.of(name)))
    concentration = np.asarray(sum(share * share for share in shares))
    yield Feature("mix_concentration_ever", "ratio", concentration, words_for(_CONCENTRATION, _TOPIC))
    used = sum((known.past.count(name) > 0).astype(np.float64) for name in known.settings.mix)
    yield Feature("mix_products_ever", "products", np.asarray(used), words_for(_PRODUCTS, _TOPIC))
