"""Names of headings and client types in the explanation of a client."""

from __future__ import annotations

from models.panel.features.labels import STRETCHES
from models.text import Language, Slot, Text

KINDS = {
    "acquisition": Text("acquisition", "kind"),
    "development": Text("development", "kind"),
    "maturity": Text("maturity", "kind"),
    "decline": Text("decline", "kind"),
    "churned": Text("churned", "kind"),
    "strategic": Text("strategic", "kind"),
    "transactional": Text("transactional", "kind"),
    "partnership": Text("partnership", "kind"),
    "problem-solving": Text("problem-solving", "kind"),
    "funding": Text("funding", "kind"),
    "resource integration": Text("resource integration", "kind"),
    "risk management": Text("risk management", "kind"),
    "key region": Text("key region", "kind"),
    "emerging market": Text("emerging market", "kind"),
    "other": Text("other", "kind"),
    "ordinary": Text("ordinary", "kind"),
    "high": Text("high", "kind"),
    "medium": Text("medium", "kind"),
    "low": Text("low", "kind"),
    "reduced": Text("business reduced", "kind"),
    "refinanced_away": Text("refinanced elsewhere", "kind"),
    "dormant": Text("gone quiet", "kind"),
    "default": Text("default", "kind"),
}

_WORDS = {
    "as_of": Text("as of {day}"),
    "value": Text("Value"),
    "margin": Text("Expected margin"),
    "credit_loss": Text("Expected credit loss"),
    "credit_loss_parts": Text("PD {pd}, LGD {lgd}, exposure at default {ead}"),
    "decline": Text("Decline"),
    "tier": Text("Tier"),
    "tier_by_rule": Text("Tier by the rules alone"),
    "override": Text("Override"),
    "override_applied": Text("applied"),
    "override_agrees with the rules": Text("agrees with the rules"),
    "override_held down by a cap": Text("held down by a cap"),
    "override_expired": Text("expired"),
    "override_not yet decided": Text("decided later than this date"),
    "stage": Text("Stage"),
    "relationship": Text("Relationship"),
    "need": Text("Need"),
    "speaks_for_it": Text("driven by {drivers}"),
    "segment": Text("Segment"),
    "peers": Text("Peers"),
    **STRETCHES,
    "within": Text("within {horizon}"),
    "value_range": Text("{level} of such clients: {low} to {high}"),
    "decline_range": Text("of such clients {low} to {high} decline"),
    "moving": Text("moving to {kind}, not yet held"),
    "why_decline": Text("Why this risk of decline"),
    "why_value": Text("Why this value"),
    "why_credit_loss": Text("Why this credit loss"),
    "units_decline": Text("{unit} of the probability of decline {within}"),
    "units_value": Text("{unit} of the value {within}"),
    "units_credit_loss": Text("{unit} of the expected credit loss {within}"),
    "unknown": Text("Base: a client of whom nothing is known"),
    "unknown_short": Text("Base"),
    "others": Text("{count} other reasons together"),
    "one_other": Text("1 other reason"),
    "rounding": Text("rounding"),
    "together": Text("This client"),
    "change": Text("What changed since {day}"),
    "change_against": Text("What changed since {day} and version {version} of the models"),
    "change_models": Text("From what version {version} of the models says to what this one says"),
    "tier_same": Text("The tier stays {now}."),
    "tier_same_by_rule": Text("By the rules alone the tier stays {now}."),
    "tier_moved": Text("The tier moved from {before} to {now}: {because}."),
    "tier_moved_by_rule": Text("By the rules alone the tier moved from {before} to {now}: {because}."),
    "by_model": Text("other models"),
    "by_calibration": Text("other calibration"),
    "by_policy": Text("another policy"),
    "dimension_moved": Text("{dimension}, most by {most}"),
    "cap_set_in": Text("a cap holds now, {cap} ({moved})"),
    "cap_lifted": Text("a cap holds no more, {cap} ({moved})"),
    "reason": Text("Reason"),
    "risk_points": Text("risk, points"),
    "value_in": Text("value, {unit}"),
    "reach": Text("What would change it"),
    "reach_note": Text("The models' answer, no promise: what clients look like who stand better."),
    "tier_up": Text("One tier up"),
    "tier_up_by_rule": Text("One tier up from {tier}, which the rules alone say"),
    "off_list": Text("Off the decline list"),
    "reach_then": Text("Then: tier {tier}, decline {decline}, value {value}."),
    "reach_then_by_rule": Text("Then: by the rules alone tier {tier}, decline {decline}, value {value}."),
    "reach_none": Text("Nothing within reach does it. Nearest comes:"),
    "reach_nothing": Text("Nothing within reach brings it nearer."),
    "reach_or": Text("Or: "),
    "full_stop": Text("{sentence}."),
    "no_lending": Text("No lending is proposed to a client {why}."),
    "no_lending_arrears": Text("in arrears"),
    "no_lending_cap": Text("under a cap"),
    "no_lending_default": Text("with a probability of default of {share}"),
    "reach_move": Text("{feature}: {now} → {then}"),
    "grade": Text("Why this tier"),
    "grade_rule": Text("Decision table"),
    "grade_kept": Text("Stability"),
    "grade_caps": Text("Caps that hold"),
    "grade_idle": Text("Caps not in force, since the book lacks what they look at"),
    "grade_lacking": Text("To the next tier"),
    "grade_needs": Text("What it takes"),
    "grade_what": Text("Dimension and criterion"),
    "grade_observed": Text("Observed"),
    "grade_on": Text("Recorded"),
    "grade_source": Text("Source"),
    "grade_points": Text("Points"),
    "grade_weight": Text("Weight"),
    "grade_level": Text("Level"),
    "treatment": Text("Treatment"),
    "warnings": Text("Warnings"),
    "lists": Text("Work lists"),
    "history": Text("History"),
    "version": Text("model version {version}"),
    "policy": Text("policy {policy}"),
    "none": Text("unknown"),
    "note": Text("note", "severity"),
    "warning": Text("warning", "severity"),
    "refused": Text("refused", "severity"),
    "history_value": Text("Expected value at earlier dates, {unit}"),
    "history_decline": Text("Probability of decline at earlier dates"),
    "history_line": Text("as the present models read what was known then; above: tier by the rules alone"),
    "history_band": Text("range that holds {level} of such clients"),
    "history_share": Text("range of the share that declines"),
    "probability": Text("probability"),
    "until_week": Text("until week"),
    "until_month": Text("until month"),
    "until_quarter": Text("until quarter"),
    "curve_decline": Text("declined by then"),
    "curve_return": Text("business came back by then"),
    "curve_title_decline": Text("When decline sets in, by cause"),
    "curve_title_return": Text("When business comes back"),
    "waterfall_decline": Text("Probability of decline, reason by reason: {unit}"),
    "waterfall_value": Text("Expected value, reason by reason: {unit}"),
    "waterfall_credit_loss": Text("Expected credit loss, reason by reason: {unit}"),
    "waterfall_note": Text(
        "Read from the top: each bar begins where the one above ends. Red makes the client worse, green better."
    ),
    "peers_title": Text("Beside its peers"),
    "peers_note": Text("Band: where four fifths of the peers lie; tick: their middle; dot: this client."),
    "measure": Text("Measure"),
    "this_client": Text("This client"),
    "usual": Text("Usual"),
    "usual_range": Text("Usual range"),
    "all_reasons": Text("All reasons with what they are made of"),
    "sum_note": Text("Base (a client of whom nothing is known) and all reasons sum to the prediction."),
    "all_reasons_short": Text("All reasons"),
    "what_changed": Text("What changed"),
    "on_paper": Text("Further reasons and charts stand on the page on screen."),
    "page_title": Text("Client {client}"),
    "foot": Text(
        "Nothing that became known on {day} or later was used. Earlier dates are read by the present models from what "
        "was known then; tier and stage there are as the rules say at each date alone."
    ),
    "in_unit": Text("{what}, {unit}"),
    "colon": Text(": "),
}


def say(key: str, language: Language, **slots: Slot) -> str:
    """A heading or phrase with its slots filled.

    >>> say("within", "en", horizon=say("month", "en", count=12))
    'within 12 months'
    """
    return _WORDS[key].within(language, **slots)


def kind_in_words(kind: str | None, language: Language) -> str:
    """What a stage, type or cause is called; an unknown one by its own name.

    >>> kind_in_words("problem-solving", "en"), kind_in_words("core Asia", "en")
    ('problem-solving', 'core Asia')
    """
    if kind is None:
        return say("none", language)
    return KINDS[kind].within(language) if kind in KINDS else kind
