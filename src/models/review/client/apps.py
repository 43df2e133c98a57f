"""The Django app of one client; it is reached from other screens and has no line in the navigation."""

from __future__ import annotations

from django.apps import AppConfig


class ClientScreenConfig(AppConfig):
    """One client, and what members wrote about it."""

    name = "models.review.client"
    label = "review_client"
    verbose_name = "Client"
