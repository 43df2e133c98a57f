"""The app of the pages that come with Django, with our own site in the place of its."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class MembersAdminConfig(AdminConfig):
    """The pages that come with Django, opened by whoever may manage members."""

    default_site = "models.review.access.members_site.MembersSite"
