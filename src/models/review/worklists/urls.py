"""Routes of work lists. The id of a client stands last: it may hold whatever a bank writes."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.shared.rights import Right
from models.review.worklists import views

urlpatterns = [
    route("lists/", views.worklists, name="worklists", needs=Right.SEE_CLIENTS),
    route("lists/export/", views.export, name="worklists_export", needs=Right.EXPORT),
    route("lists/<str:step>/<str:purpose>/<path:client>", views.work, name="worklist_work", needs=Right.WORK),
]
