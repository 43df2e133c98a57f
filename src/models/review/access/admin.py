"""Users and their roles on the pages that come with Django, for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest

from models.review.access.models import Member
from models.review.access.role_changes import record_rights
from models.review.shared.rights import Right, rights_of

if TYPE_CHECKING:
    _Inline = admin.StackedInline[Member, User]
    _Users = UserAdmin[User]
else:  # Django's own classes take no types when they run
    _Inline = admin.StackedInline
    _Users = UserAdmin


class _ForAdministrators:
    """Rights of whoever manages members, in the place of Django's own permissions; nobody deletes anything."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return Right.MANAGE_MEMBERS in rights_of(request.user)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Of others: nobody changes what they may do themselves."""
        return self.has_module_permission(request) and obj != request.user

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


class MemberInline(_ForAdministrators, _Inline):
    """The role of a user, on the user's page."""

    model = Member
    can_delete = False


class MemberAdmin(_ForAdministrators, _Users):
    """Users with role and portfolio. Nobody is deleted, since decisions name them: whoever left is made inactive."""

    inlines = (MemberInline,)
    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active", "member__role")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email", "is_active")}),
    )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Saves role and portfolio, and records them in the chain: both, or neither."""
        super().save_related(request, form, formsets, change)
        member = Member.objects.filter(user=form.instance).select_related("user").first()
        if member is not None:
            record_rights(member, by=request.user.get_username())


admin.site.unregister(User)
admin.site.unregister(Group)
admin.site.register(User, MemberAdmin)
