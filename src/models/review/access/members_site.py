"""The pages that come with Django: for administrators of members, in place of its own permissions."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.http import HttpRequest

from models.review.shared.rights import Right, rights_of


class MembersSite(AdminSite):
    """Users, their roles and portfolios."""

    site_title = site_header = "clientvalue"
    index_title = "Members"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether whoever asks may manage members."""
        return request.user.is_active and Right.MANAGE_MEMBERS in rights_of(request.user)
