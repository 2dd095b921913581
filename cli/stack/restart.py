"""When a dead component is started again: arithmetic only."""

from __future__ import annotations

from collections.abc import Sequence

# Deaths older than this say nothing about the next one.
WINDOW_S = 600.0
# A component that dies more often than this within the window will not get well by itself.
MOST_DEATHS = 5
# Waits of 1, 2, 4, 8, 16 s: a passing fault (database restarting) is over by then.
FIRST_WAIT_S = 1.0


def wait_before(deaths: Sequence[float], now: float) -> float | None:
    """Seconds to wait before the next start, or None to give up; `deaths` are monotonic times, the latest included.

    >>> wait_before([10.0], 10.0), wait_before([10.0, 20.0], 20.0)
    (1.0, 2.0)
    """
    recent = sum(1 for death in deaths if now - death <= WINDOW_S)
    return None if recent > MOST_DEATHS else FIRST_WAIT_S * 2 ** (recent - 1)
