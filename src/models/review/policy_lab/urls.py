"""Routes of the policy lab."""

from __future__ import annotations

from models.review.access.routes import route
from models.review.policy_lab import answers, views
from models.review.shared.rights import Right

urlpatterns = [
    route("policy-lab/", views.lab, name="policy_lab", needs=Right.SEE_MODELS),
    route("policy-lab/shift/", views.shift, name="policy_shift", needs=Right.SEE_MODELS),
    route("policy-lab/propose/", answers.propose, name="policy_propose", needs=Right.PROPOSE),
    route("policy-lab/<int:number>/", views.proposal, name="policy_proposal", needs=Right.SEE_MODELS),
    route("policy-lab/<int:number>/approve/", answers.approve, name="policy_approve", needs=Right.APPROVE),
    route("policy-lab/<int:number>/return/", answers.send_back, name="policy_return", needs=Right.APPROVE),
    route("policy-lab/<int:number>/judge/", answers.judge, name="policy_judge", needs=Right.PROPOSE),
    route("policy-lab/<int:number>/withdraw/", answers.withdraw, name="policy_withdraw", needs=Right.PROPOSE),
]
