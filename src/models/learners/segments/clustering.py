"""Protocol of clustering methods: parameters as text, and costs by which a client is assigned."""

from __future__ import annotations

from typing import Any, Protocol, Self

from models.vocab import FloatArray, IntArray


class Clustering(Protocol):
    """Clusters on the scale of ``SegmentModel``; a new client is assigned to the one where it costs least.

    A row's costs are its own: they are summed feature by feature, never by a matrix product, whose last digits
    change with the number of rows.
    """

    @property
    def method(self) -> str:
        """Name of the method, as the config calls it."""

    @property
    def centres(self) -> FloatArray:
        """Middle of each cluster, (n_clusters, n_features)."""

    def costs(self, scaled: FloatArray) -> FloatArray:
        """What each client would cost in each cluster, (n, n_features) -> (n, n_clusters); the least is its own."""

    def distance(self, scaled: FloatArray, cluster: IntArray) -> FloatArray:
        """How far each client lies from the middle of its ``cluster`` (n,), in spreads of the features. (n,)."""

    def margin(self, least: FloatArray, second: FloatArray) -> FloatArray:
        """How clearly the cheapest cluster wins over the second: 0 on the border, towards 1 far from it. (n,)."""

    def reordered(self, order: IntArray) -> Self:
        """The same clusters in another order."""

    def to_facts(self) -> dict[str, Any]:
        """All parameters, ready for JSON."""
