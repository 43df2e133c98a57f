"""Routes of warnings. The id of a client stands last: it may hold whatever a bank writes."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.alerts import views
from models.review.shared.rights import Right

urlpatterns = [
    route("warnings/", views.alerts, name="alerts", needs=Right.SEE_CLIENTS),
    route("warnings/<str:step>/<path:client>", views.work, name="alert_work", needs=Right.WORK),
]
