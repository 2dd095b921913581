"""What one page yields, before it becomes an article of an outlet."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from ingest.records import Model
from transforms.records import Caption

# Goes into every ArticleVersion; raise the number whenever the same bytes may give another record.
EXTRACTOR = "trees/1"


class ExtractedPage(Model):
    """A page as it was read; times keep the page's own offset."""

    headline: str = Field("", description="Headline without the site's name; empty where the page has none.")
    body: str = Field(description="Paragraphs separated by one empty line, no furniture.")
    standfirst: str | None = Field(None, description="Summary line, not part of the body.")
    section: str | None = None
    tags: list[str] = []
    authors: list[str] = Field([], description="Names only.")
    agency: str | None = Field(None, description="Wire service credited for the text.")
    dateline: str | None = Field(None, description="Place as printed before the text.")
    captions: list[Caption] = []
    language: str | None = Field(None, description="ISO 639-1 code.")
    canonical_url: str
    site_name: str | None = None
    published_at: datetime | None = Field(None, description="Aware; midnight in the outlet's zone if only the day is known.")
    published_is_day: bool = False
    published_evidence: str | None = Field(None, description="Where the date was found, e.g. jsonld:datePublished.")
    published_raw: str | None = Field(None, description="The date as written there.")
    modified_at: datetime | None = None
    is_truncated: bool = Field(False, description="Cut by a paywall or a teaser.")
    is_live: bool = Field(False, description="A live blog.")
    notes: list[str] = Field([], description="Correction and update notes.")
    extractor: str = EXTRACTOR
