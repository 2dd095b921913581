"""The contract: every record that goes from a page into the warehouse. One class is one table of schema `core` or a part of it.

Offsets are Unicode code points into the stored `body` (or `headline` where said), end exclusive. Times are timezone-aware UTC.
Field descriptions become the COMMENT of the column, so write them for a person with SQL.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from ingest.records import Model, PageBlocks

QuoteType = Literal["direct", "mixed", "indirect", "statement"]
Polarity = Literal["asserts", "denies", "expects", "promises", "questions", "demands", "other"]
Certainty = Literal["certain", "hedged", "alleged", "planned", "conditional"]
SpeakerKind = Literal["person", "organisation", "group", "document", "unnamed"]
ClaimsMethod = Literal["model", "fast", "rules"]
Bound = Literal["exact", "at_least", "at_most", "about", "range"]
Label = Literal["same", "number", "date", "actor", "certainty", "contradicts"]
Silence = Literal["silent", "unknown"]
CopyLabel = Literal["copy", "partial"]
CopyRole = Literal["origin", "reprint", "own"]


class Span(Model):
    """A stretch of text; `extra` holds further pieces of a discontinuous span, in order."""

    start: int = Field(ge=0, description="First character.")
    end: int = Field(ge=0, description="One past the last character.")
    extra: list[tuple[int, int]] = Field([], description="Further pieces [start, end) of a discontinuous span.")


class Caption(Model):
    """A picture's caption and its credit, kept apart from the body."""

    text: str = Field(description="Caption without the credit.")
    credit: str | None = Field(None, description="Agency or photographer.")


class LivePost(Model):
    """A post of a live blog; its text is a stretch of the body."""

    posted_at: datetime | None = Field(None, description="When it was posted (UTC).")
    headline: str | None = Field(None, description="Its own headline.")
    start: int = Field(ge=0, description="First character in the body.")
    end: int = Field(ge=0, description="One past the last character.")


class Article(Model):
    """The work at one canonical URL."""

    article_id: UUID = Field(description="UUIDv5 of the canonical URL.")
    outlet_id: str = Field(description="Outlet that published it.")
    canonical_url: str = Field(
        description="Identity of the page: no fragment, no tracking parameters; rel=canonical where it is the outlet's own."
    )
    first_seen_at: datetime = Field(description="When a source of ours first named it (UTC).")


class ArticleVersion(Model):
    """One text of an article; a new version only when headline or body changed."""

    version_id: UUID = Field(description="UUIDv5 of article and content hash.")
    article_id: UUID = Field(description="Article that this is a version of.")
    capture_id: UUID = Field(description="Capture that it was read from.")
    batch_key: str = Field(description="Batch that brought it.")
    content_sha256: str = Field(description="SHA-256 of headline and body; equal hash means unchanged.")
    headline: str = Field(description="Headline without the site's name.")
    standfirst: str | None = Field(None, description="Summary line below the headline, not part of the body.")
    body: str = Field(description="Article text; paragraphs separated by one empty line; no furniture.")
    section: str | None = Field(None, description="Section or desk, e.g. World.")
    tags: list[str] = Field([], description="Keywords given by the outlet.")
    authors: list[str] = Field([], description="Names only.")
    signed: list[str] = Field([], description="Everyone who signs, as written: people, services, the outlet itself.")
    agency: str | None = Field(None, description="Wire service credited for the text (byline, dateline or credit line).")
    dateline: str | None = Field(None, description="Place that the text is dated from, as printed.")
    captions: list[Caption] = Field([], description="Captions with credits.")
    language: str | None = Field(None, description="ISO 639-1 code identified from the text.")
    word_count: int = Field(ge=0, description="Words in the body.")
    published_at: datetime | None = Field(None, description="Publication time (UTC) by the best evidence.")
    published_is_day: bool = Field(False, description="Only the day is known; the time is midnight in the outlet's zone.")
    published_evidence: str | None = Field(None, description="Where the date was found, e.g. jsonld:datePublished.")
    published_raw: str | None = Field(None, description="The date as written at that place.")
    modified_at: datetime | None = Field(None, description="Last change according to the page (UTC).")
    first_seen_at: datetime = Field(description="When a source of ours first named the page (UTC).")
    captured_at: datetime = Field(description="When this text was captured (UTC).")
    is_truncated: bool = Field(False, description="Cut by a paywall or a teaser: silence can't be concluded from it.")
    is_live: bool = Field(False, description="A live blog.")
    posts: list[LivePost] = Field([], description="Posts of a live blog in the order of the page.")
    notes: list[str] = Field([], description="Corrections and editor's notes printed by the outlet.")
    updates: list[str] = Field([], description="Notes of the outlet that it updated or added to the text.")
    byline: str | None = Field(None, description="Byline as printed.")
    evidence: dict[str, str] = Field({}, description="Field -> where its value was found, e.g. headline: jsonld:headline.")
    refused: list[str] = Field([], description="Publication times that the page claims and that can't be, with the reason.")
    extractor: str = Field(description="Name and version of the extraction method.")
    code_version: str = Field(description="Version of the code.")


class NumberValue(Model):
    """A number in a content span."""

    value: float = Field(description="Value in base units (3 million -> 3000000).")
    upper: float | None = Field(None, description="Upper end of a range.")
    unit: str | None = Field(None, description="Normalised unit: %, USD, EUR, km, person, day …")
    bound: Bound = Field("exact", description="exact, at_least, at_most, about, range.")
    what: str | None = Field(None, description="What is counted or measured, head noun in lower case.")
    start: int = Field(ge=0, description="Offset in the body.")
    end: int = Field(ge=0, description="Offset in the body, exclusive.")


class DateValue(Model):
    """A date in a content span, resolved against publication."""

    iso: str = Field(description="ISO 8601: date, week (2021-W18), month (2021-05), year, or two dates (2021-05-08/2021-05-09).")
    start: int = Field(ge=0, description="Offset in the body.")
    end: int = Field(ge=0, description="Offset in the body, exclusive.")


class ClaimMention(Model):
    """An attribution, or a factual sentence without one, at one place of one version."""

    mention_id: UUID = Field(description="UUIDv5 of version, content offsets and method.")
    version_id: UUID = Field(description="Version it stands in.")
    article_id: UUID = Field(description="Article it stands in.")
    quote_type: QuoteType = Field(description="direct, mixed, indirect speech; statement: the outlet's own sentence.")
    content: Span = Field(description="What is said.")
    source: Span | None = Field(None, description="Who says it, as printed.")
    cue: Span | None = Field(None, description="The word that attributes: said, denied, according to.")
    text: str = Field(description="The words of the content span.")
    sentence: str = Field(description="The whole sentence or sentences around it, for showing.")
    speaker: str | None = Field(None, description="Resolved speaker, full name where the article gives it.")
    speaker_entity_id: UUID | None = Field(None, description="UUIDv5 of the speaker's name.")
    speaker_kind: SpeakerKind | None = Field(None, description="person, organisation, group, document, unnamed.")
    speaker_confidence: float | None = Field(None, ge=0, le=1, description="How sure the resolution is.")
    chain: list[str] = Field([], description="Speakers from the outermost to the innermost: [Moon, Kim] for 'Moon says that Kim said'.")
    parent_id: UUID | None = Field(None, description="Mention that encloses this one in a chain.")
    polarity: Polarity = Field("asserts", description="asserts, denies, expects, promises, questions, demands, other.")
    certainty: Certainty = Field("certain", description="certain, hedged, alleged, planned, conditional.")
    is_negated: bool = Field(False, description="The content itself is negated.")
    numbers: list[NumberValue] = Field([], description="Numbers in the content.")
    dates: list[DateValue] = Field([], description="Dates in the content.")
    said_on: date | None = Field(None, description="Day on which the speaker said it, where the text tells.")
    confidence: float = Field(ge=0, le=1, description="Confidence that this is an attribution with these parts.")
    method: str = Field(description="Name and version of the method.")


class Rejection(Model):
    """A capture without a record: filtered on purpose, or quarantined because something failed."""

    capture_id: UUID
    batch_key: str
    outlet_id: str
    url: str
    disposition: Literal["filtered", "quarantined"] = Field(description="filtered: not an article; quarantined: failed.")
    stage: str = Field(description="fetch, extract, attribute, load.")
    reason: str = Field(description="Stable short name, e.g. page_rejected, no_article, gone.")
    detail: str = Field(description="Message for people.")
    code_version: str


class Transformed(Model):
    """What one capture became: a record with its mentions, or a rejection; exactly one of both."""

    article: Article | None = None
    version: ArticleVersion | None = None
    mentions: list[ClaimMention] = []
    rejection: Rejection | None = None
    blocks: PageBlocks | None = Field(None, description="For the memory of the outlet; no part of the record.")


# --- comparison: made inside the warehouse from the records above ---


class CopyPair(Model):
    """Two articles that share text outside quotations."""

    a: UUID = Field(description="Article, the smaller id.")
    b: UUID = Field(description="Article, the larger id.")
    label: CopyLabel = Field(description="copy: mostly the same text; partial: a good part of the shorter one.")
    containment: float = Field(
        ge=0, le=1, description="Share of the words outside quotations in common passages, of the text that took more from the other."
    )


class CopySpan(Model):
    """A passage that two articles of a copy pair have in common, word for word."""

    a: UUID = Field(description="Article, the smaller id.")
    b: UUID = Field(description="Article, the larger id.")
    a_start: int = Field(ge=0, description="First character in the body of a.")
    a_end: int = Field(ge=0, description="Character after the last one in the body of a.")
    b_start: int = Field(ge=0, description="First character in the body of b.")
    b_end: int = Field(ge=0, description="Character after the last one in the body of b.")


class ArticleLink(Model):
    """Two articles near enough to be one story, or that share text; what a chain of links joins is compared together."""

    a: UUID = Field(description="Article, the smaller id.")
    b: UUID = Field(description="Article, the larger id.")
    likeness: float = Field(
        ge=0, le=1, description="Half the cosine of meaning and half that of words; of texts that share passages, at least the share."
    )


class CopyGroup(Model):
    """Membership of an article in its copy group; every article has one, alone or not."""

    article_id: UUID
    copy_group_id: UUID = Field(description="UUIDv5 of the smallest article id in the group.")
    role: CopyRole = Field(description="origin of the shared text, reprint, or own text.")


class StoryMember(Model):
    """An article in its story."""

    article_id: UUID
    story_id: UUID = Field(description="UUIDv5 of the first article of the story.")


class Story(Model):
    """Articles on one event."""

    story_id: UUID
    title: str = Field(description="Headline of the most central article.")
    first_published_at: datetime
    last_published_at: datetime
    terms: list[str] = Field([], description="Words that tell it from other stories.")


class Claim(Model):
    """Mentions of one story that state the same thing."""

    claim_id: UUID = Field(description="UUIDv5 of story and its first mention.")
    story_id: UUID
    text: str = Field(
        description="The most central mention's words; before them 'denied:', 'expected:' and the like where its speaker does not assert."
    )
    speaker: str | None = Field(None, description="The speaker whom its articles name; none where most of them state it themselves.")
    kind: str = Field(description="number, quote, statement.")


class ClaimLink(Model):
    """A mention in its claim, with the clause of its sentence that states it; without one its content does."""

    claim_id: UUID
    mention_id: UUID
    score: float = Field(ge=0, le=1, description="How likely the clause states the claim; marts show what is likelier than not.")
    clause_start: int | None = Field(None, ge=0, description="First character of the clause in the mention's sentence.")
    clause_end: int | None = Field(None, ge=0, description="One past its last character.")
    is_told: bool = Field(True, description="The mention tells it; false where the words around what somebody is quoted with do.")


class Agreement(Model):
    """How two mentions of one claim from different outlets relate; it always names the two spans that made it."""

    claim_id: UUID
    mention_a: UUID = Field(description="Reference mention (the claim's most central one).")
    mention_b: UUID = Field(description="Mention that is compared with it.")
    label: Label = Field(description="same, number, date, actor, certainty, contradicts.")
    span_a: Span = Field(description="Words in the body of a that made the label.")
    span_b: Span = Field(description="Words in the body of b that made the label.")
    reason: str = Field(description="The difference in words, e.g. 12 -> 15 people.")
    confidence: float = Field(ge=0, le=1)


class ClaimSilence(Model):
    """An outlet with an article in the story that does not carry the claim."""

    claim_id: UUID
    article_id: UUID = Field(description="The outlet's longest article in the story.")
    silence: Silence = Field(description="silent, or unknown where the text is cut or too short.")


class Comparison(Model):
    """Everything that comparing one window of articles yields, sorted, deterministic."""

    copies: list[CopyPair] = []
    spans: list[CopySpan] = []
    groups: list[CopyGroup] = []
    stories: list[Story] = []
    members: list[StoryMember] = []
    claims: list[Claim] = []
    links: list[ClaimLink] = []
    agreements: list[Agreement] = []
    silences: list[ClaimSilence] = []
    method: str = Field(description="Names and versions of the methods.")


class ComparableArticle(Model):
    """What comparison needs of an article: its current version."""

    article_id: UUID
    outlet_id: str
    published_at: datetime = Field(description="Publication, or first sight where unknown.")
    headline: str
    body: str
    language: str | None = None
    agency: str | None = None
    is_agency: bool = Field(False, description="The outlet is a wire service.")
    is_truncated: bool = False
    vector: bytes = Field(b"", description="Meaning of headline and lead, 384 signed bytes; made where empty.")
