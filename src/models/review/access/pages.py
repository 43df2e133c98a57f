"""Log-in and log-out, the own settings, and what is said where a request is refused."""

from __future__ import annotations

from collections.abc import Mapping

from axes.helpers import get_cool_off
from django.contrib import messages
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from models.review.access.portfolio import portfolio_of
from models.review.access.text import LOCKED_OUT, MESSAGES, ROLES, SAVED
from models.review.shared.languages import page_language
from models.review.shared.render import page
from models.review.shared.rights import Right, Role, rights_of
from models.review.shared.screens import offered_screens
from models.review.site import shown_site
from models.shell.editions import own_name
from models.text import Language, languages


@method_decorator(require_http_methods(["GET", "POST"]), name="dispatch")
class LogIn(LoginView):
    """The log-in; who is logged in already goes on to the first page."""

    redirect_authenticated_user = True
    authentication_form = AuthenticationForm

    def render_to_response(self, context: Mapping[str, object], **_: object) -> HttpResponse:
        """The form, with one sentence where name and password do not belong together."""
        form = context["form"]
        assert isinstance(form, AuthenticationForm)  # noqa: S101 - as the class says
        return page(
            self.request,
            "access/log_in.html",
            form=form,
            failed=bool(form.errors),
            next=context.get("next", ""),
            by_directory=shown_site().config.review.log_in == "directory",
        )


class Password(PasswordChangeView):
    """The own password, by who knows the present one."""

    success_url = reverse_lazy("settings")

    def render_to_response(self, context: Mapping[str, object], **_: object) -> HttpResponse:
        """The form, with what is wrong with it beside each field."""
        return page(self.request, "access/password.html", form=context["form"])

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Changes it; the session goes on, and every other of this member ends."""
        messages.success(self.request, SAVED.within(page_language()))
        return super().form_valid(form)


log_in = LogIn.as_view()
password = Password.as_view()
log_out = LogoutView.as_view()


def home(request: HttpRequest) -> HttpResponseBase:
    """On to the first screen that whoever asks may open."""
    rights = rights_of(request.user)
    screens = offered_screens(rights)
    if screens:
        return redirect(reverse(screens[0].home))
    return redirect("admin:auth_user_changelist" if Right.MANAGE_MEMBERS in rights else "settings")


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponseBase:
    """The own language, role and portfolio."""
    member = request.user.member  # type: ignore[union-attr]
    if request.method == "POST":
        if request.POST.get("language") not in languages():
            return bad_request(request)
        member.language = request.POST["language"]
        member.save(update_fields=["language"])
        messages.success(request, SAVED.within(Language(member.language)))
        return redirect("settings")
    portfolio = portfolio_of(request.user)
    return page(
        request,
        "access/settings.html",
        member=member,
        role=ROLES[Role(member.role)],
        by_password=shown_site().config.review.log_in == "password",
        portfolio=portfolio,
        parts=[*sorted(portfolio.managers), *sorted(portfolio.branches)],
        languages=[(each, own_name(each)) for each in languages()],
    )


def locked_out(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """Too many failed log-ins: how long to wait."""
    waiting = get_cool_off()
    minutes = 0 if waiting is None else round(waiting.total_seconds() / 60)
    why = LOCKED_OUT.within(page_language(), count=minutes)
    return page(request, "shared/message.html", status=429, heading=MESSAGES["refused"][0], why=why)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was not sent from a page of the session."""
    return _message(request, "forged", 403)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A page whose right the role lacks."""
    return _message(request, "refused", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No such page, or nothing by this name in the portfolio; which of the two is said to nobody."""
    return _message(request, "not_found", 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Something that the page does not take."""
    return _message(request, "bad_request", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """A mistake of ours; nothing of it is shown."""
    return _message(request, "broken", 500)


def out_of_order(request: HttpRequest) -> HttpResponse:
    """What a page stands on is not as it should be: whoever runs the workbench can mend it."""
    return _message(request, "out_of_order", 503)


def _message(request: HttpRequest, key: str, status: int) -> HttpResponse:
    heading, why = MESSAGES[key]
    return page(request, "shared/message.html", status=status, heading=heading, why=why)
