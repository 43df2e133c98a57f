"""Routes of moves between tiers."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.movers import views
from models.review.shared.rights import Right

urlpatterns = [route("movers/", views.movers, name="movers", needs=Right.SEE_CLIENTS)]
