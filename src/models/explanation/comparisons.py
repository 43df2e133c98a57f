"""The direction of comparisons with peers against the effect of a reason, measured by the models.

An effect is measured against the base, a client of whom nothing is known, and a comparison against the peers. A client
may have less of what lowers the risk than its peers and still more than nothing: then the two must not be worded as
if one followed from the other.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.learners.peers import PeerView
from models.reasons.ranking import ReasonTable
from models.reasons.text import Bearing
from models.vocab import FloatArray, IntArray, TextArray

Predict = Callable[[FloatArray], FloatArray]
"""Encoded features (n, n_features) -> predictions (n,)."""


def bearings(predict: Predict, matrix: FloatArray, table: ReasonTable, view: PeerView) -> TextArray:
    """What a comparison of each reason's leading feature has to do with the effect: a ``Bearing``, (n_clients, kept).

    Three questions to the model, of which one must bear out the effect and none gainsay it: what it would say of the
    client with the usual value of its peers; which way the client goes between the low and the high value of its peers;
    and which way the middle client goes over the whole book. ``matrix`` (n_clients, n_features) is encoded.
    """
    found = np.empty(table.leading.shape, dtype=np.dtype("<U8"))
    now = predict(matrix)
    for column, leading in enumerate(table.leading.T):
        usual = view.usual(leading[:, None])[:, 0]
        above = np.nan_to_num(np.sign(table.observed[:, column] - usual))
        moved = np.sign(now - _with(predict, matrix, leading, usual))
        answers = moved, above * _rise(predict, matrix, leading, view), above * _overall(predict, leading, view)
        reported = np.stack(answers) * np.sign(table.effect[:, column])
        borne_out = (reported > 0).any(axis=0) & ~(reported < 0).any(axis=0)
        found[:, column] = np.select([borne_out, moved == 0], [Bearing.FOR, Bearing.NONE], Bearing.AGAINST)
    return found


def _rise(predict: Predict, matrix: FloatArray, leading: IntArray, view: PeerView) -> FloatArray:
    """Whether the prediction rises (1) or falls (-1) from the low to the high value of the peers. Shape (n,)."""
    low, high = view.low(leading[:, None])[:, 0], view.high(leading[:, None])[:, 0]
    return np.sign(_with(predict, matrix, leading, high) - _with(predict, matrix, leading, low))


def _overall(predict: Predict, leading: IntArray, view: PeerView) -> FloatArray:
    """Whether the prediction of the middle client rises (1) or falls (-1) over the whole book. Shape (n,)."""
    if not view.peers.groups:
        return np.zeros(len(leading))
    features, place = np.unique(leading, return_inverse=True)
    last = len(view.peers.groups) - 1
    whole = PeerView(peers=view.peers, group=np.full(len(features), last, dtype=np.int64))
    middle = np.tile(view.peers.median[last], (len(features), 1))
    return _rise(predict, middle, features, whole)[place]


def _with(predict: Predict, matrix: FloatArray, places: IntArray, values: FloatArray) -> FloatArray:
    """What is predicted of each client with another value of one feature. ``places`` and ``values`` (n,)."""
    changed = matrix.copy()
    changed[np.arange(len(matrix)), places] = values
    return predict(changed)
