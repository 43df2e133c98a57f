"""The Django app of the chain of decisions; it has no page of its own."""

from __future__ import annotations

from django.apps import AppConfig


class ChainConfig(AppConfig):
    """What people decided."""

    name = "models.review.chain"
    label = "review_chain"
    verbose_name = "Decisions"
