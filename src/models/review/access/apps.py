"""The Django app of members and rights."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Members, roles, portfolios, readings."""

    name = "models.review.access"
    label = "review_access"
    verbose_name = "Members"
