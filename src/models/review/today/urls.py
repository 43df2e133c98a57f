"""The route of the first screen."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.shared.rights import Right
from models.review.today import views

urlpatterns = [route("today/", views.today, name="today", needs=Right.SEE_CLIENTS)]
