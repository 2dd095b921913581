"""One captured page to one record: extract it, give it its keys, find its mentions. Pure; what fails becomes a Rejection."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

from common.errors import Quarantined
from common.ids import key, sha256
from common.version import CODE_VERSION
from ingest.records import Capture, Model, OutletProfile, Page, PageBlocks, Recall
from transforms.extract.records import Decision, ExtractedPage
from transforms.records import Article, ArticleVersion, ClaimMention, ClaimsMethod, Rejection, Transformed

# Thai, Burmese, Khmer, kana, Han: one character a word; everywhere else a run of letters, with apostrophes and hyphens inside.
UNSPACED = "\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORDS = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+(?:['’.,-][^\W{UNSPACED}]+)*")


class Reading(Model):
    """What one page yields before it becomes an article: the page, or a rejection."""

    page: ExtractedPage | None = None
    rejection: Rejection | None = None


class Explained(Reading):
    """A reading, and what became of each block of the page."""

    decisions: list[Decision] = []


def explain(page: Page, outlet: OutletProfile, recall: Recall | None = None) -> Explained:
    """Read a page and tell why each block is in its text or not; decisions are also there for a page without an article.

    Raises:
        MemoryError: the process it happens in has to go.
    """
    from transforms.extract import explain as explaining

    capture, found = page.capture, read(page, outlet, recall)
    try:
        decisions = explaining.explain(
            page.body,
            capture.final_url,
            content_type=capture.content_type,
            outlet=outlet,
            hint=capture.hint,
            captured_at=capture.captured_at,
            recall=recall,
        )
    except Quarantined:
        decisions = []  # the rejection of the reading says it
    return Explained(page=found.page, rejection=found.rejection, decisions=decisions)


def read(page: Page, outlet: OutletProfile, recall: Recall | None = None) -> Reading:
    """Extract a page; a fault is a rejection of stage extract.

    Raises:
        MemoryError: the process it happens in has to go.
    """
    from transforms.extract import extract

    capture = page.capture
    try:
        found = extract(
            page.body,
            capture.final_url,
            content_type=capture.content_type,
            outlet=outlet,
            hint=capture.hint,
            captured_at=capture.captured_at,
            recall=recall,
        )
        return Reading(page=found)
    except MemoryError:
        raise
    except Quarantined as error:
        return Reading(rejection=rejection(capture, "extract", error.reason, str(error)))
    except Exception as error:  # noqa: BLE001 reason: a page that breaks a parser must not cost the others; the row names the fault
        return Reading(rejection=rejection(capture, "extract", "page_rejected", fault(error)))


def transform(
    page: Page, outlet: OutletProfile, *, min_words: int, claims: ClaimsMethod = "rules", recall: Recall | None = None
) -> Transformed:
    """The record of a page with its mentions, or a rejection. `claims`: how mentions are found.

    filtered/no_article: no headline, or fewer than `min_words` words (cut and live texts may be shorter).
    quarantined: nothing readable (stage extract), or a fault in our own reading of claims (stage attribute).

    Raises:
        MemoryError: the process it happens in has to go.
    """
    reading, capture = read(page, outlet, recall), page.capture
    found = reading.page
    if found is None:
        return Transformed(rejection=reading.rejection)
    if complaint := no_article(found, min_words):
        return Transformed(rejection=rejection(capture, "extract", "no_article", complaint, "filtered"))
    article = article_of(found, capture)
    version = version_of(found, capture, article)
    try:
        mentions = mentions_of(version, claims)
        return Transformed(article=article, version=version, mentions=mentions, blocks=blocks_of(found, capture, article))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 reason: the same for a text that breaks the reading of claims
        return Transformed(rejection=rejection(capture, "attribute", "claims_failed", fault(error)))


def mentions_of(version: ArticleVersion, method: ClaimsMethod) -> list[ClaimMention]:
    """Who said what in a version."""
    from transforms.claims import find_mentions

    return find_mentions(version, method)


def no_article(found: ExtractedPage, min_words: int) -> str | None:
    """Why a readable page is no article, if it is none."""
    if not found.headline:
        return "no headline"
    count = word_count(found.body)
    if count < min_words and not (found.is_truncated or found.is_live):
        return f"{count} words, fewer than {min_words}"
    return None


def word_count(body: str) -> int:
    """Words; scripts that are written without blanks count by character."""
    return len(WORDS.findall(body))


def article_of(found: ExtractedPage, capture: Capture) -> Article:
    """The work that the page shows."""
    return Article(
        article_id=key("article", found.canonical_url),
        outlet_id=capture.outlet_id,
        canonical_url=found.canonical_url,
        first_seen_at=capture.first_seen_at,
    )


def blocks_of(found: ExtractedPage, capture: Capture, article: Article) -> PageBlocks:
    """What the page teaches of its outlet."""
    from transforms.extract.prints import print_of

    return PageBlocks(
        outlet_id=capture.outlet_id,
        page_id=str(article.article_id),
        headline=print_of(found.headline) or "",
        seen_at=capture.captured_at,
        blocks=found.blocks,
    )


def version_of(found: ExtractedPage, capture: Capture, article: Article) -> ArticleVersion:
    """The text of the work that the page shows; times in UTC."""
    content = sha256(f"{found.headline}\n\n{found.body}")
    carried = found.model_dump(exclude={"canonical_url", "site_name", "published_at", "modified_at", "captions", "posts", "blocks"})
    return ArticleVersion(
        **carried,
        captions=found.captions,
        posts=[post.model_copy(update={"posted_at": utc(post.posted_at)}) for post in found.posts],
        version_id=key("version", str(article.article_id), content),
        article_id=article.article_id,
        capture_id=capture.capture_id,
        batch_key=capture.batch_key,
        content_sha256=content,
        word_count=word_count(found.body),
        published_at=utc(found.published_at),
        modified_at=utc(found.modified_at),
        first_seen_at=capture.first_seen_at,
        captured_at=capture.captured_at,
        code_version=CODE_VERSION,
    )


def utc(at: datetime | None) -> datetime | None:
    """The same instant in UTC."""
    return at.astimezone(UTC) if at else None


def fault(error: Exception) -> str:
    """An unexpected error in words for the quarantine row."""
    return f"{type(error).__name__}: {error}"[:500]


def rejection(
    capture: Capture, stage: str, reason: str, detail: str, disposition: Literal["filtered", "quarantined"] = "quarantined"
) -> Rejection:
    """The row of a capture without a record."""
    return Rejection(
        capture_id=capture.capture_id,
        batch_key=capture.batch_key,
        outlet_id=capture.outlet_id,
        url=capture.url,
        disposition=disposition,
        stage=stage,
        reason=reason,
        detail=detail,
        code_version=CODE_VERSION,
    )
