"""Routes of letters and objections."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.letters import views
from models.review.shared.rights import Right

urlpatterns = [
    route("letters/", views.letters, name="letters", needs=Right.SEE_CLIENTS),
    route("letters/filed/<int:number>", views.filed, name="letter_filed", needs=Right.SEE_CLIENTS),
    route("letters/objection/<int:number>", views.objection, name="objection", needs=Right.SEE_CLIENTS),
    route("letters/open/<int:number>", views.open_objection, name="objection_open", needs=Right.WRITE_LETTERS),
    route("letters/answer/<int:number>", views.answer, name="objection_answer", needs=Right.ANSWER_OBJECTIONS),
    route("letter/<path:client>", views.letter, name="letter", needs=Right.WRITE_LETTERS),
    route("letter-file/<path:client>", views.file, name="letter_file", needs=Right.WRITE_LETTERS),
]
