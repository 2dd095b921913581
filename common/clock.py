"""The only place that asks for the time; everything is UTC."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, timezone-aware, UTC, whole microseconds."""
    return datetime.now(UTC)


def iso(instant: datetime) -> str:
    """RFC 3339 in UTC with `Z`, seconds precision.

    >>> iso(datetime(2018, 9, 20, 14, 30, tzinfo=UTC))
    '2018-09-20T14:30:00Z'
    """
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
