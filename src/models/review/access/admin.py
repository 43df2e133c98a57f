"""Users and their roles on the pages that come with Django, for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from models.review.access.models import Member
from models.review.shared.rights import Right, rights_of

if TYPE_CHECKING:
    _Inline = admin.StackedInline[Member, User]
    _Users = UserAdmin[User]
else:  # Django's own classes take no types when they run
    _Inline = admin.StackedInline
    _Users = UserAdmin


class MemberInline(_Inline):
    """The role of a user, on the user's page."""

    model = Member
    can_delete = False


class _ForAdministrators:
    """Who manages members may do so; Django's own permissions play no part."""

    def has_permission_of(self, request: HttpRequest) -> bool:
        return Right.MANAGE_MEMBERS in rights_of(request.user)


class MemberAdmin(_ForAdministrators, _Users):
    """Users with role and portfolio. Nobody is deleted, since decisions name them: whoever left is made inactive."""

    inlines = (MemberInline,)
    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "member__role")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "is_active")}),
    )

    def has_module_permission(self, request: HttpRequest) -> bool:
        """For administrators."""
        return self.has_permission_of(request)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """For administrators."""
        return self.has_permission_of(request)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """For nobody."""
        return False


admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.register(User, MemberAdmin)
