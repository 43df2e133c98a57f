"""Routes of the model room."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.model_room import views
from models.review.shared.rights import Right

urlpatterns = [
    route("models/", views.room, name="models", needs=Right.SEE_MODELS),
    route("models/changes/<int:number>/", views.change, name="model_change", needs=Right.SEE_MODELS),
    route("models/<slug:key>.css", views.styles, name="model_styles", needs=Right.SEE_MODELS),
    route("models/<slug:key>/", views.kept_page, name="model_page", needs=Right.SEE_MODELS),
    route("models/validation/<str:file>", views.figure_file, name="model_figure", needs=Right.SEE_MODELS),
]
