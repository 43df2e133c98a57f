"""Words of the policy lab."""

from __future__ import annotations

from models.decisions.entries import DecisionAct
from models.text import Text
from models.vocab import Aim

SENT = Text("The policy was proposed. It runs once another person has approved it.")
DONE = {
    DecisionAct.POLICY_APPROVED: Text("The policy was approved. The next run grades by it."),
    DecisionAct.POLICY_RETURNED: Text("The policy was returned with your remark."),
    DecisionAct.POLICY_WITHDRAWN: Text("The policy was withdrawn by a new entry: the one before runs again."),
}
ACTS = {
    DecisionAct.POLICY_PROPOSED: Text("proposed", "act"),
    DecisionAct.POLICY_APPROVED: Text("approved", "act"),
    DecisionAct.POLICY_RETURNED: Text("returned", "act"),
    DecisionAct.POLICY_WITHDRAWN: Text("withdrawn", "act"),
}
KINDS = {
    "share": Text("share of the book", "cut-off"),
    "points": Text("points of 100", "cut-off"),
    "amount": Text("amount", "cut-off"),
    "probability": Text("probability", "cut-off"),
}
JUDGING = Text("It is being judged on past dates, in a process of its own: that may take some minutes.")
AIMS = {
    Aim.SCREENING: Text("clients to review", "aim of a policy"),
    Aim.CREDIT_LOSS: Text("share of losses met", "aim of a policy"),
    Aim.PROFIT: Text("profit of offers per client", "aim of a policy"),
    Aim.STABILITY: Text("clients that change tier", "aim of a policy"),
}
"""What a policy is judged by on past dates; fewer reviews and changes are better, and more losses met and profit."""
