"""The route of comparisons; its query names the clients and the dates."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.compare import views
from models.review.shared.rights import Right

urlpatterns = [route("compare/", views.compare, name="compare", needs=Right.SEE_CLIENTS)]
