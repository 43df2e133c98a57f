"""A proposed policy as one HTML page without scripts."""

from __future__ import annotations

from pathlib import Path

from models.proposal.contents import PolicyProposal
from models.proposal.plots import trade_off_chart
from models.proposal.text import AIMS, COUNTED, beside_rule, change_lines, counted, judged_sentences, verdict
from models.shell.html import environment
from models.store.drafts import publish_text


def write_proposal_page(proposal: PolicyProposal, path: Path) -> None:
    """Write the page, whole or not at all."""
    publish_text(path, proposal_page(proposal))


def proposal_page(proposal: PolicyProposal) -> str:
    """The page of a proposal."""
    made = environment(functions={"counted": counted, "beside_rule": beside_rule})
    return str(
        made.get_template("proposal/page.html").render(
            proposal=proposal,
            aims=AIMS,
            counts=COUNTED,
            verdict=verdict(proposal),
            elsewhere=list(judged_sentences(proposal)),
            changes=list(change_lines(proposal)),
            charts=[trade_off_chart(proposal)],
        )
    )
