"""All addresses of the workbench: those of each screen, the log-in, and the pages for members."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from models.review.access import pages
from models.review.project.settings import SCREENS

_BY_DIRECTORY = [path("oidc/", include("mozilla_django_oidc.urls"))] if hasattr(settings, "OIDC_RP_CLIENT_ID") else []
urlpatterns = [
    path("", include("models.review.access.urls")),
    *(path("", include(f"models.review.{screen}.urls")) for screen in SCREENS),
    path("members/", admin.site.urls),
    *_BY_DIRECTORY,
]
handler400, handler403, handler404, handler500 = pages.bad_request, pages.refused, pages.not_found, pages.broken
