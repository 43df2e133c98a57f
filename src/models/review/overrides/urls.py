"""Routes of overrides."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.overrides import answers, views
from models.review.shared.rights import Right

urlpatterns = [
    route("overrides/", views.overview, name="overrides", needs=Right.SEE_CLIENTS),
    route("overrides/report/", views.report, name="override_report", needs=Right.SEE_CLIENTS),
    route("overrides/<int:number>/", views.case, name="override", needs=Right.SEE_CLIENTS),
    route("overrides/<int:number>/file/", views.attachment, name="override_file", needs=Right.SEE_CLIENTS),
    route("overrides/<int:number>/approve/", answers.approve, name="override_approve", needs=Right.APPROVE),
    route("overrides/<int:number>/return/", answers.send_back, name="override_return", needs=Right.APPROVE),
    route("overrides/<int:number>/withdraw/", answers.withdraw, name="override_withdraw", needs=Right.PROPOSE),
    route("overrides/effect/<path:client>/", answers.effect, name="override_effect", needs=Right.PROPOSE),
    route("overrides/of/<path:client>/", answers.propose, name="override_new", needs=Right.PROPOSE),
]
