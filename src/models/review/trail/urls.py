"""Routes of auditors; who is asked for comes in the body of a form, so that no address tells."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.shared.rights import Right
from models.review.trail import views

urlpatterns = [
    route("audit/", views.trail, name="trail", needs=Right.SEE_TRAIL),
    route("audit/export/", views.export, name="trail_export", needs=Right.SEE_TRAIL),
    route("audit/replay/", views.begin_replay, name="trail_replay", needs=Right.SEE_TRAIL),
    route("audit/replay/<int:number>/", views.replay_standing, name="trail_replay_standing", needs=Right.SEE_TRAIL),
]
