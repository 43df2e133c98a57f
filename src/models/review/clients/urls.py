"""Routes of the clients' list."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.clients import views
from models.review.shared.rights import Right

urlpatterns = [
    route("clients/", views.clients, name="clients", needs=Right.SEE_CLIENTS),
    route("clients/export/", views.export, name="clients_export", needs=Right.EXPORT),
    route("clients/views/", views.save_view, name="clients_save_view", needs=Right.SEE_CLIENTS),
    route("clients/views/<int:number>/forget/", views.forget_view, name="clients_forget_view", needs=Right.SEE_CLIENTS),
]
