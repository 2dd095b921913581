"""The contract of a demo story file (`demo/stories/*.yaml`): what fictional outlets published, and what is true of it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Part(BaseModel):
    """Base of all parts: closed, so that a typing mistake in a story file is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Picture(Part):
    """A picture with its caption."""

    caption: str
    credit: str = Field(description="Agency or photographer as printed, e.g. Meridian/J. Orlov.")


class Revision(Part):
    """A later text of the same article; what is left out stays as it was."""

    after_minutes: int = Field(gt=0, description="Minutes after publication.")
    headline: str | None = None
    paragraphs: list[str] | None = None
    note: str | None = Field(None, description="Correction note that the page then carries.")


class Item(Part):
    """One article of one outlet."""

    id: str = Field(pattern=r"^[a-z0-9-]+$", description="Unique over all files, e.g. dam-herald-1.")
    outlet: str
    date: dt.date | None = Field(None, description="Calendar day (archive stories).")
    day: int | None = Field(None, le=-1, description="Days before today (past stories): -5 to -1.")
    minutes: int | None = Field(
        None, description="Minutes relative to the newsroom's opening (stories of today); may be positive: it appears later."
    )
    time: TimeOfDay = Field("08:00", description="UTC time of day for `date` and `day`.")
    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    section: str
    headline: str
    standfirst: str | None = None
    byline: list[str] = Field([], description="Author names.")
    dateline: str | None = Field(None, description="Place, as printed before the first paragraph.")
    agency: str | None = Field(None, description="Wire service credited for the text.")
    paragraphs: list[str] = Field(min_length=1, description="Plain text, one string a paragraph.")
    pictures: list[Picture] = []
    tags: list[str] = []
    revisions: list[Revision] = []
    copy_of: str | None = Field(None, description="Id of the article whose text this one reprints.")
    copy_kind: Literal["whole", "cut", "edited"] | None = None
    paywalled_after: int | None = Field(None, ge=1, description="Only so many paragraphs are served.")
    live: list[tuple[TimeOfDay, str]] = Field(
        [], description="Posts of a live blog: (HH:MM, text), newest first; served besides paragraphs."
    )
    sources: list[Literal["feed", "sitemap"]] = Field(["feed", "sitemap"], description="Where the outlet announces it.")

    @model_validator(mode="after")
    def one_time(self) -> Item:
        """Exactly one of date, day, minutes."""
        if sum(value is not None for value in (self.date, self.day, self.minutes)) != 1:
            raise ValueError(f"{self.id}: give exactly one of date, day, minutes")
        if (self.copy_of is None) != (self.copy_kind is None):
            raise ValueError(f"{self.id}: copy_of and copy_kind go together")
        return self


class Saying(Part):
    """A true attribution of an article. `content` and `source` are verbatim substrings of one of its paragraphs."""

    article: str
    source: str
    content: str
    speaker: str = Field(description="Full name of the person or body meant.")
    chain: list[str] = Field([], description="From the outermost speaker to the innermost, where nested.")
    quote_type: Literal["direct", "mixed", "indirect"]
    polarity: Literal["asserts", "denies", "expects", "promises", "questions", "demands", "other"] = "asserts"


class Difference(Part):
    """A true difference between two articles on one claim; the quotes are verbatim substrings."""

    label: Literal["number", "date", "actor", "certainty", "contradicts"]
    a: str
    b: str
    quote_a: str
    quote_b: str


class Missing(Part):
    """A claim that an outlet with an article in the story does not carry."""

    article: str = Field(description="The silent outlet's article.")
    claim: str = Field(description="Verbatim substring of another outlet's article that states the claim.")
    label: Literal["silent", "unknown"] = "silent"


class StoryFile(Part):
    """One story file."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    articles: list[Item] = Field(min_length=1)
    sayings: list[Saying] = []
    differences: list[Difference] = []
    missing: list[Missing] = []
