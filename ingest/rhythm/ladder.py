"""When a captured page is read again without a sign of change. Pure; each number with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.manners import politeness

# Changes that sources announced, from which an outlet's dates of change are believed to be kept.
TRUSTED_FROM = 3.0
# Changes that sources should have announced and did not, up to which trust holds; and as a share of the pages read again.
MISSED_MOST, MISSED_SHARE = 1.5, 0.1
# Share of pages that are read once all the same, to see whether the sources tell the truth: one in a hundred keeps trust current
# at an outlet of forty pages a day within a week or two …
AUDIT_SHARE = 0.01
# … one in eight while nothing is known of an outlet that dates changes, and of pages that no source dates beside others that do.
PROBATION_SHARE = 0.125
# An audit comes at the first rung from a day on: most changes have happened by then.
AUDIT_AGE_S = 86_400
# Pages read again from which the share of changed ones counts.
LEARNED_FROM = 20.0
# Shares of changed pages below which a half or a quarter of the pages is read again: the sample still notices when habits change.
THINNED = ((0.02, 0.25), (0.05, 0.5))
# Bodies in a row without a new text, after which a page is taken to differ at every request and left alone.
MOST_CHURN = 24


@dataclass(frozen=True)
class Habits:
    """What an outlet's pages have taught; counts that fade. `is_dated`: a source of it tells when pages change."""

    rereads: float = 0.0
    changed: float = 0.0
    announced: float = 0.0
    missed: float = 0.0
    is_dated: bool = False

    @property
    def is_trusted(self) -> bool:
        """Whether its sources announce the changes."""
        return self.announced >= TRUSTED_FROM and not self.is_caught

    @property
    def is_caught(self) -> bool:
        """Whether changes came unannounced."""
        return self.missed > max(MISSED_MOST, MISSED_SHARE * self.rereads)


def share(habits: Habits, *, is_dated: bool) -> tuple[float, bool]:
    """Share of an outlet's pages that is read again, and whether once (an audit) or at every rung.

    `is_dated`: a source tells when this page changes.
    """
    if habits.is_trusted:
        return (AUDIT_SHARE if is_dated else PROBATION_SHARE), True
    if (is_dated or habits.is_dated) and not habits.is_caught:
        return PROBATION_SHARE, True
    if habits.rereads >= LEARNED_FROM:
        found = habits.changed / habits.rereads
        return next((some for below, some in THINNED if found < below), 1.0), False
    return 1.0, False


def next_read(
    first_seen: datetime,
    dated: datetime | None,
    now: datetime,
    ladder_s: Sequence[int],
    habits: Habits,
    *,
    is_dated: bool,
    lot: float,
    churn: int = 0,
) -> datetime | None:
    """When a page is read again; None: never, unless a source shows a sign of change.

    `lot` (0 to 1) follows from the URL, so that the same pages are drawn at every rung.
    """
    drawn, once = share(habits, is_dated=is_dated)
    if lot >= drawn or churn >= MOST_CHURN:
        return None
    rungs = sorted(ladder_s)
    if once:
        rungs = [age for age in rungs if age >= AUDIT_AGE_S][:1] or rungs[-1:]
    due = politeness.next_recheck(first_seen, dated, now, rungs)
    is_old = politeness.next_recheck(first_seen, dated, first_seen, sorted(ladder_s)[-1:]) is None
    return None if is_old else due
