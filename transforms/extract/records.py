"""What one page yields, before it becomes an article of an outlet."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from ingest.records import BlockPrint, Model, Recall
from transforms.records import Caption, LivePost

# Goes into every ArticleVersion; raise the number whenever the same bytes may give another record.
EXTRACTOR = "trees/1"
# How the rejection of a page begins that could be read and holds no article: a gate, a front page, a blank.
NO_ARTICLE = "no article text found"


def extractor(recall: Recall | None, *, remembers: bool) -> str:
    """Name of the method, with the memory of the outlet where it took something away."""
    return f"{EXTRACTOR}+memory/{recall.learned_at:%Y-%m-%dT%H:%M:%SZ}" if recall and remembers else EXTRACTOR


class ExtractedPage(Model):
    """A page as it was read; times keep the page's own offset."""

    headline: str = Field("", description="Headline without the site's name; empty where the page has none.")
    body: str = Field(description="Paragraphs separated by one empty line, no furniture.")
    standfirst: str | None = Field(None, description="Summary line, not part of the body.")
    section: str | None = None
    tags: list[str] = []
    authors: list[str] = Field([], description="Names only.")
    signed: list[str] = Field([], description="Everyone who signs, as written: people, services, the outlet itself.")
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
    posts: list[LivePost] = Field([], description="Posts of a live blog in the order of the page.")
    notes: list[str] = Field([], description="Corrections and editor's notes.")
    updates: list[str] = Field([], description="Notes that the text was updated.")
    byline: str | None = Field(None, description="As printed.")
    evidence: dict[str, str] = Field({}, description="Field -> where its value was found, e.g. jsonld:headline.")
    refused: list[str] = Field([], description="Publication times that the page claims and that can't be, with the reason.")
    extractor: str = EXTRACTOR
    blocks: list[BlockPrint] = Field([], description="What was chosen as the text, before anything was cut, for the memory of the outlet.")


class Decision(Model):
    """What became of one block."""

    text: str = Field(description="The block in one line.")
    tag: str = Field(description="Element that it stands in.")
    kept: bool = Field(description="It is a part of the body.")
    reason: str | None = Field(None, description="Why it is not: a key of `explain.WORDS`.")
    score: float | None = Field(None, description="Of the selector, 0 to 1; None where rules decided.")
