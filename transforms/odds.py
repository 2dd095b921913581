"""Probabilities as log odds and back."""

from __future__ import annotations

import math

# A probability beyond it, or as near to 0, counts as this: nothing here is surer, and the log odds stay finite.
SUREST = 0.999


def odds(share: float) -> float:
    """Log odds of a probability, kept finite."""
    share = min(max(share, 1 - SUREST), SUREST)
    return math.log(share / (1 - share))


def logistic(total: float) -> float:
    """The probability of log odds.

    >>> logistic(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-total))
