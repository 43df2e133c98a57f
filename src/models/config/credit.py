"""Settings of expected credit loss: loss given default, conversion of undrawn limits, amortisation, rating grades."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from models.config.base import Section, Share

Probability = Annotated[float, Field(ge=0, le=1)]


class ProductCreditConfig(Section):
    """What differs for one product; what is not said is as in ``credit``."""

    loss_given_default: Share | None = Field(default=None, description="LGD of what no collateral covers.")
    conversion: Share | None = Field(default=None, description="Share of the undrawn limit drawn by the default (CCF).")
    revolving: bool | None = Field(default=None, description="Whether what is repaid can be drawn again.")
    amortising: bool | None = Field(default=None, description="Whether it is repaid in instalments until it matures.")


class CreditConfig(Section):
    """Expected credit loss = probability of default (PD) x loss given default (LGD) x exposure at default (EAD).

    A facility's LGD is that of the book (``facilities.lgd``), else follows from product and collateral, as the
    foundation approach counts it: what collateral covers after its haircut is lost at ``secured_loss``, the rest at
    ``loss_given_default``. Exposure is what is drawn and ``conversion`` of what is not. Sources of the defaults: Basel
    Committee, CRE32.6 (LGD 45%), CRE32.11 (secured 20%, haircut 40%) and CRE20.94 (conversion 40%).
    """

    loss_given_default: Share = Field(default=0.45, description="LGD of what no collateral covers.")
    secured_loss: Share = Field(default=0.2, description="LGD of what collateral covers after its haircut.")
    collateral_haircut: Share = Field(default=0.4, description="Share of the collateral's value that is not counted.")
    conversion: Share = Field(default=0.4, description="Share of the undrawn limit drawn by the default (CCF).")
    products: dict[str, ProductCreditConfig] = Field(default_factory=dict, description="Product -> what differs.")
    grades: dict[str, Probability] = Field(
        default_factory=dict,
        description="Rating grade -> PD of 12 months, where ratings have no pd of their own.",
    )
    past_recoveries: Literal["apart", "value"] = Field(
        default="apart",
        description="Recoveries of what was written off before the as-of date: a part of their own, or client value.",
    )
