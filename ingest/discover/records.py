"""What discovery hands on: a page's URL with what its source knew of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.records import Hint


@dataclass(frozen=True)
class Discovered:
    """A page that a source named. `dated_at` is the source's best evidence of the day; `hint.published_at` only a real publication time."""

    url: str
    hint: Hint
    dated_at: datetime | None = None
