"""What the ingest floor hands up: captures and the fate of every fetch. Plain data, no effects."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

# What became of one URL of a batch; every one of them appears in the reading index, so that nothing is lost in silence.
Outcome = Literal["fetched", "not_modified", "gone", "failed"]
# A heading that so many pages have is no subheading of theirs.
EVERYWHERE = 0.5


class Model(BaseModel):
    """Strict, frozen, closed: a wrong type or an unknown field is an error where it is made, not where it is read."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Hint(Model):
    """What discovery knew of a page before it was fetched."""

    source: str = Field(
        description="What named the page: feed, sitemap, news_sitemap, section, archive_page, wayback, list, file, push, recheck."
    )
    title: str | None = Field(None, description="Title in the feed or news sitemap.")
    published_at: datetime | None = Field(None, description="Publication time according to the source, timezone-aware.")
    section: str | None = Field(None, description="Section or category according to the source.")
    fetch_url: str | None = Field(None, description="Where it is fetched from, if not from its own address: a capture of a web archive.")


class Original(Model):
    """The WARC record that holds a body; later records of the same body refer to it."""

    record_id: UUID = Field(description="WARC-Record-ID of the response.")
    captured_at: datetime = Field(description="Its WARC-Date.")
    url: str = Field(description="Its WARC-Target-URI.")


class Capture(Model):
    """One line of a reading index: one URL of one batch, where its response lies and what became of it."""

    capture_id: UUID = Field(description="Key of (batch, URL, time of capture).")
    batch_key: str = Field(description="Airflow partition key of the batch.")
    outlet_id: str = Field(description="Outlet that the URL belongs to.")
    url: str = Field(description="Canonical form of the URL that was asked for.")
    final_url: str = Field(description="URL after redirects.")
    captured_at: datetime = Field(description="When the answer had arrived (UTC).")
    first_seen_at: datetime = Field(description="When any source of ours first named the URL (UTC).")
    outcome: Outcome = Field(description="fetched, not_modified, gone (404/410), failed.")
    status: int | None = Field(None, description="HTTP status; None for files and for failures before an answer.")
    content_type: str | None = Field(None, description="Media type with parameters, as sent.")
    sha256: str | None = Field(None, description="SHA-256 of the decoded body.")
    warc_file: str | None = Field(None, description="WARC file, relative to the captures folder.")
    warc_offset: int | None = Field(None, description="Byte offset of the record in the file.")
    reason: str | None = Field(None, description="For failed: the error class, e.g. fetch_refused.")
    detail: str | None = Field(None, description="For failed: the message.")
    hint: Hint = Field(description="What discovery knew.")


class Page(Model):
    """A capture with its body: the input of the transforms."""

    capture: Capture
    body: bytes = Field(description="Decoded body (no content encoding), as the WARC record holds it.")


class OutletRules(Model):
    """Rules of an outlet that extraction needs; dated, so that a backfill of 2019 uses the layout of 2019."""

    valid_from: AwareDatetime | None = Field(None, description="Rules hold for captures published from here on.")
    valid_until: AwareDatetime | None = Field(None, description="Rules hold for captures published before.")
    body: str | None = Field(None, description="CSS selector of the element that holds the article text.")
    headline: str | None = Field(None, description="CSS selector of the headline.")
    published: str | None = Field(None, description="CSS selector of an element with the publication time (datetime attribute or text).")
    authors: str | None = Field(None, description="CSS selector of author names.")
    remove: list[str] = Field([], description="CSS selectors of furniture that is cut from the fragment.")


class OutletProfile(Model):
    """What the transforms know of an outlet."""

    outlet_id: str = Field(description="Short name, lower case, stable for ever.")
    name: str = Field(description="Name as readers know it.")
    home: str = Field(description="Home page URL.")
    country: str | None = Field(None, description="ISO 3166-1 alpha-2 code.")
    language: str | None = Field(None, description="ISO 639-1 code of its main language.")
    timezone: str = Field("UTC", description="IANA zone for dates without an offset.")
    is_agency: bool = Field(False, description="A wire service: others reprint its texts.")
    rules: list[OutletRules] = Field([], description="CSS rules, dated.")


class BatchManifest(Model):
    """A batch after its fetch: counts only, no content."""

    batch_key: str
    captures: int = Field(ge=0, description="Lines in the reading indexes of the batch.")
    made_at: datetime
    indexes: dict[str, str] | None = Field(
        None, description="SHA-256 of each reading index by file name; None in batches of older versions."
    )


class BlockPrint(Model):
    """A block of a page in short, to be met again on other pages of its outlet."""

    print: str = Field(description="First hex digits of the SHA-256 of its letters, case folded; digits do not count.")
    text: str = Field(description="Its first words, for showing.")
    length: int = Field(ge=0, description="Characters of the whole block.")
    is_heading: bool = Field(False, description="It stands in an element h1 to h6.")


class PageBlocks(Model):
    """What one page teaches of its outlet: the blocks that were chosen as its text, before anything was cut."""

    outlet_id: str = Field(description="Outlet of the page.")
    page_id: str = Field(description="Key of the article; a later capture of it takes the place of an earlier one.")
    headline: str = Field(description="Print of the headline: copies under other addresses count once.")
    seen_at: AwareDatetime = Field(description="When the page was captured.")
    blocks: list[BlockPrint] = Field(description="In the order of the page, each print once.")


class Recurring(BlockPrint):
    """A block that recurs on pages of an outlet with different headlines: furniture."""

    pages: int = Field(ge=1, description="Pages with different headlines that had it.")


class OutletMemory(Model):
    """What recurred on the pages of an outlet at some time; immutable, so that a page is read again as it was read first."""

    outlet_id: str = Field(description="Outlet.")
    learned_at: AwareDatetime = Field(description="It holds for pages first seen from here on, until the next one.")
    pages: int = Field(ge=0, description="Pages with different headlines that were looked at.")
    recurring: list[Recurring] = Field(description="Most frequent first.")

    def recall(self) -> Recall:
        """What reading a page needs of it."""
        common = [one.print for one in self.recurring if one.pages >= EVERYWHERE * self.pages]
        return Recall(learned_at=self.learned_at, prints=[one.print for one in self.recurring], everywhere=common)


class Recall(Model):
    """The part of a memory that goes to the reader of a page."""

    learned_at: AwareDatetime = Field(description="Of the memory.")
    prints: list[str] = Field(description="Prints of furniture.")
    everywhere: list[str] = Field([], description="Those of them that at least half of the pages have.")
