"""Loss severity: the share of the exposure that a default costs within the horizon, less recoveries by its end."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np

from models.vocab import FloatArray


@dataclass(frozen=True, kw_only=True)
class LossSeverity:
    """Share lost = ``level`` - (1 - LGD) x recovered share; recovered = ``recovered`` + ``by_risk`` x sqrt(PD).

    LGD counts the whole workout; within the horizon only a part of it is over. The likelier a default, the sooner it
    comes, and the more of the recoveries the horizon still sees. ``level`` is the exposure at default over what was
    written off. The recovered share lies between 0 and 1, and what is lost is not below nothing. A likelier default
    never costs less in all: where quicker recoveries would outweigh a higher PD, PD x share stays as it is.
    """

    level: float = 1.0
    recovered: float = 0.25
    by_risk: float = 1.0

    PRIOR: ClassVar[tuple[float, float, float]] = (1.0, 0.25, 1.0)
    """A default at any time alike in a horizon as long as the workout sees half of the recoveries; a rare one fewer."""
    PRIOR_DEFAULTS: ClassVar[float] = 10.0
    """So many defaults the prior counts for."""

    @classmethod
    def fit(cls, pd: FloatArray, lgd: FloatArray, exposure: FloatArray, lost: FloatArray) -> LossSeverity:
        """Learn from clients (n,) that defaulted: PD before it, LGD, exposure, and what was lost within the horizon.

        Weighted least squares, the weight of a client being the root of its exposure, with the prior as a ridge. None,
        or too few, leave the prior.
        """
        known = exposure > 0
        if not known.any():
            return cls()
        order = np.lexsort((lost[known], exposure[known], pd[known]))
        rate, lgd, size = (each[known][order] for each in (pd, lgd, exposure))
        share = lost[known][order] / size
        weight = np.sqrt(size) / np.sqrt(size).mean()
        design = np.column_stack([np.ones(len(share)), lgd - 1.0, (lgd - 1.0) * np.sqrt(rate)])
        ridge = cls.PRIOR_DEFAULTS * np.eye(3)
        left = design.T @ (design * weight[:, None]) + ridge
        level, recovered, by_risk = np.linalg.solve(left, design.T @ (weight * share) + ridge @ np.array(cls.PRIOR))
        return cls(level=float(level), recovered=float(recovered), by_risk=float(by_risk))

    def share(self, pd: FloatArray, lgd: FloatArray) -> FloatArray:
        """Share of the exposure that is lost if the client defaults. Shapes (n,).

        >>> LossSeverity().share(np.array([0.0, 1.0]), np.array([0.2, 0.2])).round(3).tolist()
        [0.8, 0.2]
        """
        turn = self._turn(lgd)
        before = np.divide(turn, pd, out=np.ones_like(pd), where=pd > turn)
        return np.maximum(self._share(pd, lgd), before * self._share(np.minimum(pd, turn), lgd))

    def _share(self, pd: FloatArray, lgd: FloatArray) -> FloatArray:
        recovered = np.clip(self.recovered + self.by_risk * np.sqrt(pd), 0.0, 1.0)
        return np.maximum(self.level - (1.0 - lgd) * recovered, 0.0)

    def _turn(self, lgd: FloatArray) -> FloatArray:
        """PD from which on PD x share falls; 1 where it never does. (n,).

        With r = ``recovered``, b = ``by_risk`` > 0 and recoveries above nothing, d/dPD of PD x (level - (1 - LGD) x
        (r + b sqrt(PD))) is nothing at sqrt(PD) = (level / (1 - LGD) - r) / 1.5 b.
        """
        if self.by_risk <= 0:
            return np.ones_like(lgd)
        kept = np.divide(self.level, 1.0 - lgd, out=np.full_like(lgd, np.inf), where=lgd < 1.0)
        with np.errstate(over="ignore"):
            root = np.maximum((kept - self.recovered) / (1.5 * self.by_risk), -self.recovered / self.by_risk)
        return np.asarray(np.clip(root, 0.0, 1.0) ** 2)

    def to_json(self) -> str:
        """The three numbers as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> LossSeverity:
        """Read what ``to_json`` wrote."""
        return cls(**json.loads(text))
