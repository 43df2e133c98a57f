"""Routes of one client. The id stands last: it may hold whatever a bank writes, a slash too."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.client import views
from models.review.shared.rights import Right

urlpatterns = [
    route("client/<path:client>", views.client, name="client", needs=Right.SEE_CLIENTS),
    route("client-tab/<str:tab>/<path:client>", views.client_tab, name="client_tab", needs=Right.SEE_CLIENTS),
    route("client-comment/<path:client>", views.comment, name="client_comment", needs=Right.COMMENT),
    route("client-print-style/<path:client>", views.print_style, name="client_print_style", needs=Right.SEE_CLIENTS),
]
