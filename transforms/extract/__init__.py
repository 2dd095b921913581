"""A page's bytes to an article's parts: headline, text, people, times, pictures. Pure; `transforms.pool` guards it.

The parsers come in with the first page, so that commands and DAG files that only name this package stay quick.
"""

from __future__ import annotations

from datetime import datetime

from ingest.records import Hint, OutletProfile, Recall
from transforms.extract.records import EXTRACTOR, ExtractedPage

__all__ = ["EXTRACTOR", "ExtractedPage", "extract"]


def extract(
    body: bytes,
    url: str,
    *,
    content_type: str | None = None,
    outlet: OutletProfile | None = None,
    hint: Hint | None = None,
    captured_at: datetime | None = None,
    recall: Recall | None = None,
) -> ExtractedPage:
    """Read a page; see `transforms.extract.page.extract`.

    Raises:
        PageRejected: nothing in it can be read.
    """
    from transforms.extract import page

    return page.extract(body, url, content_type=content_type, outlet=outlet, hint=hint, captured_at=captured_at, recall=recall)
