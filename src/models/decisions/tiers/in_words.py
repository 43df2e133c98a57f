"""The rule of expected value and decline in other languages than that of scores; what is decided stands elsewhere."""

from __future__ import annotations

from models.decisions.figures_in_words import CURRENCIES_ZH
from models.decisions.tiers.expected import TierPolicy
from models.tables.features import Language


def expectation_in_words(value: float, decline: float, policy: TierPolicy, language: Language) -> str:
    """Which rule decided the tier of a client of this expected value (book currency) and probability of decline.

    >>> from models.config import TiersConfig
    >>> policy = TierPolicy(settings=TiersConfig(), aa_value=900.0, a_value=200.0, currency="USD")
    >>> expectation_in_words(950.0, 0.0, policy, "zh").partition("，")[0]
    'AA级：预期价值不低于900美元'
    """
    settings = policy.settings
    top, good = value >= policy.aa_value, value >= policy.a_value
    if decline > settings.a_max_decline:
        return _SENTENCES["risk"][language].format(risk=f"{settings.a_max_decline:.0%}")
    if not good:
        return _SENTENCES["low"][language].format(amount=_amount(policy.a_value, policy.currency, language))
    rule = "top" if top and decline <= settings.aa_max_decline else "held" if top else "good"
    limit = settings.a_max_decline if rule == "good" else settings.aa_max_decline
    cut_off = policy.aa_value if top else policy.a_value
    return _SENTENCES[rule][language].format(amount=_amount(cut_off, policy.currency, language), risk=f"{limit:.0%}")


_SENTENCES: dict[str, dict[Language, str]] = {
    "risk": {"en": "B: decline above {risk}, whatever the value", "zh": "B级：衰退概率高于{risk}，无论价值高低"},
    "low": {"en": "B: expected value below {amount}", "zh": "B级：预期价值低于{amount}"},
    "top": {
        "en": "AA: expected value at or above {amount}, decline at most {risk}",
        "zh": "AA级：预期价值不低于{amount}，衰退概率不超过{risk}",
    },
    "held": {
        "en": "A: expected value at or above {amount}, but decline above {risk}",
        "zh": "A级：预期价值不低于{amount}，但衰退概率高于{risk}",
    },
    "good": {
        "en": "A: expected value at or above {amount}, decline at most {risk}",
        "zh": "A级：预期价值不低于{amount}，衰退概率不超过{risk}",
    },
}


def _amount(value: float, currency: str, language: Language) -> str:
    if language == "en":
        return f"{value:,.0f} {currency}"
    return f"{value:,.0f}{CURRENCIES_ZH.get(currency, f' {currency}')}"
