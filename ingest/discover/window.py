"""Which discovered pages a batch takes, and which child sitemaps are worth asking. Pure decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ingest.discover.dates import Period, period_in_url

# Daily sitemaps are cut by the outlet's own midnight: a UTC day lies in those of the day before, the day itself and the day after.
ZONE_DAYS = 1


@dataclass(frozen=True)
class Window:
    """The days a batch is about; `undated` tells whether pages without any date belong to it."""

    days: Period
    undated: bool

    def takes(self, dated_at: datetime | None) -> bool:
        """Whether a page with this date (UTC) belongs to the batch."""
        if dated_at is None:
            return self.undated
        return self.days.first <= dated_at.date() <= self.days.last

    def opens(self, sitemap_url: str, lastmod: datetime | None) -> bool:
        """Whether a child sitemap may hold pages of the window.

        A period in its address that touches the window decides for it. Otherwise its lastmod: the last change of any of its
        pages can't be before the newest of them. A live window (undated pages count) also opens any sitemap changed within it.
        """
        period = period_in_url(sitemap_url)
        changed = lastmod is None or lastmod.date() >= self.days.first
        if period is None:
            return changed
        return period.touches(self.days.widened(ZONE_DAYS)) or (self.undated and lastmod is not None and changed)


def live(now: datetime, lookback_days: int) -> Window:
    """What a scheduled run takes: the last days, what is dated in the future by a wrong clock, and what has no date."""
    return Window(Period((now - timedelta(days=lookback_days)).date(), date.max - timedelta(days=ZONE_DAYS)), undated=True)


def archive(day: date) -> Window:
    """What the backfill of a UTC day takes; pages without a date are left to live runs."""
    return Window(Period(day, day), undated=False)
