"""Captures of pages that no batch has fetched: files, and pages that a command asked for itself."""

from __future__ import annotations

from common import clock, ids
from common.urls import canonical
from ingest.records import Capture, Hint, OutletProfile

# Stands for the outlet where none is named: no rules, times without an offset are UTC.
NO_OUTLET = OutletProfile(outlet_id="-", name="", home="")


def capture(url: str, outlet_id: str, content_type: str | None, *, final_url: str | None = None) -> Capture:
    """A page as if it had just been fetched.

    Raises:
        FetchRefused: the URL is none.
    """
    now = clock.now()
    return Capture(
        capture_id=ids.key("capture", "cli", url),
        batch_key="cli",
        outlet_id=outlet_id,
        url=canonical(url),
        final_url=final_url or url,
        captured_at=now,
        first_seen_at=now,
        outcome="fetched",
        content_type=content_type,
        hint=Hint(source="file"),
    )
